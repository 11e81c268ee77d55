import { type Fetched, isTrustloomError, type Sources, TrustloomError } from '@trustloom/core';
import type { Aws } from '../open-aws.ts';
import { readObject } from '../s3/read-object.ts';
import { fetchFile, type ReadFile, readLocalFile } from './file.ts';
import { sourceLimits } from './limits.ts';
import { type Fetch, fetchWeb } from './web.ts';

/** What `createSources` is given. */
export interface SourceOptions {
  /** Folder of the definition: paths are relative to it. */
  readonly baseDir: string;
  /** For web addresses; default the platform's. */
  readonly fetch?: Fetch;
  /** For paths; default the machine's files. */
  readonly readFile?: ReadFile;
}

/**
 * Fetches what groups name: a path, `s3://bucket/key` (with the role of the group's account, in whichever region the bucket is),
 * `https://`, and `http://` for lists. Sizes and times are bounded. What comes is never shown in a message.
 *
 * Errors: `file-not-found`, `source-scheme`, `source-unreachable`, `source-denied`, `source-too-large`, `aborted`; and of accounts
 * `role-denied`, `credentials-missing`, `credentials-expired`.
 *
 * @example
 * const sources = createSources(aws, { baseDir: dirname(definitionPath) })
 * const { bytes, from } = await sources.fetch({ kind: 's3', text: 's3://ca-bucket/bundle.pem' }, 'bundle', 'ca')
 */
export function createSources(aws: Aws, options: SourceOptions): Sources {
  const fetch = options.fetch ?? globalThis.fetch;
  const readFile = options.readFile ?? readLocalFile;
  return Object.freeze({
    async fetch(address, what, accountName, signal): Promise<Fetched> {
      switch (address.kind) {
        case 'file':
          return fetchFile(address.text, options.baseDir, sourceLimits[what], readFile);
        case 's3':
          return fetchS3(aws, address.text, sourceLimits[what], accountName, signal);
        case 'https':
        case 'http':
          return fetchWeb(address.text, what, fetch, signal);
      }
    },
  } satisfies Sources);
}

async function fetchS3(
  aws: Aws,
  address: string,
  maxBytes: number,
  account: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Fetched> {
  const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/s.exec(address) ?? [];
  if (bucket === undefined || key === undefined)
    throw new TrustloomError('source-scheme', `${address}: write s3://bucket/key`);
  const place = { region: aws.region, ...(account === undefined ? {} : { account }) };
  const found = await readObject(
    aws,
    place,
    { bucket, key },
    { maxBytes, ...(signal === undefined ? {} : { signal }) },
  ).catch((error: unknown) => {
    throw s3Error(error, address);
  });
  if (found === undefined)
    throw new TrustloomError('source-unreachable', `${address}: no such object`, { context: { address } });
  const { bytes, version } = found;
  return version === undefined ? { bytes, from: address } : { bytes, from: `${address}@${version}`, version };
}

function s3Error(error: unknown, address: string): unknown {
  if (!isTrustloomError(error)) return error;
  const context = { context: { ...error.context, address }, cause: error };
  if (error.code === 'access-denied')
    return new TrustloomError('source-denied', `${address}: s3:GetObject was denied`, context);
  if (error.kind === 'transient' || error.code === 'service-refused')
    return new TrustloomError('source-unreachable', `${address}: ${error.message}`, context);
  return error;
}
