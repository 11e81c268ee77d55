import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestCa } from '@trustloom/testkit';
import { expect, test } from 'vitest';
import { hostile } from './support/hostile.ts';

/**
 * What a process of its own made of one list: how it ended, its processor time in milliseconds, and
 * the peak of its memory so far.
 */
interface Reading {
  readonly end: string | number;
  readonly ms: number;
  readonly peakMb: number;
}

const [mostMs, mostMb] = [2_000, 256];
const reader = join(import.meta.dirname, 'support/read-hostile.ts');
const node = [process.execPath, '--import', 'tsx', '--conditions=@trustloom/source', '--expose-gc'];

/**
 * Through a shell that stays: a process that this one makes directly would count the memory of this
 * one as its own.
 */
function read(ca: string, files: readonly string[]): readonly Reading[] {
  const command = ['-c', '"$@"; exit $?', 'sh', ...node, reader, ca, ...files];
  const { stdout, stderr } = spawnSync('/bin/sh', command, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Reading);
}

test('every hostile CRL ends as it should within two seconds and 256 MB', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  try {
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, (await createTestCa({ subject: 'CN=Other' })).pem);
    const all = Object.entries(hostile);
    const files = all.map(([, { make }], index) => {
      const bytes = make();
      const file = join(folder, `${index}.${bytes[0] === 0x30 ? 'der' : 'pem'}`);
      writeFileSync(file, bytes);
      return file;
    });
    const readings = read(ca, files);
    all.forEach(([name, { end }], index) => {
      expect.soft(readings[index], name).toMatchObject({ end });
      expect.soft(readings[index]?.ms, name).toBeLessThan(mostMs);
      expect.soft(readings[index]?.peakMb, name).toBeLessThan(mostMb);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
