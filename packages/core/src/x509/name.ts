import { isUtf8 } from 'node:buffer';
import { bufferOf } from '../util/bytes.ts';
import { childrenOf, DerError, hexOf, readTlv, strictOid, type Tlv, tags } from '../util/der.ts';
import type { DistinguishedName } from './certificate.ts';

/** Short names of attribute types: RFC 4514 (3) and what certificates use besides. */
const shortNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'SERIALNUMBER',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.25': 'DC',
  '0.9.2342.19200300.100.1.1': 'UID',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

/** Reads a Name: its text most specific part first (RFC 4514), its DER as it stands. */
export function readName(der: Uint8Array, name: Tlv): DistinguishedName {
  if (name.tag !== tags.sequence) throw new DerError(`no name at byte ${name.start}`);
  const parts = childrenOf(der, name).map((rdn) => {
    if (rdn.tag !== tags.set || rdn.content === rdn.end)
      throw new DerError(`no part of a name at byte ${rdn.start}`);
    return childrenOf(der, rdn)
      .map((attribute) => attributeText(der, attribute))
      .join('+');
  });
  return Object.freeze({ text: parts.reverse().join(','), der: hexOf(der, name.start, name.end) });
}

/**
 * The common name, for people: of several the most specific; the whole name where it has none. What
 * was escaped because RFC 4514 sets it apart is shown as it is, other escapes stay.
 *
 * @example
 * commonName({ text: 'CN=Acme\\, Inc. Root,O=Acme' }) // Acme, Inc. Root
 */
export function commonName({ text }: Pick<DistinguishedName, 'text'>): string {
  const attributes = text.match(/(?:\\.|[^\\,+])+/gs) ?? [];
  const found = attributes.find((attribute) => /^CN=./s.test(attribute));
  return found?.slice('CN='.length).replace(/\\([ #"+,;<>\\])/g, '$1') ?? text;
}

function attributeText(der: Uint8Array, attribute: Tlv): string {
  const type = readTlv(der, attribute.content, attribute.end, tags.oid);
  const value = readTlv(der, type.end, attribute.end);
  if (attribute.tag !== tags.sequence || !isValue(der, value) || value.end !== attribute.end)
    throw new DerError(`no attribute of a name at byte ${attribute.start}`);
  const oid = strictOid(der, type);
  const text = valueTypes[value.tag]?.text?.(bufferOf(der).subarray(value.content, value.end));
  return `${shortNames[oid] ?? oid}=${text === undefined ? `#${hexOf(der, value.start, value.end)}` : escaped(text)}`;
}

/**
 * BIT STRING, and the string types: bytes a character, and how their text is read; without that they
 * are shown as hex of their DER (RFC 4514, 2.4).
 */
const valueTypes: Readonly<
  Record<number, { readonly width: 1 | 2 | 4; readonly text?: (bytes: Buffer) => string }>
> = {
  [tags.bitString]: { width: 1 },
  12: { width: 1, text: utf8 }, // UTF8String
  18: { width: 1, text: String }, // NumericString
  19: { width: 1, text: String }, // PrintableString
  20: { width: 1, text: (bytes) => bytes.toString('latin1') }, // TeletexString
  22: { width: 1, text: String }, // IA5String
  28: { width: 4 }, // UniversalString
  30: { width: 2, text: (bytes) => Buffer.from(bytes).swap16().toString('utf16le') }, // BMPString
};

function isValue(der: Uint8Array, { tag, content, end }: Tlv): boolean {
  const width = valueTypes[tag]?.width;
  // The first byte of a BIT STRING counts the unused bits of its last.
  if (tag === tags.bitString && (content === end || (der[content] as number) > 7)) return false;
  if (width === 4 && !isUniversal(der, content, end)) return false;
  return width !== undefined && (end - content) % width === 0;
}

/** Four bytes a character, none beyond the last of Unicode: openssl takes no others. */
function isUniversal(der: Uint8Array, content: number, end: number): boolean {
  for (let at = content; at < end; at += 4) if (der[at] !== 0 || (der[at + 1] as number) > 0x10) return false;
  return true;
}

function utf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new DerError('a UTF8String in a name is not UTF-8');
  return bytes.toString('utf8');
}

/** RFC 4514, 2.4; what moves a terminal's cursor or turns its text never reaches it. */
function escaped(value: string): string {
  // Nearly every name: nothing in it that is to be escaped.
  if (/^[A-Za-z0-9][A-Za-z0-9 .:/()@*'=_-]*$/.test(value) && !value.endsWith(' ')) return value;
  return value
    .replace(/[\\"+,;<>]/g, (character) => `\\${character}`)
    .replace(/^[ #]| $/g, (character) => `\\${character}`)
    .replace(
      /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/gu,
      (character) =>
        `\\${Buffer.from(character)
          .toString('hex')
          .replace(/(..)(?=.)/g, '$1\\')}`,
    );
}
