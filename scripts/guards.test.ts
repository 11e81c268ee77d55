import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { guards } from './guards.data.ts';

const root = resolve(import.meta.dirname, '..');

test.each(guards.map((guard) => [guard.name, guard] as const))('can be taken out: %s', (_name, guard) => {
  const text = readFileSync(resolve(root, guard.file), 'utf8');
  expect(text.split(guard.out).length - 1).toBe(1);
  expect(guard.out).not.toBe(guard.in);
  expect(guard.foundBy.length).toBeGreaterThan(0);
});
