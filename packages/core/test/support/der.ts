/** A DER writer for tests: writes what no tool would, too. */

/** Tag, shortest length, content. */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const digits = length.toString(16);
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return Buffer.concat([Buffer.of(0x80 | bytes.length), bytes]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]): Buffer => tlv(0x31, ...parts);
export const octets = (...parts: readonly Uint8Array[]): Buffer => tlv(0x04, ...parts);
export const boolean = (value: number): Buffer => tlv(0x01, Buffer.of(value));
/** An INTEGER from its content in hex: `00ff`, `80`, as it shall stand. */
export const integer = (hex: string): Buffer => tlv(0x02, Buffer.from(hex, 'hex'));
/** An OBJECT IDENTIFIER from its content in hex. */
export const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
export const utcTime = (text: string): Buffer => tlv(0x17, Buffer.from(text, 'latin1'));
export const generalizedTime = (text: string): Buffer => tlv(0x18, Buffer.from(text, 'latin1'));
/** A name with one common name, in the given string type. */
export const name = (value: Uint8Array, type = 0x0c): Buffer =>
  sequence(set(sequence(oid('550403'), tlv(type, value))));
/** An extension; `flag` is the BOOLEAN as it shall stand, absent without it. */
export const extension = (oidHex: string, value: Uint8Array, flag?: Uint8Array): Buffer =>
  sequence(oid(oidHex), ...(flag === undefined ? [] : [flag]), octets(value));
