import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryEnd } from '../src/crl/entries.ts';
import { serialIndex } from '../src/crl/serial-index.ts';
import { type Crl, diffCrls, isoTime, isTrustloomError, parseCrl, readCrl } from '../src/index.ts';
import { type CrlParts, crlOf, entry } from './support/crls.ts';
import * as der from './support/der.ts';

const plain = entry(der.integer('41'));
const idp = '551d1c';
const malformed = expect.objectContaining({ code: 'crl-malformed', kind: 'input' });
const refused = (parts: CrlParts) => expect(() => readCrl(crlOf(parts))).toThrow(malformed);

describe('a CRL that RFC 5280 or DER forbids is refused by its code', () => {
  test.each<[string, CrlParts]>([
    ['version 3', { version: der.integer('02') }],
    ['version 4', { version: der.integer('03') }],
    ['a version 1 with extensions', { version: Buffer.alloc(0), extensions: [] }],
    ['two algorithms', { innerAlgorithm: der.sequence(der.oid('2a8648ce3d040303')) }],
    ['a signature whose BIT STRING claims unused bits', { unusedBits: 1 }],
    ['a time without seconds', { thisUpdate: der.utcTime('2611241000Z') }],
    ['a time with a zone', { thisUpdate: der.utcTime('261124100000+0100') }],
    ['a time of nines', { thisUpdate: der.utcTime('999999999999Z') }],
    ['a 30th of February', { nextUpdate: der.utcTime('270230100000Z') }],
    ['fractions of a second', { nextUpdate: der.generalizedTime('20271124100000.5Z') }],
    [
      'an unknown critical extension',
      { extensions: [der.extension('2a0304', der.octets(), der.boolean(255))] },
    ],
    ['an object identifier without end', { extensions: [der.extension('2a0384', der.octets())] }],
    ['an object identifier with padding', { extensions: [der.extension('2a8003', der.octets())] }],
    [
      'an extension twice',
      { extensions: [der.extension('2a0304', der.octets()), der.extension('2a0304', der.octets())] },
    ],
    ['a BOOLEAN of 1', { extensions: [der.extension('2a0304', der.octets(), der.boolean(1))] }],
    ['an extension without value', { extensions: [der.sequence(der.oid('2a0304'), der.boolean(255))] }],
    [
      'a number with bytes behind it',
      { extensions: [der.extension('551d14', Buffer.concat([der.integer('05'), Buffer.of(0)]))] },
    ],
    ['a number with a needless zero', { extensions: [der.extension('551d14', der.integer('0005'))] }],
    ['a name that is not UTF-8', { issuer: der.name(Buffer.of(0x41, 0x80)) }],
    ['a name of two-byte characters and an odd length', { issuer: der.name(Buffer.of(1, 2, 3), 0x1e) }],
    ['a name of four-byte characters beyond Unicode', { issuer: der.name(Buffer.from('Acme'), 0x1c) }],
    ['a name of bits, 65 of them unused', { issuer: der.name(Buffer.from('Acme'), 0x03) }],
    ['a name that is no string', { issuer: der.name(Buffer.of(1, 2, 3), 0x10) }],
    ['a name with an empty part', { issuer: der.sequence(der.set()) }],
    [
      'a name with bytes behind its value',
      { issuer: der.sequence(der.set(der.sequence(der.oid('550403'), der.tlv(0x0c), der.tlv(0x0c)))) },
    ],
    ['a serial with a needless zero', { entries: [entry(der.integer('0041'))] }],
    ['a serial with a needless sign', { entries: [entry(der.integer('ff80'))] }],
    ['an empty serial', { entries: [entry(der.integer(''))] }],
    ['a serial that is no integer', { entries: [entry(der.octets(Buffer.of(1)))] }],
    ['an entry without a time', { entries: [der.sequence(der.integer('41'))] }],
    ['an entry with month 13', { entries: [entry(der.integer('41'), der.utcTime('261324093000Z'))] }],
    ['an entry on the 31st of April', { entries: [entry(der.integer('41'), der.utcTime('260431093000Z'))] }],
    [
      'an entry on the 29th of February 2026',
      { entries: [entry(der.integer('41'), der.utcTime('260229093000Z'))] },
    ],
    ['an entry with day 0', { entries: [entry(der.integer('41'), der.utcTime('261100093000Z'))] }],
    ['an entry at 24 hours', { entries: [entry(der.integer('41'), der.utcTime('261124240000Z'))] }],
    ['an entry at 60 minutes', { entries: [entry(der.integer('41'), der.utcTime('261124096000Z'))] }],
    ['an entry at 60 seconds', { entries: [entry(der.integer('41'), der.utcTime('261124093060Z'))] }],
    [
      'an entry with a sign in its time',
      { entries: [entry(der.integer('41'), der.utcTime('2611240930-1Z'))] },
    ],
    [
      'an entry with letters in its year',
      { entries: [entry(der.integer('41'), der.utcTime('a61124093000Z'))] },
    ],
    [
      'an entry with something behind its extensions',
      { entries: [entry(der.integer('41'), undefined, der.sequence(), der.sequence())] },
    ],
    ['an entry that is no sequence', { entries: [der.set(der.integer('41'), der.utcTime('261124093000Z'))] }],
    [
      'an unknown critical entry extension',
      {
        entries: [
          entry(
            der.integer('41'),
            undefined,
            der.sequence(der.extension('2a0304', der.octets(), der.boolean(255))),
          ),
        ],
      },
    ],
    [
      'removeFromCRL in a complete CRL',
      {
        entries: [
          entry(der.integer('41'), undefined, der.sequence(der.extension('551d15', Buffer.of(0x0a, 1, 8)))),
        ],
      },
    ],
  ])('%s', (_what, parts) => {
    refused(parts);
  });

  test('an indefinite length, a long length, and a length of five bytes', () => {
    const good = crlOf({ entries: [plain] });
    const body = good.subarray(good[1] === 0x81 ? 3 : 4);
    for (const header of [
      [0x30, 0x80],
      [0x30, 0x83, 0, body.length >> 8, body.length & 0xff],
      [0x30, 0x85, 0, 0, 0, 0, body.length],
    ])
      expect(() => readCrl(Buffer.concat([Buffer.from(header), body]))).toThrow(malformed);
  });

  test('its message tells the file and the place, and repeats no byte of it', () => {
    const secret = 'do not repeat me';
    const bad = crlOf({ issuer: der.name(Buffer.from(secret)), version: der.integer('05') });
    try {
      parseCrl(bad, 'issuing.crl');
      expect.unreachable();
    } catch (error) {
      expect(String(error)).toMatch(/^TrustloomError: issuing\.crl: /);
      expect(String(error)).not.toContain(secret);
      expect(String(error)).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });

  test('and any bytes at all end in a CRL or a code, never in another error', () => {
    const good = crlOf({
      entries: [plain, entry(der.integer('00ff'))],
      extensions: [der.extension('551d14', der.integer('05'))],
    });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      // Three bytes changed at once reach deeper than one: a tag, its length and what is in it.
      fc
        .array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 })
        .map((changes) => {
          const changed = Uint8Array.from(good);
          for (const [at, value] of changes) changed[at] = value;
          return changed;
        }),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        try {
          const crl = readCrl(input);
          expect([...crl.serials()]).toHaveLength(crl.entryCount);
        } catch (error) {
          expect(isTrustloomError(error) && error.code).toBe('crl-malformed');
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('CRLs that are not complete are named by kind', () => {
  const url = der.tlv(0xa0, der.tlv(0xa0, der.tlv(0x86, Buffer.from('http://crl.example/1.crl'))));
  const scope = (...extensions: Uint8Array[]) => readCrl(crlOf({ extensions })).scope;
  const critical = der.boolean(255);

  test.each<[Crl['scope'], string, readonly Uint8Array[]]>([
    ['complete', 'no extension', []],
    [
      'partition',
      'a distribution point alone, as AWS Private CA writes',
      [der.extension(idp, der.sequence(url), critical)],
    ],
    ['partition', 'only users', [der.extension(idp, der.sequence(der.tlv(0x81, Buffer.of(255))), critical)]],
    ['partition', 'only CAs', [der.extension(idp, der.sequence(der.tlv(0x82, Buffer.of(255))), critical)]],
    [
      'partition',
      'only some reasons',
      [der.extension(idp, der.sequence(der.tlv(0x83, Buffer.of(1, 2))), critical)],
    ],
    [
      'indirect',
      'an indirect CRL',
      [der.extension(idp, der.sequence(der.tlv(0x84, Buffer.of(255))), critical)],
    ],
    ['delta', 'a delta CRL', [der.extension('551d1b', der.integer('01'), critical)]],
    [
      'delta',
      'a delta CRL of a partition',
      [der.extension('551d1b', der.integer('01'), critical), der.extension(idp, der.sequence(url), critical)],
    ],
  ])('%s: %s', (expected, _what, extensions) => {
    expect(scope(...extensions)).toBe(expected);
  });

  test('an entry of another CA makes the CRL indirect', () => {
    const issuer = der.extension('551d1d', der.sequence(), critical);
    expect(
      readCrl(crlOf({ entries: [entry(der.integer('41'), undefined, der.sequence(issuer))] })).scope,
    ).toBe('indirect');
  });

  test('removeFromCRL stands in a delta CRL', () => {
    const removed = entry(
      der.integer('41'),
      undefined,
      der.sequence(der.extension('551d15', Buffer.of(0x0a, 1, 8))),
    );
    const delta = readCrl(
      crlOf({ entries: [removed], extensions: [der.extension('551d1b', der.integer('01'), critical)] }),
    );
    expect([delta.scope, delta.entryCount]).toEqual(['delta', 1]);
  });
});

describe('what is unusual and allowed is read', () => {
  test('version 1, no entries, an empty sequence of entries, later than 2049', () => {
    expect(readCrl(crlOf({ version: Buffer.alloc(0), entries: [plain] })).entryCount).toBe(1);
    expect(readCrl(crlOf({ entries: [] })).entryCount).toBe(0);
    expect(readCrl(crlOf({ nextUpdate: der.generalizedTime('20510101000000Z') })).nextUpdate).toBe(
      Date.parse('2051-01-01T00:00:00Z'),
    );
  });

  test('`critical FALSE` written out is not critical', () => {
    expect(
      readCrl(crlOf({ extensions: [der.extension('2a0304', der.octets(), der.boolean(0))] })).scope,
    ).toBe('complete');
  });

  test('entries at the ends of months, in leap years, and after 2049', () => {
    const times = ['260131000000Z', '260430235959Z', '240229120000Z', '991231235959Z'].map(der.utcTime);
    const late = ['20500228235959Z', '24000229000000Z'].map(der.generalizedTime);
    const entries = [...times, ...late].map((time) => entry(der.integer('41'), time));
    expect(readCrl(crlOf({ entries })).entryCount).toBe(6);
  });

  test('a revocation in the year 1, as tools write that know no date, and in 9999: never in another century', () => {
    const times = ['00010101000000Z', '00991231235959Z', '99991231235959Z'].map(der.generalizedTime);
    const crl = readCrl(
      crlOf({ entries: times.map((time, index) => entry(der.integer(`4${index}`), time)) }),
    );
    expect(diffCrls(undefined, crl).addedEntries.map(({ revokedAt }) => isoTime(revokedAt))).toEqual([
      '0001-01-01T00:00:00Z',
      '0099-12-31T23:59:59Z',
      '9999-12-31T23:59:59Z',
    ]);
  });

  test('a negative number keeps its sign', () => {
    expect(readCrl(crlOf({ extensions: [der.extension('551d14', der.integer('fb'))] })).number).toBe('-5');
  });

  test('names in two-byte characters, and those that are shown as hex', () => {
    const issuer = (value: Uint8Array, type: number) =>
      readCrl(crlOf({ issuer: der.name(value, type) })).issuer.text;
    expect(issuer(Buffer.from('\u0000A\u0000c', 'latin1'), 0x1e)).toBe('CN=Ac');
    expect(issuer(Buffer.of(0, 0, 0, 65), 0x1c)).toBe('CN=#1c0400000041');
  });

  test('a name cannot move the cursor or turn the text of a terminal', () => {
    const text = readCrl(crlOf({ issuer: der.name(Buffer.from('a\u001b[2Jb\u202ec\u2028d\r\n')) })).issuer
      .text;
    expect(text).toMatch(/^[ -~]+$/);
  });

  test('serials at their edges: zero, sign byte, negative, 127 bytes; each found by its value alone', () => {
    const all = ['00', '7f', '0080', '00ff', '80', 'ff', 'fb', '7f'.repeat(127), `00${'ff'.repeat(126)}`];
    const crl = readCrl(crlOf({ entries: all.map((hex) => entry(der.integer(hex))) }));
    expect([...crl.serials()].slice(0, 7)).toEqual(['0', '7f', '80', 'ff', '-80', '-1', '-5']);
    expect([...crl.serials()].every((serial) => crl.has(serial))).toBe(true);
    expect(
      ['1', '7e', '81', 'fe', '-7f', '-2', '-6', 'f'.repeat(600)].some((serial) => crl.has(serial)),
    ).toBe(false);
    const shown: string[] = [];
    crl.eachSerial((der, start, end) => shown.push(Buffer.from(der.subarray(start, end)).toString('hex')));
    expect(shown.slice(0, 7)).toEqual(['00', '7f', '80', 'ff', '80', 'ff', 'fb']);
    expect(shown.slice(7)).toEqual([...crl.serials()].slice(7));
    expect(crl.negativeSerials).toBe(true);
    expect(readCrl(crlOf({ entries: [plain] })).negativeSerials).toBe(false);
  });

  test('any set of serials is answered for, and nothing else is', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.bigInt({ min: -(2n ** 160n), max: 2n ** 160n }), { maxLength: 60 }),
        fc.bigInt({ min: -(2n ** 160n), max: 2n ** 160n }),
        (listed, other) => {
          const crl = readCrl(
            crlOf({ entries: listed.map((value) => entry(der.integer(contentOf(value)))) }),
          );
          expect(listed.every((value) => crl.has(value.toString(16)))).toBe(true);
          expect(crl.has(other.toString(16))).toBe(listed.includes(other));
          const content = (value: bigint) => Buffer.from(`aa${contentOf(value)}bb`, 'hex');
          const isRevoked = (value: bigint) => crl.hasInteger(content(value), 1, content(value).length - 1);
          expect([listed.every(isRevoked), isRevoked(other)]).toEqual([true, listed.includes(other)]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the index of serials stays linear', () => {
  const size = 50_000;
  const hex = (value: number, bytes: number) => value.toString(16).padStart(2 * bytes, '0');
  const crafted: readonly (readonly [string, (index: number) => string])[] = [
    ['in a row', (index) => hex(0x40000000 + index, 4)],
    ['that differ at their end', (index) => `40${hex(index, 19)}`],
    ['that differ at their beginning', (index) => `40${hex(index, 3)}${'00'.repeat(16)}`],
    [
      'in steps of 2^16 in every word',
      (index) => `40${`${hex(index & 0xff, 1)}000000`.repeat(4)}${hex(index >>> 8, 2)}`,
    ],
    ['of which one half repeats the other', (index) => `4000${hex(index, 3)}000000${hex(index, 3)}`],
    ['that are one and the same', () => '41'],
  ];

  test.each(crafted)('for serials %s', (_what, serial) => {
    const crl = readCrl(
      crlOf({ entries: Array.from({ length: size }, (_, index) => entry(der.integer(serial(index)))) }),
    );
    const index = serialIndex(crl.der, crl.entryCount);
    for (let at = crl.entries.start; at < crl.entries.end; at = entryEnd(crl.der, at)) index.add(at);
    expect(index.probes() / size).toBeLessThan(4);
    crl.eachSerial((bytes, start, end) => {
      if (index.find(bytes, start, end, false) === 0) expect.unreachable();
    });
    expect(index.probes() / size).toBeLessThan(8);
  });
});

/** The shortest two's complement of a value, in hex. */
function contentOf(value: bigint): string {
  let bytes = 1;
  while (BigInt.asIntN(8 * bytes, value) !== value) bytes += 1;
  return BigInt.asUintN(8 * bytes, value)
    .toString(16)
    .padStart(2 * bytes, '0');
}
