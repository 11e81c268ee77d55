/** What the check needs of a client's certificate. */
export interface Leaf {
  readonly der: Uint8Array;
  /** Magnitude of the serial: big-endian, without leading zeros, zero as one byte. */
  readonly serial: Buffer;
  /** The issuer's name as encoded, hex. */
  readonly issuer: string;
}

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/**
 * Reads a certificate from its PEM. The event's own fields are never used: its serial is written in
 * several notations, its names in several orders.
 *
 * @throws RangeError or TypeError when it is no certificate, or its serial is negative
 */
export function readLeaf(pem: string): Leaf {
  const der = Buffer.from(/-----BEGIN CERTIFICATE-----([^-]+)-/.exec(pem)?.[1] ?? '', 'base64');
  const inside = ({ content, end }: Element) => elements(der, content, end);
  const [whole] = elements(der, 0, der.length) as [Element];
  const [tbs] = inside(whole) as [Element];
  const fields = inside(tbs);
  // The version comes first, where there is one.
  if (fields[0]?.tag === 0xa0) fields.shift();
  const [serial, , issuer] = fields as [Element, Element, Element];
  if (serial.tag !== 2 || !((der[serial.content] as number) < 0x80)) throw new RangeError('serial');
  let start = serial.content;
  while (der[start] === 0 && start < serial.end - 1) start += 1;
  return {
    der,
    serial: der.subarray(start, serial.end),
    issuer: der.toString('hex', issuer.start, issuer.end),
  };
}

/** The elements from one offset to another, which they fill. */
function elements(der: Buffer, from: number, to: number): Element[] {
  const found: Element[] = [];
  for (let start = from; start < to; ) {
    let content = start + 2;
    let length = der[start + 1] as number;
    if (length > 0x7f) {
      content += length & 0x7f;
      length = 0;
      for (let at = start + 2; at < content; at += 1) length = length * 256 + (der[at] as number);
    }
    const end = content + length;
    if (!(end <= to)) throw new RangeError('length');
    found.push({ tag: der[start] as number, start, content, end });
    start = end;
  }
  return found;
}
