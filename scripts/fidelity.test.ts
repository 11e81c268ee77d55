import { emulatedOperations } from '@trustloom/local-aws';
import { expect, test } from 'vitest';
import { calledOperations, readDifferences } from './fidelity.ts';

test('every operation that Trustloom calls is emulated, and a tool of others checks it', async () => {
  const [called, differences] = await Promise.all([calledOperations(), readDifferences()]);
  const emulated = new Set(emulatedOperations().map(({ service, operation }) => `${service} ${operation}`));
  const checked = new Set(
    Object.entries(differences).flatMap(([service, tools]) =>
      Object.entries(tools).flatMap(([operation, tool]) =>
        tool === 'AWS SDK for JavaScript' ? [] : [`${service} ${operation}`],
      ),
    ),
  );
  expect([...called].filter((one) => !emulated.has(one))).toEqual([]);
  expect([...called].filter((one) => !checked.has(one))).toEqual([]);
  expect(called.size).toBeGreaterThan(50);
  expect(called).toContain('S3 GetObject');
  expect(called).toContain('Roles Anywhere UpdateCrl');
});
