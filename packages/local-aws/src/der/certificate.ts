import { createHash } from 'node:crypto';
import { readSignatureAlgorithm, type SignatureAlgorithm } from './algorithm.ts';
import { type Extensions, NO_EXTENSIONS, readExtensions } from './extensions.ts';
import { type Name, readName } from './name.ts';
import {
  bitString,
  count,
  DerError,
  type Element,
  encoding,
  hex,
  integerBytes,
  sameBytes,
  TAG,
  time,
  type Walk,
  walk,
  whole,
} from './reader.ts';

/** A certificate, as read. Bytes are views into the input. */
export interface CertificateInfo extends Extensions {
  readonly der: Uint8Array;
  readonly version: 1 | 2 | 3;
  /** Lower-case hex of the number, no leading zeros, `-` in front of a negative one. */
  readonly serialHex: string;
  /** Contents of the INTEGER, sign byte included. */
  readonly serialBytes: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly spki: Uint8Array;
  readonly tbs: Uint8Array;
  readonly signature: Uint8Array;
  readonly signatureAlgorithm: SignatureAlgorithm;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Reads a certificate, strictly (X.690 DER, RFC 5280 section 4.1). Throws `DerError`. */
export function readCertificate(der: Uint8Array): CertificateInfo {
  const { tbs, inside, signatureAlgorithm, signature } = readSigned(der);
  const versionField = inside.optional(0xa0);
  const version = versionField ? count(der, walk(der, versionField).next(TAG.integer)) + 1 : 1;
  if (version !== 1 && version !== 2 && version !== 3)
    throw new DerError('a certificate of an unknown version');
  if (versionField && version === 1) throw new DerError('a default that is encoded');
  const serialBytes = integerBytes(der, inside.next(TAG.integer));
  sameAlgorithm(der, inside.next(TAG.sequence), signatureAlgorithm.element);
  const issuer = readName(der, inside.next(TAG.sequence));
  const validity = walk(der, inside.next(TAG.sequence));
  const notBefore = time(der, validity.next());
  const notAfter = time(der, validity.next());
  validity.done();
  const subject = readName(der, inside.next(TAG.sequence));
  const spki = encoding(der, inside.next(TAG.sequence));
  if (version > 1) {
    inside.optional(0x81);
    inside.optional(0x82);
  }
  const extensionField = version === 3 ? inside.optional(0xa3) : undefined;
  inside.done();
  return {
    der,
    version,
    serialHex: serialHex(serialBytes),
    serialBytes,
    issuer,
    subject,
    notBefore,
    notAfter,
    spki,
    tbs,
    signature,
    signatureAlgorithm: signatureAlgorithm.value,
    sha256: createHash('sha256').update(der).digest('hex'),
    ...(extensionField ? readExtensions(der, walk(der, extensionField).next(TAG.sequence)) : NO_EXTENSIONS),
  };
}

/** The frame that certificates and CRLs share: what is signed, how, and the signature. */
export function readSigned(der: Uint8Array): {
  readonly tbs: Uint8Array;
  readonly inside: Walk;
  readonly body: Element;
  readonly signatureAlgorithm: { readonly element: Element; readonly value: SignatureAlgorithm };
  readonly signature: Uint8Array;
} {
  const outer = walk(der, whole(der));
  const body = outer.next(TAG.sequence);
  const element = outer.next(TAG.sequence);
  const { unused, data } = bitString(der, outer.next(TAG.bitString));
  outer.done();
  if (unused !== 0) throw new DerError('a signature of broken bits');
  return {
    tbs: encoding(der, body),
    inside: walk(der, body),
    body,
    signatureAlgorithm: { element, value: readSignatureAlgorithm(der, element) },
    signature: data,
  };
}

/** RFC 5280: the algorithm is named twice, and both must agree. */
export function sameAlgorithm(der: Uint8Array, a: Element, b: Element): void {
  if (!sameBytes(encoding(der, a), encoding(der, b)))
    throw new DerError('two different signature algorithms');
}

/** Contents of an INTEGER as lower-case hex of the number. */
export function serialHex(bytes: Uint8Array): string {
  if ((bytes[0] ?? 0) >= 0x80) {
    const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex(bytes)}`));
    return `-${(-value).toString(16)}`;
  }
  return hex(bytes).replace(/^0+(?=.)/, '');
}
