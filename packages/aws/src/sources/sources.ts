import {
  type Address,
  defined,
  type Fetched,
  isTrustloomError,
  type SourceKind,
  type Sources,
  TrustloomError,
} from '@trustloom/core';
import type { Aws } from '../open-aws.ts';
import { readIfChanged } from '../s3/read-object.ts';
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
 * Fetches what groups name: a path, `s3://bucket/key` (with the role of the group's account, in
 * whichever region the bucket is), `https://`, and `http://` for lists. Sizes and times are
 * bounded. What comes is never shown in a message. An inventory is kept, and asked for anew only
 * when its ETag has changed (S3, https).
 *
 * Errors: `file-not-found`, `source-scheme`, `source-unreachable`, `source-denied`,
 * `source-too-large`, `aborted`; and of accounts `role-denied`, `credentials-missing`,
 * `credentials-expired`.
 *
 * @example
 * const sources = createSources(aws, { baseDir: dirname(definitionPath) })
 * const { bytes, from } = await sources.fetch({ kind: 's3', text: 's3://ca-bucket/bundle.pem' }, 'bundle', 'ca')
 */
export function createSources(aws: Aws, options: SourceOptions): Sources {
  const fetch = options.fetch ?? globalThis.fetch;
  const readFile = options.readFile ?? readLocalFile;
  /**
   * Inventories by role and address, each while it has its ETag: they are large, and a refresh asks
   * for them every minute.
   */
  const kept = new Map<string, Tagged>();
  const ask = async (
    address: Address,
    what: SourceKind,
    account: string | undefined,
    signal: AbortSignal | undefined,
    etag?: string,
  ): Promise<Tagged | 'unchanged'> => {
    switch (address.kind) {
      case 'file':
        return fetchFile(address.text, options.baseDir, sourceLimits[what], readFile);
      case 's3':
        return fetchS3(aws, address.text, { maxBytes: sourceLimits[what], account, signal, etag });
      case 'https':
      case 'http':
        return fetchWeb(address.text, what, fetch, signal, etag);
    }
  };
  return Object.freeze({
    async fetch(address, what, accountName, signal): Promise<Fetched> {
      const key = `${accountName ?? ''} ${address.text}`;
      const before = what === 'inventory' ? kept.get(key) : undefined;
      const answer = await ask(address, what, accountName, signal, before?.etag);
      const now = answer === 'unchanged' ? before : answer;
      if (now === undefined)
        throw new TrustloomError(
          'source-unreachable',
          `${address.text}: it says unchanged, and was not asked`,
        );
      if (what === 'inventory' && now.etag !== undefined) kept.set(key, now);
      const { etag: _, ...fetched } = now;
      return fetched;
    },
  } satisfies Sources);
}

/** What a source gave, with the tag by which it can be asked whether that still holds. */
type Tagged = Fetched & { readonly etag?: string };

async function fetchS3(
  aws: Aws,
  address: string,
  {
    maxBytes,
    account,
    signal,
    etag,
  }: {
    readonly maxBytes: number;
    readonly account: string | undefined;
    readonly signal: AbortSignal | undefined;
    readonly etag: string | undefined;
  },
): Promise<Tagged | 'unchanged'> {
  const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/s.exec(address) ?? [];
  if (bucket === undefined || key === undefined)
    throw new TrustloomError('source-scheme', `${address}: write s3://bucket/key`);
  const accountRegion = { region: aws.region, ...defined({ account }) };
  const found = await readIfChanged(
    aws,
    accountRegion,
    { bucket, key },
    { maxBytes, etag, ...defined({ signal }) },
  ).catch((error: unknown) => {
    throw s3Error(error, address);
  });
  if (found === undefined)
    throw new TrustloomError('source-unreachable', `${address}: no such object`, { context: { address } });
  if (found === 'unchanged') return found;
  const { version, ...rest } = found;
  return version === undefined
    ? { ...rest, from: address }
    : { ...rest, from: `${address}@${version}`, version };
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
