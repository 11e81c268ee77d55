import { expect, test } from 'vitest';
import { checkRandomness, unseeded } from './randomness.ts';

test('nothing in tests, benchmarks, scripts and the testkit is random without the seed', async () => {
  expect(await checkRandomness()).toEqual([]);
});

test.each([
  ["import { randomBytes } from 'node:crypto';", 'randomBytes'],
  ["import { randomBytes as luck } from 'node:crypto';", 'randomBytes'],
  ["import * as crypto from 'node:crypto';\ncrypto.randomUUID();", 'randomUUID'],
  ["crypto['randomInt'](3);", 'randomInt'],
  ['globalThis.crypto.getRandomValues(new Uint8Array(3));', 'getRandomValues'],
  ['const a = Math.random();', 'Math.random'],
  ['const a = globalThis.Math.random();', 'Math.random'],
  ["const a = Math['random']();", 'Math.random'],
  ['const { random: luck } = Math;', 'Math.random'],
  ['run({ random: Math.random });', 'Math.random'],
])('planted, it is named: %s', (text, name) => {
  const line = text.split('\n').length;
  expect(unseeded('a.test.ts', text)).toEqual([`a.test.ts:${line}: ${name} does not come from the seed`]);
});

test.each([
  '// Math.random()',
  "test('randomBytes are not used', () => {});",
  'Math.floor(3);',
  'run({ random: () => 0 });',
])('is none: %s', (text) => expect(unseeded('a.test.ts', text)).toEqual([]));
