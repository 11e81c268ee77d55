import {
  checkInteger,
  childrenOf,
  DerError,
  hexOf,
  readTlv,
  strictOid,
  type Tlv,
  tags,
} from '../util/der.ts';
import type { Certificate } from './certificate.ts';

/** What the extensions of a certificate say, as far as anything here acts on it. */
export type ExtensionInfo = Pick<
  Certificate,
  | 'isCa'
  | 'pathLength'
  | 'keyUsage'
  | 'extendedKeyUsage'
  | 'subjectKeyId'
  | 'authorityKeyId'
  | 'unknownCritical'
  | 'ocspUrls'
>;

/** Bits of keyUsage in their order (RFC 5280, 4.2.1.3). */
const usages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

/**
 * Extensions that path checks of the services act on, or that may be passed over when critical (RFC
 * 5280, 4.2).
 */
const understood = /^2\.5\.29\.(?:15|17|19|30|32|36|37|54)$/;

/**
 * Reads the extensions of a certificate.
 *
 * @param sequence the SEQUENCE of extensions; absent when the certificate has none
 * @throws DerError
 * @see RFC 5280, 4.2
 */
export function certificateExtensions(der: Uint8Array, sequence: Tlv | undefined): ExtensionInfo {
  const extensions = sequence === undefined ? [] : extensionsOf(der, sequence);
  const info: ExtensionInfo = {
    isCa: false,
    unknownCritical: extensions
      .filter(({ critical, oid }) => critical && !understood.test(oid))
      .map(({ oid }) => oid),
    ocspUrls: [],
  };
  return Object.assign(info, ...extensions.map((one) => extensionValue(der, one)));
}

function extensionValue(der: Uint8Array, { oid, value }: Extension): Partial<ExtensionInfo> {
  switch (oid) {
    case '2.5.29.14': {
      const keyId = whole(der, value, tags.octetString);
      return { subjectKeyId: hexOf(der, keyId.content, keyId.end) };
    }
    case '2.5.29.15':
      return { keyUsage: usagesIn(der, whole(der, value, tags.bitString)) };
    case '2.5.29.19':
      return basicConstraints(der, whole(der, value, tags.sequence));
    case '2.5.29.35': {
      const keyId = childrenOf(der, whole(der, value, tags.sequence)).find(({ tag }) => tag === 0x80);
      return keyId === undefined ? {} : { authorityKeyId: hexOf(der, keyId.content, keyId.end) };
    }
    case '2.5.29.37':
      return {
        extendedKeyUsage: childrenOf(der, whole(der, value, tags.sequence)).map((one) => strictOid(der, one)),
      };
    case '1.3.6.1.5.5.7.1.1':
      return { ocspUrls: ocspUrls(der, whole(der, value, tags.sequence)) };
    default:
      return {};
  }
}

/**
 * SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL } (RFC 5280, 4.2.1.9).
 */
function basicConstraints(der: Uint8Array, sequence: Tlv): Partial<ExtensionInfo> {
  const fields = childrenOf(der, sequence);
  const flag = fields[0]?.tag === tags.boolean ? fields[0] : undefined;
  const [length, ...more] = flag === undefined ? fields : fields.slice(1);
  if (more.length > 0 || (flag !== undefined && flag.end !== flag.content + 1))
    throw new DerError(`no basic constraints at byte ${sequence.start}`);
  const isCa = flag !== undefined && der[flag.content] !== 0;
  if (length === undefined) return { isCa };
  checkInteger(der, length);
  if (length.end - length.content > 4 || (der[length.content] as number) >= 0x80)
    throw new DerError(`no path length at byte ${length.start}`);
  return { isCa, pathLength: Number.parseInt(hexOf(der, length.content, length.end), 16) };
}

/**
 * The first byte of a BIT STRING counts the unused bits of its last; the first bit is the highest.
 */
function usagesIn(der: Uint8Array, { content, end, start }: Tlv): readonly string[] {
  if (content === end || (der[content] as number) > 7) throw new DerError(`no key usage at byte ${start}`);
  return usages.filter((_, bit) => {
    const at = content + 1 + (bit >>> 3);
    return at < end && (((der[at] as number) << (bit & 7)) & 0x80) !== 0;
  });
}

/**
 * Of SEQUENCE OF SEQUENCE { method OID, GeneralName } those URIs [6] whose method is OCSP (RFC
 * 5280, 4.2.2.1).
 */
function ocspUrls(der: Uint8Array, sequence: Tlv): readonly string[] {
  return childrenOf(der, sequence).flatMap((access) => {
    const [method, location] = childrenOf(der, access);
    if (method === undefined || location === undefined)
      throw new DerError(`no access description at byte ${access.start}`);
    if (strictOid(der, method) !== '1.3.6.1.5.5.7.48.1' || location.tag !== 0x86) return [];
    return [Buffer.from(hexOf(der, location.content, location.end), 'hex').toString('latin1')];
  });
}

/** The one element inside the value of an extension, which it fills. */
function whole(der: Uint8Array, { content, end }: Tlv, tag: number): Tlv {
  const inner = readTlv(der, content, end, tag);
  if (inner.end !== end) throw new DerError(`bytes after the element at byte ${inner.start}`);
  return inner;
}

/** One extension of a certificate, a CRL or an entry. */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** The OCTET STRING that wraps the value. */
  readonly value: Tlv;
}

/**
 * Reads a SEQUENCE of extensions strictly: each an OID, at most one BOOLEAN, an OCTET STRING, and
 * none twice. `critical FALSE` written out, which DER forbids and some CAs write, counts as what it
 * says.
 *
 * @throws DerError
 * @see RFC 5280, 4.2
 */
export function extensionsOf(der: Uint8Array, sequence: Tlv): readonly Extension[] {
  const seen = new Set<string>();
  return childrenOf(der, sequence).map((extension) => {
    const parts = extension.tag === tags.sequence ? childrenOf(der, extension) : [];
    const [type, second] = parts;
    const value = parts.at(-1);
    const flag = parts.length === 3 ? second : undefined;
    if (
      type === undefined ||
      value?.tag !== tags.octetString ||
      parts.length < 2 ||
      parts.length > 3 ||
      (flag !== undefined && !isBoolean(der, flag))
    )
      throw new DerError(`no extension at byte ${extension.start}`);
    const oid = strictOid(der, type);
    if (seen.has(oid)) throw new DerError(`extension ${oid} stands twice`);
    seen.add(oid);
    return { oid, critical: flag !== undefined && der[flag.content] === 0xff, value };
  });
}

function isBoolean(der: Uint8Array, { tag, content, end }: Tlv): boolean {
  return tag === tags.boolean && end === content + 1 && (der[content] === 0 || der[content] === 0xff);
}
