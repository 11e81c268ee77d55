import { children, contents, DerError, type Element, encoding, hex, oid, TAG, walk } from './reader.ts';

interface Attribute {
  readonly oid: string;
  /** Text, where the value is a string. */
  readonly text: string | undefined;
  /** Encoding of the value. */
  readonly value: Uint8Array;
}

/** A distinguished name. */
export interface Name {
  /** As encoded: what names are compared by. */
  readonly der: Uint8Array;
  readonly rdns: readonly (readonly Attribute[])[];
  /** RFC 2253 and RFC 4514: last RDN first, `CN=a,O=b,C=US`. */
  readonly rfc2253: string;
  /** In the order of the encoding, `C=US,O=b,CN=a`. */
  readonly encodedOrder: string;
}

/** RFC 4514 section 3; the rest is written by number there. */
const SHORT: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.6': 'C',
  '2.5.4.9': 'STREET',
  '0.9.2342.19200300.100.1.25': 'DC',
  '0.9.2342.19200300.100.1.1': 'UID',
};

/** Names that OpenSSL and most tools print besides. */
const COMMON: Readonly<Record<string, string>> = {
  ...SHORT,
  '1.2.840.113549.1.9.1': 'emailAddress',
  '2.5.4.5': 'serialNumber',
  '2.5.4.12': 'title',
  '2.5.4.4': 'SN',
  '2.5.4.42': 'GN',
  '2.5.4.46': 'dnQualifier',
};

export function readName(bytes: Uint8Array, element: Element): Name {
  if (element.tag !== TAG.sequence) throw new DerError('no name where one is expected');
  const rdns = children(bytes, element).map((set) => {
    if (set.tag !== TAG.set || set.body === set.end) throw new DerError('a bad name');
    return children(bytes, set).map((pair) => {
      const inside = walk(bytes, pair);
      const type = oid(bytes, inside.next(TAG.oid));
      const value = inside.next();
      inside.done();
      return { oid: type, text: stringText(bytes, value), value: encoding(bytes, value) };
    });
  });
  return {
    der: encoding(bytes, element),
    rdns,
    rfc2253: [...rdns]
      .reverse()
      .map((rdn) => rdnText(rdn, SHORT))
      .join(','),
    encodedOrder: rdns.map((rdn) => rdnText(rdn, COMMON)).join(','),
  };
}

/** First value of an attribute, by object identifier. */
export const attribute = (name: Name, type: string): string | undefined =>
  name.rdns.flat().find((one) => one.oid === type)?.text;

const rdnText = (rdn: readonly Attribute[], names: Readonly<Record<string, string>>) =>
  rdn
    .map(({ oid: type, text, value }) => {
      const short = names[type];
      return short === undefined || text === undefined
        ? `${short ?? type}=#${hex(value)}`
        : `${short}=${escaped(text)}`;
    })
    .join('+');

const escaped = (text: string) =>
  text
    .replace(/[,+"\\<>;]/g, '\\$&')
    .replaceAll('\0', '\\00')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ');

const LATIN: readonly number[] = [TAG.printable, TAG.ia5, TAG.numeric, TAG.visible, TAG.teletex];

function stringText(bytes: Uint8Array, element: Element): string | undefined {
  const raw = Buffer.from(contents(bytes, element));
  if (element.tag === TAG.utf8) return raw.toString('utf8');
  if (LATIN.includes(element.tag)) return raw.toString('latin1');
  if (element.tag === TAG.bmp && raw.length % 2 === 0) return Buffer.from(raw).swap16().toString('utf16le');
  return undefined;
}
