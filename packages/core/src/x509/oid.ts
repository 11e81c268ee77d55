import { DerError, type Tlv, tags } from '../util/der.ts';

/**
 * An OBJECT IDENTIFIER in dotted form, its encoding checked: no number begins with padding, and the
 * last one ends. Without that two encodings would mean one name, and an extension could stand there
 * twice or pass for another.
 *
 * @throws DerError
 * @see X.690, 8.19.2
 */
export function strictOid(der: Uint8Array, { tag, content, end, start }: Tlv): string {
  if (tag !== tags.oid || end === content) throw new DerError(`no object identifier at byte ${start}`);
  if ((der[end - 1] as number) >= 0x80) throw new DerError(`object identifier without end at byte ${start}`);
  let text = '';
  let value = 0;
  for (let at = content; at < end; at += 1) {
    const byte = der[at] as number;
    if (byte === 0x80 && value === 0) throw new DerError(`object identifier with padding at byte ${start}`);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      // The first number holds two.
      const top = Math.min(2, Math.floor(value / 40));
      text = text === '' ? `${top}.${value - 40 * top}` : `${text}.${value}`;
      value = 0;
    }
  }
  return text;
}
