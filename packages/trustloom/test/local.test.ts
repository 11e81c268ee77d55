import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { local } from '../src/cli/commands/local.ts';
import { createContext } from '../src/cli/context.ts';
import { printError } from '../src/cli/errors.ts';
import type { CliIo } from '../src/cli/io.ts';

let err = '';
const io: CliIo = {
  env: {},
  cwd: '.',
  out: () => undefined,
  err: (text) => {
    err += text;
  },
  outIsTerminal: false,
  errIsTerminal: false,
  inIsTerminal: false,
  readStdin: async () => '',
  ask: async () => '',
  signal: AbortSignal.abort(),
};

test('local without its package says how to install it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-local-'));
  const file = join(folder, 'load.mjs');
  await writeFile(file, `export const load = () => import('@trustloom/local-aws');\n`);
  // From a folder where the package is not installed: Node says itself how that looks.
  const { load } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
    readonly load: () => Promise<typeof import('@trustloom/local-aws')>;
  };
  const error = await local(createContext(io, { color: false }), {}, load).catch((thrown: unknown) => thrown);
  await rm(folder, { recursive: true });
  expect(error).toMatchObject({ code: 'local-aws-missing', kind: 'input' });
  printError(error, io, false);
  expect(err).toContain('npm install --save-dev @trustloom/local-aws');
});

test('local with its package serves until it is interrupted', async () => {
  expect(await local(createContext(io, { color: false, quiet: true }), {})).toBe(130);
});
