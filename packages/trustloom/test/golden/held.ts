import type { LocalAwsState } from '@trustloom/local-aws';
import { crlDigest, pemDigests } from '@trustloom/testkit';
import type { Line } from './words.ts';

type Tags =
  | readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]
  | ReadonlyMap<string, string>;
interface Thing {
  readonly name: string;
  readonly tags: Tags;
}

/**
 * What lies at the services and in S3, by the raw state of the local AWS: names, ownership tags,
 * content.
 */
export function heldLines(state: LocalAwsState): readonly Line[] {
  const lines = [
    ...state.elbv2.flatMap(({ state: { trustStores, listeners } }) => [
      ...all('alb', trustStores, ({ bundle, revocations }) => ({
        cas: pemDigests(bundle),
        crls: revocations.map(({ file }) => crlDigest(file)),
      })),
      ...[...listeners.values()].map(({ port, mutual }) => ({
        held: `listener ${port}`,
        mutual: Object.entries(mutual ?? {}).map(([key, value]) => `${key}=${value}`),
      })),
    ]),
    ...state.cloudfront.flatMap(
      ({ state: { trustStores, keyValueStores, connectionFunctions, distributions } }) => [
        ...all('cloudfront', trustStores, ({ bundle, ocsp }) => ({ cas: pemDigests(bundle), ocsp })),
        ...all('keys', keyValueStores, ({ items }) => ({ items: items.size })),
        ...all('function', connectionFunctions, ({ live }) => ({ live: live !== undefined })),
        ...[...distributions.values()].map(({ id, config }) => ({
          held: `distribution ${id}`,
          mode: `${config.ViewerMtlsConfig?.Mode}`,
          checks: config.ConnectionFunctionAssociation !== undefined,
        })),
      ],
    ),
    ...state.rolesAnywhere.flatMap(({ state: { anchors, crls } }) => [
      ...all('anchor', anchors, ({ enabled, source }) => ({
        enabled,
        cas: pemDigests(source.x509CertificateData),
      })),
      ...all('crl', crls, ({ enabled, crlData }) => ({ enabled, crls: [crlDigest(crlData)] })),
    ]),
    ...state.apiGateway.flatMap(({ state: { domains } }) =>
      all('domain', domains, ({ truststore }) => ({ truststore: truststore?.uri ?? '' })),
    ),
  ];
  const files = state.s3.flatMap(({ name, objects }) => [...objects.keys()].map((key) => `${name}/${key}`));
  return [...lines, { held: 'files', files }];
}

function all<T extends Thing>(
  kind: string,
  things: ReadonlyMap<string, T>,
  more: (thing: T) => Line,
): readonly Line[] {
  const tagsOf = (tags: Tags) =>
    'get' in tags ? [...tags].map((pair) => pair.join('=')) : tags.map(({ Key, Value }) => `${Key}=${Value}`);
  return [...things.values()].map((thing) => ({
    held: `${kind} ${thing.name}`,
    tags: tagsOf(thing.tags),
    ...more(thing),
  }));
}
