import type { ObjectLocation, TargetContext } from '@trustloom/core';
import { defined } from '@trustloom/core';

/** Tags by which a domain is known to be followed by us. The domain itself stays its owner's. */
export const markTags = { definition: 'trustloom:definition', target: 'trustloom:target' } as const;

/** The tags of a domain of this target. */
export function marksOf({ definition, name }: TargetContext): Readonly<Record<string, string>> {
  return { [markTags.definition]: definition, [markTags.target]: name };
}

/** Whose marks the tags are. */
export function markOf(
  tags: Readonly<Record<string, string>>,
  { definition, name }: TargetContext,
): 'ours' | 'theirs' | 'none' {
  const marked = tags[markTags.definition];
  if (marked === undefined) return 'none';
  return marked === definition && tags[markTags.target] === name ? 'ours' : 'theirs';
}

/** Name of the head of the revocation set, below the folder of the definition; the authorizer is given it whole. */
export function headFile({ name }: TargetContext): string {
  return `authorizers/${name}.json`;
}

/** ARN of a public domain, for tagging: it has no account. */
export function domainArn(domain: string, region: string): string {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:apigateway:${region}::/domainnames/${domain}`;
}

/** `s3://bucket/key` as the service writes it. */
export function truststoreUri({ bucket, key }: ObjectLocation): string {
  return `s3://${bucket}/${key}`;
}

/** The place in S3 that a truststore URI names; undefined for an empty one. */
export function truststoreLocation(
  uri: string | undefined,
  version: string | undefined,
): ObjectLocation | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri ?? '') ?? [];
  if (bucket === undefined || key === undefined) return undefined;
  return { bucket, key, ...defined({ version }) };
}
