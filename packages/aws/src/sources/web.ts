import { type SourceKind, TrustloomError } from '@trustloom/core';
import { collect, exceptionName, tooLarge } from '../s3/read-object.ts';
import { maxRedirects, sourceLimits, webTimeoutMs } from './limits.ts';

/** The `fetch` of the platform, or one with its form. */
export type Fetch = typeof globalThis.fetch;

/** What a web address gave. */
export interface FromWeb {
  readonly bytes: Uint8Array;
  readonly from: string;
  readonly etag?: string;
}

/**
 * Fetches a web address. A bundle or an inventory comes by https alone, also after redirects; a
 * CRL may come by http, since it is signed.
 *
 * @param etag what the answer had before; `unchanged` is then given when it still has it
 * @throws TrustloomError `source-scheme`, `source-unreachable`, `source-denied`,
 *   `source-too-large`, `aborted`
 */
export async function fetchWeb(
  address: string,
  what: SourceKind,
  fetch: Fetch,
  signal: AbortSignal | undefined,
  etag?: string,
): Promise<FromWeb | 'unchanged'> {
  const timeout = AbortSignal.timeout(webTimeoutMs);
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const from = shown(address);
  try {
    let url = webUrl(address, what, from);
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      const headers = etag === undefined ? {} : { 'if-none-match': etag };
      const response = await fetch(url, { redirect: 'manual', signal: either, headers });
      const next = redirectOf(response, url);
      if (etag !== undefined && response.status === 304) {
        await response.body?.cancel();
        return 'unchanged';
      }
      if (next === undefined) {
        const tag = response.headers.get('etag');
        const bytes = await read(response, from, sourceLimits[what]);
        return { bytes, from, ...(tag === null ? {} : { etag: tag }) };
      }
      await response.body?.cancel();
      url = webUrl(next, what, `${from}, redirected`);
    }
    throw unreachable(from, `more than ${maxRedirects} redirects`);
  } catch (error) {
    if (signal?.aborted) throw new TrustloomError('aborted', `${from}: aborted`);
    if (error instanceof TrustloomError) throw error;
    if (timeout.aborted) throw unreachable(from, `no full answer within ${webTimeoutMs / 1000} s`);
    throw unreachable(from, reason(error));
  }
}

/** A web address for texts: without user, password or query, which may hold a token. */
function shown(address: string): string {
  if (!URL.canParse(address)) return 'an address that is none';
  const url = new URL(address);
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`;
}

function webUrl(address: string, what: SourceKind, from: string): URL {
  if (!URL.canParse(address)) throw unreachable(from, 'not an address');
  const url = new URL(address);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && what === 'crl')) return url;
  throw new TrustloomError(
    'source-scheme',
    `${from}: ${url.protocol}// is not accepted for ${what === 'inventory' ? 'an' : 'a'} ${what}${what === 'crl' ? '' : '; use https://'}`,
  );
}

function redirectOf(response: Response, base: URL): string | undefined {
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const location = response.headers.get('location');
  return location !== null && URL.canParse(location, base.href)
    ? new URL(location, base.href).href
    : undefined;
}

async function read(response: Response, from: string, maxBytes: number): Promise<Uint8Array> {
  if (response.status !== 200) {
    await response.body?.cancel();
    if (response.status === 401 || response.status === 403)
      throw new TrustloomError('source-denied', `${from}: HTTP ${response.status}`);
    throw unreachable(from, `HTTP ${response.status}`);
  }
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    await response.body?.cancel();
    throw tooLarge(from, maxBytes);
  }
  return collect(response.body ?? undefined, maxBytes, from);
}

function unreachable(from: string, why: string): TrustloomError {
  return new TrustloomError('source-unreachable', `${from}: ${why}`, { context: { address: from } });
}

/** `ECONNREFUSED`, `CERT_HAS_EXPIRED`: what fetch hides in the cause. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined;
  return typeof code === 'string' ? code : exceptionName(error) || 'failed';
}
