import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTrustloomError, parseInventory } from '../src/index.ts';

const read = (text: string | Uint8Array) => {
  const out: string[] = [];
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  parseInventory(bytes, 'issued.txt').eachSerial((from, start, end) =>
    out.push(Buffer.from(from.subarray(start, end)).toString('hex')),
  );
  return out;
};

describe('an inventory', () => {
  test('is read in every notation of hex, with comments, and without a last newline', () => {
    const text = '\ufeff# issued by acme\r\n00:9E:2a:af\r\n\n0x1B\t\n0X0003\nabc  \n# end\n0\nff';
    expect(read(text)).toEqual(['9e2aaf', '1b', '03', '0abc', '', 'ff']);
    expect(read('')).toEqual([]);
  });

  test('gives back whatever serials were written to it', () => {
    const serial = fc.bigInt({ min: 1n, max: (1n << 1016n) - 1n }).map((value) => value.toString(16));
    const even = (hex: string) => (hex.length % 2 === 0 ? hex : `0${hex}`);
    const forms = [
      (hex: string) => hex,
      (hex: string) => `0x${hex.toUpperCase()}`,
      (hex: string) => `00${even(hex)}`.replace(/..(?=.)/g, '$&:'),
    ];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(serial, fc.constantFrom(...forms)), { minLength: 1, maxLength: 3000 }),
        (rows) => {
          expect(read(rows.map(([hex, form]) => form(hex)).join('\n'))).toEqual(
            rows.map(([hex]) => even(hex)),
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  test.each(['secret', '0x', ':ab', 'ab:', 'a::b', '-1', 'ab cd', '12,34', ' ab', 'f'.repeat(255), '0xx1'])(
    'is refused as a whole for a line like %j, which is named by its number alone',
    (line) => {
      let caught: unknown;
      try {
        read(`# head\na1\n${line}\nb2\n`);
      } catch (error) {
        caught = error;
      }
      if (!isTrustloomError(caught)) throw caught;
      expect(caught.code).toBe('inventory-malformed');
      expect(caught.message).toBe('issued.txt:3:1: not a serial in hex; the inventory is not used');
      expect(caught.findings).toMatchObject([{ at: { file: 'issued.txt', line: 3, column: 1 } }]);
    },
  );
});
