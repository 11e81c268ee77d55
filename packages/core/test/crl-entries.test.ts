import { describe, expect, test } from 'vitest';
import { walkEntries } from '../src/crl/entries.ts';
import { isTrustloomError } from '../src/index.ts';
import { entry, serialOf } from './support/crls.ts';
import * as der from './support/der.ts';

const reason = (code: number) => der.sequence(der.extension('551d15', der.tlv(0x0a, Buffer.of(code))));
const time = (text: string) => der.utcTime(text);
const usual = entry(der.integer(serialOf(1)));
/**
 * So much behind an entry that it is read in words, as most of a large CRL is; as the last of its
 * CRL it never is.
 */
const behind = Buffer.concat(Array.from({ length: 8 }, () => usual));

function verdict(crl: Uint8Array, stop: number): string {
  try {
    const { negative, removes, indirect, end } = walkEntries(crl, 0, crl.length);
    return JSON.stringify({ negative, removes, indirect, ends: end === crl.length, stop });
  } catch (error) {
    if (isTrustloomError(error) || !(error instanceof Error)) throw error;
    return 'refused';
  }
}

/** What is said of an entry read in words, and of the same read the slower way. */
function bothWays(one: Uint8Array): readonly [string, string] {
  return [verdict(Buffer.concat([one, behind]), one.length), verdict(one, one.length)];
}

describe('entries read in words are judged as those that are not', () => {
  test.each<[string, Uint8Array]>([
    ['16 bytes', usual],
    ['20 bytes and a sign byte', entry(der.integer(`00${'c1'.repeat(20)}`))],
    ['one byte', entry(der.integer('41'))],
    ['a reason', entry(der.integer(serialOf(2)), time('261124093000Z'), reason(1))],
    ['removeFromCRL', entry(der.integer(serialOf(2)), time('261124093000Z'), reason(8))],
    ['a negative serial', entry(der.integer('c141'))],
    ['the longest serial of a short length', entry(der.integer(`41${'17'.repeat(94)}`))],
  ])('every single byte of %s changed into every other', (_, original) => {
    let refused = 0;
    for (let at = 0; at < original.length; at += 1) {
      // Another length makes two other entries of it: that is for the fuzz.
      if (at === 1) continue;
      for (let value = 0; value < 256; value += 1) {
        const changed = Uint8Array.from(original);
        changed[at] = value;
        const [words, slower] = bothWays(changed);
        if (words !== slower) expect.fail(`byte ${at} as ${value}: ${words} and ${slower}`);
        refused += Number(words === 'refused');
      }
    }
    expect(refused).toBeGreaterThan(1_000);
  });

  test('every month, day, hour, minute and second, and those that there are not', () => {
    const two = (value: number) => String(value).padStart(2, '0');
    const times = [
      ...Array.from({ length: 100 * 100 }, (_, n) => `26${two(Math.floor(n / 100))}${two(n % 100)}093000Z`),
      ...Array.from({ length: 100 * 100 }, (_, n) => `261124${two(Math.floor(n / 100))}${two(n % 100)}00Z`),
      ...Array.from({ length: 100 }, (_, n) => `2611240930${two(n)}Z`),
      ...Array.from({ length: 100 }, (_, n) => `${two(n)}0229093000Z`),
    ];
    const taken = times.filter((text) => {
      const [words, slower] = bothWays(entry(der.integer(serialOf(3)), time(text)));
      if (words !== slower) expect.fail(`${text}: ${words} and ${slower}`);
      return words !== 'refused';
    });
    // Days of 2026, minutes of a day, seconds of a minute, leap years from 1950 to 2049.
    expect(taken).toHaveLength(365 + 1_440 + 60 + 25);
  });
});
