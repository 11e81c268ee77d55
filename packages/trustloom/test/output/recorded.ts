import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';

/**
 * `OUTPUT=record` writes the files anew; else what is printed is compared with them, character by
 * character.
 */
const recording = process.env.OUTPUT === 'record';

/**
 * Compares a text with the one that was recorded under this name, to be read and reviewed as
 * output.
 */
export async function expectText(name: string, text: string): Promise<void> {
  const file = join(import.meta.dirname, `${name}.txt`);
  const ended = `${text.trimEnd()}\n`;
  if (recording) await writeFile(file, ended);
  expect(ended).toBe(await readFile(file, 'utf8'));
}
