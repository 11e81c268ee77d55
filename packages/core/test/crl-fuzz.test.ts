import { describe, expect, test } from 'vitest';
import { fault, hasPython, mutant, ownReading, pythons, seeded } from './support/fuzz.ts';

// The long run is a command: npm run fuzz -- --minutes 10 --seed 1
describe('CRLs that were tampered with', () => {
  const random = seeded(20_261_124);
  const crls = Array.from({ length: 4_000 }, () => mutant(random));
  const readings = crls.map(ownReading);

  test('end in serials or in a code, in time', () => {
    const taken = readings.filter((one) => one !== undefined).length;
    expect(taken).toBeGreaterThan(200);
    expect(taken).toBeLessThan(crls.length - 200);
  });

  test.skipIf(!hasPython)(
    'are read as openssl and cryptography read them (needs python3 cryptography)',
    () => {
      const other = pythons(crls);
      const faults = crls.flatMap((bytes, index) => {
        const what = fault(bytes, readings[index], other[index]);
        return what === undefined ? [] : [`${what}: ${Buffer.from(bytes).toString('hex')}`];
      });
      expect(faults).toEqual([]);
      expect(
        other.filter((one, index) => one !== undefined && readings[index] !== undefined).length,
      ).toBeGreaterThan(100);
    },
  );
});
