import { createHash, verify } from 'node:crypto';
import { type CertificateInfo, keyKind, publicKey, readCertificate } from '../der/index.ts';
import { decimal } from '../edge/identity.ts';
import { LIMITS } from '../services/rolesanywhere/limits.ts';
import type { WireRequest } from '../services/service.ts';

/** A request that was signed with a certificate's key. */
export interface SignedByCertificate {
  readonly leaf: CertificateInfo;
  /** What was sent besides, in `X-Amz-X509-Chain`. */
  readonly chain: readonly CertificateInfo[];
  readonly region: string;
}

export type SignatureCheck =
  | { readonly ok: true; readonly signed: SignedByCertificate }
  | { readonly ok: false; readonly why: 'missing' | 'malformed' | 'skewed' | 'wrong' };

const AUTHORIZATION =
  /^(AWS4-X509-(?:RSA|ECDSA)-SHA256) Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]+)$/;

/** Clocks may differ by this much; the same as for SigV4. Milliseconds. */
const MAX_SKEW = 15 * 60_000;

/**
 * Checks the signature of CreateSession: SigV4's canonical request, signed directly with the
 * private key of the certificate (RSASSA-PKCS1-v1.5, or ECDSA in DER), in hex. User guide,
 * "Authentication signing process"; 2026-11.
 *
 * @param wall real time, milliseconds since the epoch: signatures follow it whatever clock the
 *   emulator runs on
 */
export function checkSignature(request: WireRequest, wall: number): SignatureCheck {
  const { headers } = request;
  const match = AUTHORIZATION.exec(headers.authorization ?? '');
  const certificate = headers['x-amz-x509'];
  if (!match || certificate === undefined) return { ok: false, why: 'missing' };
  const [, algorithm = '', credential = '', signedHeaders = '', signature = ''] = match;
  const leaf = readBase64(certificate);
  const chain = (headers['x-amz-x509-chain'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(readBase64);
  const certificates = chain.filter((one) => one !== undefined);
  if (!leaf || certificates.length !== chain.length || chain.length > LIMITS.chainHeaderCertificates.max)
    return { ok: false, why: 'malformed' };
  const [serial, ...scope] = credential.split('/');
  const [day = '', region = '', service, last] = scope;
  const date = headers['x-amz-date'] ?? '';
  const time = timeOf(date);
  if (time === undefined || service !== 'rolesanywhere' || last !== 'aws4_request' || !date.startsWith(day))
    return { ok: false, why: 'malformed' };
  if (Math.abs(wall - time) > MAX_SKEW) return { ok: false, why: 'skewed' };
  const names = signedHeaders.split(';');
  const needed = ['host', 'x-amz-date', 'x-amz-x509', ...(chain.length > 0 ? ['x-amz-x509-chain'] : [])];
  const algorithms = { rsa: 'AWS4-X509-RSA-SHA256', ec: 'AWS4-X509-ECDSA-SHA256', other: undefined };
  if (
    !needed.every((name) => names.includes(name)) ||
    algorithm !== algorithms[keyKind(leaf.spki).type] ||
    serial !== decimal(leaf.serialHex)
  )
    return { ok: false, why: 'wrong' };
  const canonical = sha256(canonicalRequest(request, names));
  const toSign = Buffer.from([algorithm, date, scope.join('/'), canonical].join('\n'));
  const good = verify('sha256', toSign, publicKey(leaf.spki), Buffer.from(signature, 'hex'));
  return good ? { ok: true, signed: { leaf, chain: certificates, region } } : { ok: false, why: 'wrong' };
}

function readBase64(text: string): CertificateInfo | undefined {
  try {
    return readCertificate(new Uint8Array(Buffer.from(text, 'base64')));
  } catch {
    return undefined;
  }
}

function timeOf(date: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

function canonicalRequest(
  { method, path, rawQuery, headers, body }: WireRequest,
  names: readonly string[],
): string {
  const query = rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return `${recode(name)}=${recode(value.join('='))}`;
    })
    .sort();
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`);
  return [method, path, query.join('&'), ...lines, '', names.join(';'), sha256(body)].join('\n');
}

/** Decodes and encodes again as RFC 3986 has it, which is what the signer did. */
function recode(text: string): string {
  let plain = text;
  try {
    plain = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // A query that is not well encoded cannot have been signed; the signature will not fit.
  }
  return encodeURIComponent(plain).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
