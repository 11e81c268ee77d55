/** A DER writer for tests: makes what no tool would, too. */

export const tlv = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const digits = body.length.toString(16);
  const length = Buffer.from(digits.length % 2 ? `0${digits}` : digits, 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
};

export const seq = (...parts: readonly Uint8Array[]) => tlv(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]) => tlv(0x31, ...parts);
export const octets = (bytes: Uint8Array) => tlv(0x04, bytes);
export const bits = (bytes: Uint8Array, unused = 0) => tlv(0x03, Buffer.from([unused]), bytes);
export const bool = (value: boolean) => tlv(0x01, Buffer.from([value ? 0xff : 0]));
export const utf8 = (text: string) => tlv(0x0c, Buffer.from(text, 'utf8'));
export const printable = (text: string) => tlv(0x13, Buffer.from(text, 'latin1'));
export const ia5 = (tag: number, text: string) => tlv(tag, Buffer.from(text, 'latin1'));
export const nothing = () => tlv(0x05);

export const int = (value: bigint | number): Buffer => {
  let rest = BigInt(value);
  const bytes: number[] = [];
  do {
    bytes.unshift(Number(BigInt.asUintN(8, rest)));
    rest >>= 8n;
  } while (rest !== 0n && rest !== -1n);
  if (rest === 0n && (bytes[0] ?? 0) >= 0x80) bytes.unshift(0);
  if (rest === -1n && (bytes[0] ?? 0) < 0x80) bytes.unshift(0xff);
  return tlv(0x02, Buffer.from(bytes));
};

export const oid = (text: string): Buffer => {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let more = Math.floor(arc / 128); more > 0; more = Math.floor(more / 128))
      groups.unshift((more & 0x7f) | 0x80);
    return groups;
  });
  return tlv(0x06, Buffer.from(bytes));
};

const two = (value: number) => String(value).padStart(2, '0');

export const time = (date: Date): Buffer => {
  const year = date.getUTCFullYear();
  const rest = [
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ]
    .map(two)
    .join('');
  return year < 2050 && year >= 1950 ? ia5(0x17, `${two(year % 100)}${rest}Z`) : ia5(0x18, `${year}${rest}Z`);
};
