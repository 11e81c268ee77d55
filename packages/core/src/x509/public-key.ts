import { createPublicKey, type KeyObject } from 'node:crypto';
import { bufferOf } from '../util/bytes.ts';
import { defined } from '../util/defined.ts';
import { checkInteger, childrenOf, DerError, readTlv, type Tlv, tags } from '../util/der.ts';
import type { PublicKeyInfo } from './certificate.ts';
import { strictOid } from './oid.ts';

/** Names for people of keys that Node 20 does not know, or cannot use for lists. */
const otherKeys: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.3.17': 'ML-DSA-44',
  '2.16.840.1.101.3.4.3.18': 'ML-DSA-65',
  '2.16.840.1.101.3.4.3.19': 'ML-DSA-87',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
};

/** Curves by OID: their name, and the bytes of one coordinate (RFC 5480). */
const curves: Readonly<Record<string, { readonly name: string; readonly bytes?: number }>> = {
  '1.2.840.10045.3.1.7': { name: 'P-256', bytes: 32 },
  '1.3.132.0.34': { name: 'P-384', bytes: 48 },
  '1.3.132.0.35': { name: 'P-521', bytes: 66 },
  '1.3.132.0.10': { name: 'secp256k1' },
  '1.3.132.0.33': { name: 'secp224r1' },
  '1.2.840.10045.3.1.1': { name: 'prime192v1' },
};

const rsa = new Set(['1.2.840.113549.1.1.1', '1.2.840.113549.1.1.10']);
const elliptic = '1.2.840.10045.2.1';

interface Parts {
  readonly algorithm: string;
  readonly parameters?: Tlv;
  /** Content of the BIT STRING, without the count of unused bits. */
  readonly start: number;
  readonly end: number;
}

/**
 * What kind of key a SubjectPublicKeyInfo holds.
 *
 * @throws DerError
 * @see RFC 5280, 4.1.2.7; RFC 3279, 5480
 */
export function publicKeyInfo(der: Uint8Array, spki: Tlv): PublicKeyInfo {
  const parts = partsOf(der, spki);
  if (rsa.has(parts.algorithm)) {
    const { modulus } = rsaNumbers(der, parts);
    const bits = bitsOf(der, modulus);
    return { kind: 'rsa', bits, name: `RSA ${bits}` };
  }
  if (parts.algorithm === elliptic) {
    const oid = parts.parameters?.tag === tags.oid ? strictOid(der, parts.parameters) : undefined;
    const curve = oid === undefined ? 'unknown curve' : (curves[oid]?.name ?? oid);
    return { kind: 'ec', curve, name: curve };
  }
  return { kind: 'other', name: otherKeys[parts.algorithm] ?? parts.algorithm };
}

/**
 * The key for Node. From its numbers where that is possible: Node takes several times as long to
 * read the DER.
 */
export function publicKeyOf(der: Uint8Array, spki: Tlv): KeyObject {
  const parts = partsOf(der, spki);
  const text = (start: number, end: number) => bufferOf(der).toString('base64url', start, end);
  if (parts.algorithm === '1.2.840.113549.1.1.1') {
    const { modulus, exponent } = rsaNumbers(der, parts);
    const number = ({ content, end }: Tlv) => text(content + Number(der[content] === 0), end);
    return createPublicKey({ key: { kty: 'RSA', n: number(modulus), e: number(exponent) }, format: 'jwk' });
  }
  const curve =
    parts.algorithm === elliptic && parts.parameters?.tag === tags.oid
      ? curves[strictOid(der, parts.parameters)]
      : undefined;
  if (
    curve?.bytes !== undefined &&
    der[parts.start] === 4 &&
    parts.end - parts.start === 1 + 2 * curve.bytes
  ) {
    const middle = parts.start + 1 + curve.bytes;
    const key = { kty: 'EC', crv: curve.name, x: text(parts.start + 1, middle), y: text(middle, parts.end) };
    return createPublicKey({ key, format: 'jwk' });
  }
  return createPublicKey({
    key: Buffer.from(der.subarray(spki.start, spki.end)),
    format: 'der',
    type: 'spki',
  });
}

/** SEQUENCE { SEQUENCE { algorithm OID, parameters }, BIT STRING } */
function partsOf(der: Uint8Array, spki: Tlv): Parts {
  const [identifier, key, ...rest] = childrenOf(der, spki);
  const [algorithm, parameters] = identifier?.tag === tags.sequence ? childrenOf(der, identifier) : [];
  if (algorithm === undefined || key?.tag !== tags.bitString || rest.length > 0 || der[key.content] !== 0)
    throw new DerError(`no public key at byte ${spki.start}`);
  return {
    algorithm: strictOid(der, algorithm),
    ...defined({ parameters }),
    start: key.content + 1,
    end: key.end,
  };
}

/** SEQUENCE { modulus INTEGER, publicExponent INTEGER } */
function rsaNumbers(
  der: Uint8Array,
  { start, end }: Parts,
): { readonly modulus: Tlv; readonly exponent: Tlv } {
  const sequence = readTlv(der, start, end, tags.sequence);
  const [modulus, exponent, ...rest] = childrenOf(der, sequence);
  if (sequence.end !== end || modulus === undefined || exponent === undefined || rest.length > 0)
    throw new DerError(`no RSA key at byte ${start}`);
  checkInteger(der, modulus);
  checkInteger(der, exponent);
  return { modulus, exponent };
}

function bitsOf(der: Uint8Array, { content, end }: Tlv): number {
  const from = der[content] === 0 ? content + 1 : content;
  return 8 * (end - from) - (Math.clz32(der[from] ?? 0) - 24);
}
