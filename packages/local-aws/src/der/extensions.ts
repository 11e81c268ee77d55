import { readName } from './name.ts';
import {
  bitString,
  boolean,
  children,
  contents,
  count,
  DerError,
  type Element,
  encoding,
  hex,
  oid,
  TAG,
  walk,
  whole,
} from './reader.ts';

type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly';

const USAGES: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
];

/** A general name of a kind that name constraints can hold; `other` are all the rest. */
export type GeneralName =
  | { readonly kind: 'dns' | 'email' | 'uri'; readonly text: string }
  | { readonly kind: 'directory'; readonly der: Uint8Array }
  | { readonly kind: 'ip'; readonly bytes: Uint8Array }
  | { readonly kind: 'other'; readonly tag: number };

export interface Extensions {
  readonly basicConstraints: { readonly ca: boolean; readonly pathLength: number | undefined } | undefined;
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined;
  /** Object identifiers. */
  readonly extendedKeyUsage: readonly string[] | undefined;
  /** Lower-case hex. */
  readonly subjectKeyId: string | undefined;
  /** Lower-case hex; undefined where the extension names no key identifier. */
  readonly authorityKeyId: string | undefined;
  readonly subjectAltNames: readonly GeneralName[];
  readonly nameConstraints:
    | { readonly permitted: readonly GeneralName[]; readonly excluded: readonly GeneralName[] }
    | undefined;
  /** Object identifiers of critical extensions that nobody here understands. */
  readonly unknownCritical: readonly string[];
}

export const NO_EXTENSIONS: Extensions = Object.freeze({
  basicConstraints: undefined,
  keyUsage: undefined,
  extendedKeyUsage: undefined,
  subjectKeyId: undefined,
  authorityKeyId: undefined,
  subjectAltNames: [],
  nameConstraints: undefined,
  unknownCritical: [],
});

export const EXTENSION = Object.freeze({
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  deltaCrl: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  nameConstraints: '2.5.29.30',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
});

/** Policies are not processed here, as the services do not: known, and ignored. */
const IGNORED: ReadonlySet<string> = new Set([
  '2.5.29.32',
  '2.5.29.33',
  '2.5.29.36',
  '2.5.29.54',
  '2.5.29.18',
]);

export interface RawExtension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** Reads the SEQUENCE of extensions; each may stand once. */
export function rawExtensions(bytes: Uint8Array, sequence: Element): readonly RawExtension[] {
  const seen = new Set<string>();
  return children(bytes, sequence).map((element) => {
    const inside = walk(bytes, element);
    const type = oid(bytes, inside.next(TAG.oid));
    const flag = inside.optional(TAG.boolean);
    const critical = flag ? boolean(bytes, flag) : false;
    const value = contents(bytes, inside.next(TAG.octetString));
    inside.done();
    if (seen.has(type)) throw new DerError('an extension that stands twice');
    seen.add(type);
    return { oid: type, critical, value };
  });
}

export function readExtensions(bytes: Uint8Array, sequence: Element): Extensions {
  const all = rawExtensions(bytes, sequence);
  const value = (type: string) => all.find((one) => one.oid === type)?.value;
  const read = <T>(type: string, reader: (value: Uint8Array) => T): T | undefined => {
    const found = value(type);
    return found ? reader(found) : undefined;
  };
  const known: readonly string[] = [
    EXTENSION.subjectKeyId,
    EXTENSION.keyUsage,
    EXTENSION.subjectAltName,
    EXTENSION.basicConstraints,
    EXTENSION.nameConstraints,
    EXTENSION.authorityKeyId,
    EXTENSION.extendedKeyUsage,
  ];
  return {
    basicConstraints: read(EXTENSION.basicConstraints, basicConstraints),
    keyUsage: read(EXTENSION.keyUsage, keyUsage),
    extendedKeyUsage: read(EXTENSION.extendedKeyUsage, (der) =>
      children(der, whole(der)).map((element) => oid(der, element)),
    ),
    subjectKeyId: read(EXTENSION.subjectKeyId, (der) => hex(contents(der, whole(der, TAG.octetString)))),
    authorityKeyId: read(EXTENSION.authorityKeyId, authorityKeyId),
    subjectAltNames:
      read(EXTENSION.subjectAltName, (der) =>
        children(der, whole(der)).map((element) => generalName(der, element)),
      ) ?? [],
    nameConstraints: read(EXTENSION.nameConstraints, nameConstraints),
    unknownCritical: all
      .filter((one) => one.critical && !known.includes(one.oid) && !IGNORED.has(one.oid))
      .map((one) => one.oid),
  };
}

function basicConstraints(der: Uint8Array) {
  const inside = walk(der, whole(der));
  const flag = inside.optional(TAG.boolean);
  const length = inside.optional(TAG.integer);
  inside.done();
  return { ca: flag ? boolean(der, flag) : false, pathLength: length ? count(der, length) : undefined };
}

function keyUsage(der: Uint8Array): ReadonlySet<KeyUsage> {
  const { data } = bitString(der, whole(der, TAG.bitString));
  return new Set(USAGES.filter((_, bit) => ((data[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0));
}

/** Key identifier of an authorityKeyIdentifier extension. */
export function authorityKeyId(der: Uint8Array): string | undefined {
  const id = walk(der, whole(der)).optional(0x80);
  return id ? hex(contents(der, id)) : undefined;
}

function generalName(der: Uint8Array, element: Element): GeneralName {
  const body = contents(der, element);
  const text = () => Buffer.from(body).toString('latin1');
  switch (element.tag) {
    case 0x81:
      return { kind: 'email', text: text() };
    case 0x82:
      return { kind: 'dns', text: text() };
    case 0x86:
      return { kind: 'uri', text: text() };
    case 0x87:
      return { kind: 'ip', bytes: body };
    case 0xa4: {
      const name = walk(der, element).next(TAG.sequence);
      readName(der, name);
      return { kind: 'directory', der: encoding(der, name) };
    }
    default:
      return { kind: 'other', tag: element.tag };
  }
}

function nameConstraints(der: Uint8Array) {
  const inside = walk(der, whole(der));
  const trees = (field: Element | undefined) =>
    field
      ? children(der, field).map((subtree) => {
          const base = walk(der, subtree);
          const name = generalName(der, base.next());
          // minimum and maximum are not used (RFC 5280 section 4.2.1.10); with them the constraint
          // means nothing here.
          base.done();
          return name;
        })
      : [];
  const permitted = trees(inside.optional(0xa0));
  const excluded = trees(inside.optional(0xa1));
  inside.done();
  return { permitted, excluded };
}
