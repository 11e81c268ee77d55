import { createPublicKey, type KeyObject } from 'node:crypto';
import { bufferOf } from '../util/bytes.ts';
import { defined } from '../util/defined.ts';
import {
  checkInteger,
  childrenOf,
  DerError,
  integerHex,
  readTlv,
  strictOid,
  type Tlv,
  tags,
} from '../util/der.ts';
import type { Certificate, PublicKeyInfo } from './certificate.ts';

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

type Hash = NonNullable<Certificate['signature']['hash']>;

/** What an AlgorithmIdentifier of a signature says, as far as we can verify it. */
export interface SignatureAlgorithm {
  readonly name: string;
  readonly hash?: Hash;
  readonly scheme: 'pkcs1' | 'pss' | 'ecdsa' | 'other';
  /** RSASSA-PSS salt length in bytes. */
  readonly saltLength?: number;
}

/** RFC 3279, 4055, 5758, 9881. */
const known: Readonly<Record<string, SignatureAlgorithm>> = {
  '1.2.840.113549.1.1.4': { name: 'md5WithRSAEncryption', hash: 'MD5', scheme: 'other' },
  '1.2.840.113549.1.1.5': { name: 'sha1WithRSAEncryption', hash: 'SHA-1', scheme: 'pkcs1' },
  '1.2.840.113549.1.1.14': { name: 'sha224WithRSAEncryption', hash: 'SHA-224', scheme: 'pkcs1' },
  '1.2.840.113549.1.1.11': { name: 'sha256WithRSAEncryption', hash: 'SHA-256', scheme: 'pkcs1' },
  '1.2.840.113549.1.1.12': { name: 'sha384WithRSAEncryption', hash: 'SHA-384', scheme: 'pkcs1' },
  '1.2.840.113549.1.1.13': { name: 'sha512WithRSAEncryption', hash: 'SHA-512', scheme: 'pkcs1' },
  '1.2.840.10045.4.1': { name: 'ecdsa-with-SHA1', hash: 'SHA-1', scheme: 'ecdsa' },
  '1.2.840.10045.4.3.1': { name: 'ecdsa-with-SHA224', hash: 'SHA-224', scheme: 'ecdsa' },
  '1.2.840.10045.4.3.2': { name: 'ecdsa-with-SHA256', hash: 'SHA-256', scheme: 'ecdsa' },
  '1.2.840.10045.4.3.3': { name: 'ecdsa-with-SHA384', hash: 'SHA-384', scheme: 'ecdsa' },
  '1.2.840.10045.4.3.4': { name: 'ecdsa-with-SHA512', hash: 'SHA-512', scheme: 'ecdsa' },
  '1.3.101.112': { name: 'Ed25519', scheme: 'other' },
  '2.16.840.1.101.3.4.3.17': { name: 'ML-DSA-44', scheme: 'other' },
  '2.16.840.1.101.3.4.3.18': { name: 'ML-DSA-65', scheme: 'other' },
  '2.16.840.1.101.3.4.3.19': { name: 'ML-DSA-87', scheme: 'other' },
};

const hashes: Readonly<Record<string, Hash>> = {
  '1.3.14.3.2.26': 'SHA-1',
  '2.16.840.1.101.3.4.2.4': 'SHA-224',
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
};

/** Reads an AlgorithmIdentifier. */
export function signatureAlgorithm(der: Uint8Array, identifier: Tlv): SignatureAlgorithm {
  const [algorithm, parameters] = childrenOf(der, identifier);
  if (algorithm === undefined) return { name: 'none', scheme: 'other' };
  const oid = strictOid(der, algorithm);
  if (oid === '1.2.840.113549.1.1.10') return pss(der, parameters);
  return known[oid] ?? { name: oid, scheme: 'other' };
}

/**
 * RFC 4055, 3.1: hash [0] (default SHA-1), mask [1] (default MGF1 with SHA-1), salt length [2]
 * (default 20). A hash that is not known here, or a mask with another hash, cannot be verified, and
 * is not taken for one that can.
 */
function pss(der: Uint8Array, parameters: Tlv | undefined): SignatureAlgorithm {
  let hash: Hash | undefined = 'SHA-1';
  let mask: Hash | undefined = 'SHA-1';
  let saltLength = 20;
  for (const field of parameters?.tag === tags.sequence ? childrenOf(der, parameters) : []) {
    const inner = readTlv(der, field.content, field.end);
    if (field.tag === 0xa0) hash = hashIn(der, inner);
    if (field.tag === 0xa1) mask = maskIn(der, inner);
    if (field.tag === 0xa2) saltLength = Number.parseInt(integerHex(der, inner.content, inner.end), 16);
  }
  if (hash === undefined) return { name: 'rsassaPss', scheme: 'other' };
  const name = `rsassaPss-${hash}`;
  return mask === hash ? { name, hash, scheme: 'pss', saltLength } : { name, hash, scheme: 'other' };
}

const mgf1 = '1.2.840.113549.1.1.8';

function hashIn(der: Uint8Array, identifier: Tlv): Hash | undefined {
  return hashes[strictOid(der, readTlv(der, identifier.content, identifier.end, tags.oid))];
}

function maskIn(der: Uint8Array, identifier: Tlv): Hash | undefined {
  const [function_, parameters] = childrenOf(der, identifier);
  if (function_ === undefined || parameters === undefined || strictOid(der, function_) !== mgf1)
    return undefined;
  return hashIn(der, parameters);
}
