import { DerError, oidText, type Tlv } from '../base/der.ts';

/**
 * An OBJECT IDENTIFIER in dotted form, its encoding checked first: no number begins with padding, and the last one ends. Without that two
 * encodings would mean one name, and an extension could stand there twice or pass for another.
 *
 * @throws DerError
 * @see X.690, 8.19.2
 */
export function strictOid(der: Uint8Array, element: Tlv): string {
  const { content, end, start } = element;
  let begins = true;
  for (let at = content; at < end; at += 1) {
    const byte = der[at] as number;
    if (begins && byte === 0x80) throw new DerError(`object identifier with padding at byte ${start}`);
    begins = byte < 0x80;
  }
  if (!begins) throw new DerError(`object identifier without end at byte ${start}`);
  return oidText(der, element);
}
