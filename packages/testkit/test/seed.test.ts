import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestCa, createTestKey, seedCertificates } from '../src/index.ts';

afterEach(() => seedCertificates('seed.test.ts, the rest'));

/** What two CAs of one name and their clients of one name are made of. */
async function made(seed: string | undefined) {
  seedCertificates(seed);
  const [one, two] = await Promise.all([createTestCa(), createTestCa({ key: 'P-521' })]);
  const leaves = [await one.issue('CN=a'), await one.issue('CN=a'), await one.issue('CN=b')];
  const all = [one, two, ...leaves];
  return { serials: all.map(({ serial }) => serial), keys: all.map(({ key }) => key.pem) };
}

describe('with a seed', () => {
  test('serials and keys are the same in every run, and those of one run differ', async () => {
    const first = await made('a');
    expect(await made('a')).toEqual(first);
    expect(new Set(first.serials).size).toBe(5);
    expect(new Set(first.keys).size).toBe(5);
    const other = await made('b');
    expect(
      [...first.serials, ...first.keys].filter((one) => [...other.serials, ...other.keys].includes(one)),
    ).toEqual([]);
  });

  test('what one is made of does not depend on what was made before', async () => {
    seedCertificates('a');
    const { serial, key } = await createTestCa();
    seedCertificates('a');
    await createTestCa({ subject: 'CN=Another' });
    const again = await createTestCa();
    expect([again.serial, again.key.pem]).toEqual([serial, key.pem]);
  });

  test.each(['P-256', 'P-384', 'P-521'] as const)('a key on %s is one', async (kind) => {
    seedCertificates('a');
    const { privateKey, publicKey } = await createTestKey(kind);
    expect(privateKey.asymmetricKeyDetails?.namedCurve).toBe(publicKey.asymmetricKeyDetails?.namedCurve);
  });
});

describe('without one', () => {
  beforeEach(() => seedCertificates(undefined));

  test('serials and keys are others each time', async () => {
    const [first, second] = [await made(undefined), await made(undefined)];
    expect(first.serials.filter((one) => second.serials.includes(one))).toEqual([]);
    expect(first.keys.filter((one) => second.keys.includes(one))).toEqual([]);
  });
});
