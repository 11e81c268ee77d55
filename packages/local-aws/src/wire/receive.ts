import type { IncomingMessage } from 'node:http';
import type { WireRequest } from '../services/service.ts';
import { decodeChunked, isChunked } from './chunked.ts';

/** Largest body taken; AWS's largest here is a revocation file of 50 MB. */
const MAX_BODY = 128 * 1024 * 1024;

/** Why a request cannot be read at all. */
export type Unreadable = 'body-too-large' | 'broken-chunks' | 'bad-target';

/**
 * Reads a request off the wire: absolute-form targets (we are somebody's HTTP proxy) and chunk
 * framing are undone.
 */
export async function receive(message: IncomingMessage): Promise<WireRequest | Unreadable> {
  const target = targetOf(message.url ?? '/');
  if (!target) return 'bad-target';
  const raw = Number(message.headers['content-length']) > MAX_BODY ? undefined : await readAll(message);
  if (!raw) return 'body-too-large';
  const headers = headersOf(message, target.host);
  const framed = isChunked(headers);
  const decoded = framed ? decodeChunked(raw) : { body: raw, trailers: {} };
  if (!decoded) return 'broken-chunks';
  const encoding = (headers['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'aws-chunked')
    .join(',');
  const { 'content-encoding': _framing, ...others } = headers;
  return {
    method: message.method ?? 'GET',
    path: target.path,
    rawQuery: target.query,
    query: new URLSearchParams(target.query),
    sentHeaders: headers,
    headers: { ...others, ...(encoding === '' ? {} : { 'content-encoding': encoding }), ...decoded.trailers },
    body: decoded.body,
  };
}

function targetOf(url: string): { path: string; query: string; host?: string } | undefined {
  const absolute = /^https?:\/\/([^/?]+)([^?]*)(?:\?(.*))?$/i.exec(url);
  if (absolute) {
    return {
      host: absolute[1] ?? '',
      path: absolute[2] === '' ? '/' : (absolute[2] ?? '/'),
      query: absolute[3] ?? '',
    };
  }
  if (!url.startsWith('/')) return undefined;
  const question = url.indexOf('?');
  return question < 0
    ? { path: url, query: '' }
    : { path: url.slice(0, question), query: url.slice(question + 1) };
}

function headersOf(message: IncomingMessage, host: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(message.headersDistinct))
    headers[name] = (values ?? []).join(',');
  return host === undefined ? headers : { ...headers, host };
}

async function readAll(message: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of message) {
    const bytes: Buffer = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
    length += bytes.length;
    // What is too much is read to its end and dropped: a client that is still writing would not see
    // the answer.
    if (length <= MAX_BODY) parts.push(bytes);
    else parts.length = 0;
  }
  return length > MAX_BODY ? undefined : Buffer.concat(parts);
}
