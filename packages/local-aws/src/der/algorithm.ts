import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { count, DerError, type Element, oid, TAG, walk } from './reader.ts';

/** How something was signed. */
export interface SignatureAlgorithm {
  readonly oid: string;
  readonly kind: 'rsa' | 'rsa-pss' | 'ecdsa' | 'ed25519' | 'unsupported';
  /** Node's name: `sha256`; undefined for Ed25519 and for what is not supported. */
  readonly hash: string | undefined;
  /** RSASSA-PSS only, bytes. */
  readonly saltLength: number | undefined;
  /** MD5 and SHA-1. */
  readonly weak: boolean;
}

type Known = readonly [SignatureAlgorithm['kind'], string];

const KNOWN: Readonly<Record<string, Known>> = {
  '1.2.840.113549.1.1.4': ['rsa', 'md5'],
  '1.2.840.113549.1.1.5': ['rsa', 'sha1'],
  '1.2.840.113549.1.1.11': ['rsa', 'sha256'],
  '1.2.840.113549.1.1.12': ['rsa', 'sha384'],
  '1.2.840.113549.1.1.13': ['rsa', 'sha512'],
  '1.2.840.10045.4.1': ['ecdsa', 'sha1'],
  '1.2.840.10045.4.3.2': ['ecdsa', 'sha256'],
  '1.2.840.10045.4.3.3': ['ecdsa', 'sha384'],
  '1.2.840.10045.4.3.4': ['ecdsa', 'sha512'],
};

const PSS = '1.2.840.113549.1.1.10';
const ED25519 = '1.3.101.112';
const MGF1 = '1.2.840.113549.1.1.8';

const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

const isWeak = (hash: string | undefined) => hash === 'md5' || hash === 'sha1';

export function readSignatureAlgorithm(bytes: Uint8Array, element: Element): SignatureAlgorithm {
  const inside = walk(bytes, element);
  const type = oid(bytes, inside.next(TAG.oid));
  if (type === PSS) return pss(bytes, inside.optional(TAG.sequence));
  const plain = { oid: type, saltLength: undefined };
  if (type === ED25519) return { ...plain, kind: 'ed25519', hash: undefined, weak: false };
  const known = KNOWN[type];
  if (!known) return { ...plain, kind: 'unsupported', hash: undefined, weak: false };
  inside.optional(TAG.null);
  inside.done();
  return { ...plain, kind: known[0], hash: known[1], weak: isWeak(known[1]) };
}

/** RFC 4055 section 3.1: every parameter has a default, all of them SHA-1. */
function pss(bytes: Uint8Array, parameters: Element | undefined): SignatureAlgorithm {
  let hash: string | undefined = 'sha1';
  let mask: string | undefined = 'sha1';
  let saltLength = 20;
  if (parameters) {
    const inside = walk(bytes, parameters);
    const hashField = inside.optional(0xa0);
    if (hashField) hash = HASHES[firstOid(bytes, walk(bytes, hashField).next(TAG.sequence))];
    const maskField = inside.optional(0xa1);
    if (maskField) {
      const mgf = walk(bytes, walk(bytes, maskField).next(TAG.sequence));
      mask =
        oid(bytes, mgf.next(TAG.oid)) === MGF1 ? HASHES[firstOid(bytes, mgf.next(TAG.sequence))] : undefined;
    }
    const saltField = inside.optional(0xa2);
    if (saltField) saltLength = count(bytes, walk(bytes, saltField).next(TAG.integer));
  }
  // Node's verify takes one hash for both; no known issuer mixes them.
  const supported = hash !== undefined && hash === mask;
  return {
    oid: PSS,
    kind: supported ? 'rsa-pss' : 'unsupported',
    hash: supported ? hash : undefined,
    saltLength,
    weak: isWeak(hash),
  };
}

const firstOid = (bytes: Uint8Array, sequence: Element) => oid(bytes, walk(bytes, sequence).next(TAG.oid));

/** What a public key is. */
export type KeyKind =
  | { readonly type: 'rsa'; readonly bits: number }
  | { readonly type: 'ec'; readonly curve: string }
  | { readonly type: 'other'; readonly name: string };

export function publicKey(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    throw new DerError('a public key that cannot be read');
  }
}

/** What kind of key that is; a key that cannot be read is of another kind. */
export function keyKind(spki: Uint8Array): KeyKind {
  const key = readable(spki);
  const details = key?.asymmetricKeyDetails ?? {};
  const type = key?.asymmetricKeyType ?? 'unreadable';
  if (type === 'rsa' || type === 'rsa-pss') return { type: 'rsa', bits: details.modulusLength ?? 0 };
  if (type === 'ec') return { type: 'ec', curve: details.namedCurve ?? 'unknown' };
  return { type: 'other', name: type };
}

function readable(spki: Uint8Array): KeyObject | undefined {
  try {
    return publicKey(spki);
  } catch {
    return undefined;
  }
}

/** `unsupported` is not `invalid`: whether the signature is valid is unknown. */
export type Verification = 'valid' | 'invalid' | 'unsupported';

/** Something signed: a certificate or a CRL. */
export interface Signed {
  readonly tbs: Uint8Array;
  readonly signature: Uint8Array;
  readonly signatureAlgorithm: SignatureAlgorithm;
}

/** Checks a signature with the key of the (supposed) issuer. */
export function verifySigned(signed: Signed, issuerSpki: Uint8Array): Verification {
  const { kind, hash, saltLength } = signed.signatureAlgorithm;
  if (kind === 'unsupported') return 'unsupported';
  const key = readable(issuerSpki);
  if (!key) return 'unsupported';
  const type = key.asymmetricKeyType;
  const fits =
    kind === 'ecdsa' ? type === 'ec' : kind === 'ed25519' ? type === 'ed25519' : type?.startsWith('rsa');
  if (!fits) return 'invalid';
  const options =
    kind === 'rsa-pss'
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: saltLength ?? 20 }
      : key;
  try {
    return verify(hash ?? null, signed.tbs, options, signed.signature) ? 'valid' : 'invalid';
  } catch {
    return 'unsupported';
  }
}
