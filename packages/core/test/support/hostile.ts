import { type CrlParts, crlOf, entry } from './crls.ts';
import * as der from './der.ts';

/** A CRL, or what claims to be one, that is meant to hurt whoever reads it. */
export interface Hostile {
  /** The code that it ends in, or how many entries are read. */
  readonly end: string | number;
  readonly make: () => Uint8Array;
}

/**
 * As large as a source may be, in bytes, and a little less; and what is enough where size alone
 * does not hurt.
 */
const most = 64 * 1024 * 1024 - 70_000;
const enough = 12 * 1024 * 1024;

/** As many copies of a piece as fit. */
const copies = (piece: Uint8Array | string, size = enough) =>
  Buffer.alloc(Math.floor(size / piece.length) * piece.length, Buffer.from(piece));
const withEntries = (entries: Uint8Array) => crlOf({ entries: [entries] });
const crowd = (one: Uint8Array, size = enough): Hostile => ({
  end: Math.floor(size / one.length),
  make: () => withEntries(copies(one, size)),
});
const refused = (parts: () => CrlParts): Hostile => ({ end: 'crl-malformed', make: () => crlOf(parts()) });
const text = (end: string | number, make: () => Uint8Array | string): Hostile => ({
  end,
  make: () => Buffer.from(make()),
});

const serial = der.integer('41');
const plain = entry(serial);
const extensions = (count: number) =>
  der.sequence(
    ...Array.from({ length: count }, (_, index) =>
      der.extension(`2a${(index + 1).toString(16).padStart(2, '0')}`, der.octets()),
    ),
  );

/** Entries that differ: serials in a row. */
function row(): Uint8Array {
  const one = entry(der.integer('40000000'));
  const all = copies(one);
  for (let at = 0, index = 0; at < all.length; at += one.length, index += 1)
    all.writeUIntBE(index, at + 5, 3);
  return withEntries(all);
}

/** A SEQUENCE in a SEQUENCE, and so on. */
function nested(levels: number): Buffer {
  let inner = der.octets();
  for (let level = 0; level < levels; level += 1) inner = der.sequence(inner);
  return inner;
}

/** The largest CRL whose PEM may still come, as base64. */
const base64 = (size = enough) => withEntries(copies(plain, (size / 4) * 2.9)).toString('base64');
const block = (body: string) => `-----BEGIN X509 CRL-----\n${body}\n-----END X509 CRL-----\n`;
const inLines = (body: string, columns: number, end: string) =>
  body.replace(new RegExp(`.{1,${columns}}`, 'g'), (line) => `${line}${end}`).trimEnd();
const entriesIn = (size: number) => Math.floor(((size / 4) * 2.9) / plain.length);

/** Each is as large as a source may be, or hurts more when it is smaller. */
export const hostile: Readonly<Record<string, Hostile>> = {
  'millions of the smallest entries, one serial': crowd(plain, most),
  'a million entries in a row': { end: Math.floor(enough / 23), make: row },
  'many entries of an unusual form': crowd(entry(serial, der.generalizedTime('20501124093000Z'))),
  'many entries with an unknown extension': crowd(entry(serial, undefined, extensions(1))),
  'entries with sixteen extensions': crowd(entry(serial, undefined, extensions(16))),
  'entries with seventeen extensions': {
    end: 'crl-malformed',
    make: () => withEntries(copies(entry(serial, undefined, extensions(17)))),
  },
  'entries with a millionfold extension': refused(() => ({
    entries: [entry(serial, undefined, der.sequence(copies(der.extension('2a03', der.octets()))))],
  })),
  'an entry with a long extension': refused(() => ({
    entries: [entry(serial, undefined, der.sequence(der.extension('2a03', copies('\0'))))],
  })),
  'serials of 127 bytes': crowd(entry(der.integer('7f'.repeat(127)))),
  'serials of 128 bytes': {
    end: 'crl-malformed',
    make: () => withEntries(copies(entry(der.integer('7f'.repeat(128))))),
  },
  'a length of 4 GiB': {
    end: 'crl-malformed',
    make: () => Buffer.concat([Buffer.from('3084ffffffff', 'hex'), copies(plain)]),
  },
  'a length in 126 bytes': {
    end: 'crl-malformed',
    make: () => Buffer.concat([Buffer.from(`30fe${'ff'.repeat(126)}`, 'hex'), copies(plain)]),
  },
  'indefinite lengths all the way down': {
    end: 'crl-malformed',
    make: () => copies(Buffer.of(0x30, 0x80)),
  },
  'a name ten thousand levels deep': refused(() => ({ issuer: nested(10_000) })),
  'a name of many megabytes': refused(() => ({
    issuer: der.sequence(copies(der.set(der.sequence(der.oid('550403'), der.tlv(0x0c, Buffer.from('a')))))),
  })),
  'a name of 60,000 characters that no terminal takes': {
    end: 0,
    make: () => crlOf({ issuer: der.name(copies('\u001b', 60_000)) }),
  },
  'a key identifier among millions of elements': refused(() => ({
    extensions: [der.extension('551d23', der.sequence(copies(der.tlv(0x05))))],
  })),
  'an extension among millions': refused(() => ({
    extensions: [copies(der.extension('2a03', der.octets()))],
  })),
  'a number of 60,000 bytes': refused(() => ({
    extensions: [der.extension('551d14', der.integer(`01${'ff'.repeat(60_000)}`))],
  })),
  'an object identifier of 60,000 bytes': {
    end: 0,
    make: () => crlOf({ extensions: [der.extension(`2a${'ff'.repeat(60_000)}7f`, der.octets())] }),
  },
  'nothing but newlines': text('crl-malformed', () => copies('\n', most)),
  'nothing but dashes': text('crl-malformed', () => copies('-')),
  'many lines of dashes': text('crl-malformed', () => copies('-----\n')),
  'many boundaries in one line': text('pem-malformed', () => copies('-----BEGIN X509 CRL-----')),
  'many half boundaries': text('crl-malformed', () => copies('---- BEGIN ')),
  'a boundary without end': text('pem-malformed', () => `-----BEGIN ${'A'.repeat(enough)}`),
  'blocks that only begin': text('pem-malformed', () => copies('-----BEGIN X509 CRL-----\n')),
  'a million blocks': text('crl-malformed', () => copies(block('MAA='))),
  'a block of spaces': text('pem-malformed', () => block(' '.repeat(enough))),
  'a block with one character that is none, at its end': text('pem-malformed', () =>
    block(`${'A'.repeat(enough)}!AAA`),
  ),
  'a CRL as PEM': text(entriesIn(most / 2), () => block(inLines(base64(most / 2), 64, '\n'))),
  'a CRL as PEM with other line ends': text(entriesIn(enough), () => block(inLines(base64(), 64, '\r\n'))),
  'a CRL as PEM in one line': text(entriesIn(enough), () => block(base64())),
  'a CRL as PEM with a character a line': text(entriesIn(enough / 4), () =>
    block(inLines(base64(enough / 4), 1, '\n')),
  ),
};
