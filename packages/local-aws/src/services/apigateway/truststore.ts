import { type CertificateInfo, keyKind, readCertificate } from '../../der/index.ts';
import type { ObjectRead } from '../../world.ts';
import type { Context } from '../service.ts';
import { LIMITS } from './limits.ts';
import { badRequest, type Truststore } from './state.ts';

const BLOCK = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g;

const FAILURES: Readonly<Record<Extract<ObjectRead, { ok: false }>['why'], string>> = {
  'no-bucket': 'the bucket does not exist',
  'no-object': 'the object does not exist',
  'no-version': 'the object version does not exist',
  denied: 'access denied',
};

/**
 * Reads a truststore from S3 with the caller's permission. Texts of refusals and warnings are ours.
 */
export function readTruststore(uri: string, version: string | undefined, ctx: Context): Truststore {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (!bucket || !key || uri.length > LIMITS.uriCharacters.max)
    throw badRequest('Invalid truststore URI: s3://bucket/key is expected.');
  if (version !== undefined && version.length > LIMITS.versionCharacters.max)
    throw badRequest('Invalid truststore version.');
  const object = ctx.world.objects.read({ bucket, key, version }, ctx.caller);
  if (!object.ok) throw badRequest(`The truststore cannot be read: ${FAILURES[object.why]}.`);
  // Nobody says whether another region's bucket is taken; refused, as the stricter reading.
  if (object.region !== ctx.region) throw badRequest('The truststore bucket is in another region.');
  if (object.body.length > LIMITS.truststoreBytes.max)
    throw badRequest(`The truststore is larger than ${LIMITS.truststoreBytes.max} bytes.`);
  const text = Buffer.from(object.body).toString('latin1');
  const blocks = [...text.matchAll(BLOCK)].map((match) => match[1] ?? '');
  if (blocks.length === 0) throw badRequest('The truststore holds no certificate.');
  if (blocks.length > LIMITS.truststoreCertificates.max)
    throw badRequest(`The truststore holds more than ${LIMITS.truststoreCertificates.max} certificates.`);
  const judged = blocks.map((block, index) => judge(block, index, ctx.now));
  return {
    uri,
    version,
    readVersion: object.versionId,
    warnings: judged.flatMap(({ warning }) => warning ?? []),
    anchors: judged.flatMap(({ anchor }) => anchor ?? []),
  };
}

interface Judged {
  readonly anchor?: Uint8Array;
  readonly warning?: string;
}

/**
 * An invalid certificate fails no call: it is warned about, and takes no part. Expiry is judged at
 * each handshake.
 */
function judge(base64: string, index: number, now: number): Judged {
  const bytes = new Uint8Array(Buffer.from(base64.replace(/\s/g, ''), 'base64'));
  let certificate: CertificateInfo;
  let supported: boolean;
  try {
    certificate = readCertificate(bytes);
    supported = isSupported(certificate);
  } catch {
    return { warning: `Certificate ${index + 1} cannot be parsed.` };
  }
  const named = (what: string) => `${what} Subject: ${certificate.subject.encodedOrder}`;
  if (!supported) return { warning: named('The certificate uses an algorithm that is not supported.') };
  if (now > certificate.notAfter) return { anchor: bytes, warning: named('The certificate has expired.') };
  if (now < certificate.notBefore)
    return { anchor: bytes, warning: named('The certificate is not yet valid.') };
  return { anchor: bytes };
}

/**
 * SHA-256 or stronger, RSA 2048 or stronger, ECDSA P-256 or P-384; REST API guide, mutual TLS;
 * checked 2026-11.
 */
function isSupported(certificate: CertificateInfo): boolean {
  const { weak, kind } = certificate.signatureAlgorithm;
  const key = keyKind(certificate.spki);
  if (weak || kind === 'unsupported') return false;
  if (key.type === 'rsa') return key.bits >= 2048;
  return key.type === 'ec' && ['prime256v1', 'secp384r1'].includes(key.curve);
}
