/**
 * Signature Version 4, checked: header and presigned form (IAM user guide, Create a signed AWS API
 * request).
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WireRequest } from '../services/service.ts';

interface Signature {
  readonly date: string;
  /** `20261124/us-east-1/s3/aws4_request`. */
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly presigned: boolean;
}

/**
 * Whether the signature is the one that the secret makes. Undefined when there is no SigV4
 * signature to check (unsigned, SigV4A, or signed with a certificate).
 */
export function signatureFits(request: WireRequest, secret: string): boolean | undefined {
  const found = signatureOf(request);
  if (!found) return undefined;
  const [day = '', region = '', service = ''] = found.scope.split('/');
  const canonical = [
    request.method,
    service === 's3' ? request.path : request.path.split('/').map(encode).join('/'),
    canonicalQuery(request.rawQuery),
    ...found.signedHeaders.map(
      (name) => `${name}:${(request.sentHeaders[name] ?? '').trim().replace(/ +/g, ' ')}`,
    ),
    '',
    found.signedHeaders.join(';'),
    payloadHash(request, found.presigned && service === 's3'),
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', found.date, found.scope, hash(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const expected = hmac(key, text);
  const given = Buffer.from(found.signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function signatureOf({ sentHeaders, query }: WireRequest): Signature | undefined {
  const header = /^AWS4-HMAC-SHA256 (.*)$/.exec(sentHeaders.authorization ?? '')?.[1];
  if (header !== undefined) {
    const field = (name: string) => new RegExp(`${name}=([^,\\s]+)`).exec(header)?.[1] ?? '';
    return {
      date: sentHeaders['x-amz-date'] ?? '',
      scope: afterKeyId(field('Credential')),
      signedHeaders: field('SignedHeaders').split(';'),
      signature: field('Signature'),
      presigned: false,
    };
  }
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') return undefined;
  return {
    date: query.get('X-Amz-Date') ?? '',
    scope: afterKeyId(query.get('X-Amz-Credential') ?? ''),
    signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
    signature: query.get('X-Amz-Signature') ?? '',
    presigned: true,
  };
}

const afterKeyId = (credential: string) => credential.slice(credential.indexOf('/') + 1);

/**
 * S3 signs what the client says about the payload, and compares that with the payload itself;
 * others sign its hash.
 */
function payloadHash(request: WireRequest, unsigned: boolean): string {
  const said = request.sentHeaders['x-amz-content-sha256'];
  return said ?? (unsigned ? 'UNSIGNED-PAYLOAD' : hash(request.body));
}

function canonicalQuery(rawQuery: string): string {
  return rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => pair.split(/=(.*)/s))
    .map(([name = '', value = '']) => [encode(decode(name)), encode(decode(value))] as const)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .sort(([a, x], [b, y]) => order(a, b) || order(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const decode = (text: string) => {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return text;
  }
};

/** RFC 3986: everything but unreserved characters. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

const hash = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
