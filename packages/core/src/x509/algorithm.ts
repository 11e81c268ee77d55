import { childrenOf, integerHex, readTlv, type Tlv, tags } from '../util/der.ts';
import type { Certificate } from './certificate.ts';
import { strictOid } from './oid.ts';

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
