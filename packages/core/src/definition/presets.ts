import type { RawDefinition } from './schema.ts';

/** Settings of the Serverless CA preset. */
type ServerlessCaPreset = NonNullable<RawDefinition['groups'][string]['serverlessCa']>;

/** The module's own form: `{project}-ca-external-{env}-{5 random}`. */
const ownForm = /^(?<project>.+)-ca-external-(?<env>[^-]+)-[a-z0-9]{5}$/;

/**
 * The objects that Serverless CA publishes, by its naming convention: the bundle and both CRLs, in
 * DER (written first). Its certificates name no OCSP responder: its README says that OCSP is not
 * supported (checked 2026-11). Gives undefined when project and environment can neither be read off
 * the bucket's name nor are given.
 */
export function serverlessCa(preset: ServerlessCaPreset) {
  const read = ownForm.exec(preset.bucket)?.groups;
  const project = preset.project ?? read?.project;
  const env = preset.env ?? read?.env;
  if (project === undefined || env === undefined) return undefined;
  const suffix = (preset.prodEnvs ?? ['prd', 'prod']).includes(env) ? '' : `-${env}`;
  const at = (object: string, extension: string) =>
    `s3://${preset.bucket}/${project}-${object}${suffix}.${extension}`;
  return {
    bundle: [at('ca-bundle', 'pem')],
    crls: [at('root-ca', 'crl'), at('issuing-ca', 'crl')],
    leavesHaveOcsp: false as const,
  };
}
