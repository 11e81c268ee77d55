import { expect, test } from 'vitest';
import { caName, caNames } from '../src/kit/ca-words.ts';
import { commonName } from '../src/x509/name.ts';

test.each([
  ['CN=Acme Issuing CA,O=Acme', 'Acme Issuing CA'],
  ['O=Acme,CN=Above', 'Above'],
  ['SERIALNUMBER=7+CN=Two in one,O=Acme', 'Two in one'],
  ['CN=Acme\\, Inc. \\+ Sons,O=Acme', 'Acme, Inc. + Sons'],
  ['CN=Below,CN=Above', 'Below'],
  ['O=Acme\\,CN=Not me', 'O=Acme\\,CN=Not me'],
  ['OU=CN=Not me', 'OU=CN=Not me'],
  ['CN=bell \\07', 'bell \\07'],
  ['CN=,O=Acme', 'CN=,O=Acme'],
  ['O=No common name', 'O=No common name'],
])('the common name of %s is %s', (text, name) => {
  expect(commonName({ text })).toBe(name);
});

const ca = (cn: string, sha256: string) => ({
  subject: { text: `CN=${cn}`, der: '' },
  sha256: sha256.padEnd(64, '0'),
});

test('a CA is named with eight digits, and of many the first three are', () => {
  const cas = [ca('A', '308be4eb5f'), ca('A', '7de5661a'), ca('B', '0b'), ca('C', '0c'), ca('D', '0d')];
  expect(cas.slice(0, 1).map(caName)).toEqual(['A [308be4eb]']);
  expect(caNames(cas)).toBe('A [308be4eb], A [7de5661a], B [0b000000] and 2 more');
  expect(caNames([])).toBe('a bundle that cannot be read');
});
