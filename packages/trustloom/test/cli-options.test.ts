import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestCa } from '@trustloom/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLine } from '../src/cli/command-line.ts';
import { createContext } from '../src/cli/context.ts';
import { help } from '../src/cli/help.ts';
import type { CliIo } from '../src/cli/io.ts';
import { run } from '../src/cli/program.ts';

const expired = await createTestCa({ subject: 'CN=Acme Root', notAfter: Date.parse('2020-01-01') });
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trustloom-options-'));
  await writeFile(join(folder, 'ca.pem'), expired.pem);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command without any AWS. */
async function trustloom(args: readonly string[], more: Partial<CliIo> = {}) {
  const printed = { out: '', err: '' };
  const io: CliIo = {
    env: {},
    cwd: folder,
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    inIsTerminal: false,
    readStdin: async () => '',
    ask: async () => '',
    signal: new AbortController().signal,
    ...more,
  };
  return { code: await run(args, io), ...printed };
}

describe('--json gives one document, also for errors', () => {
  test.each([
    ['without a definition', ['plan', '--json'], 'definition-not-found'],
    ['with a file that is missing', ['check', 'missing.pem', '--json'], 'file-not-found'],
    ['with an unknown option', ['plan', '--json', '--alow', 'x'], 'usage'],
    ['with a value that is missing', ['revoke', 'a1', '--json'], 'usage'],
  ])('%s', async (_name, args, code) => {
    const { out, code: exit } = await trustloom(args);
    expect(JSON.parse(out)).toMatchObject({
      formatVersion: 1,
      exitCode: exit,
      error: { code, kind: 'input', message: expect.any(String), advice: expect.any(String) },
    });
    expect(exit).toBe(1);
  });

  test('when it was interrupted', async () => {
    const { out, code } = await trustloom(['plan', '--json'], { signal: AbortSignal.abort() });
    expect([code, JSON.parse(out)]).toMatchObject([130, { error: { code: 'aborted' } }]);
  });
});

describe('colours', () => {
  const isColoured = (env: CliIo['env'], outIsTerminal: boolean, color = true) => {
    const io = { env, outIsTerminal } as CliIo;
    return createContext(io, { color }).text.paint?.bad('x') !== 'x';
  };

  test.each([
    ['on a terminal', {}, true, true],
    ['not in a pipe', {}, false, false],
    ['not with NO_COLOR', { NO_COLOR: '1' }, true, false],
    ['with NO_COLOR that is empty', { NO_COLOR: '' }, true, true],
    ['in a pipe with FORCE_COLOR', { FORCE_COLOR: '1' }, false, true],
    ['not with FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
    ['not on a dumb terminal', { TERM: 'dumb' }, true, false],
  ] as const)('%s', (_name, env, terminal, wanted) => expect(isColoured(env, terminal)).toBe(wanted));

  test('never with --no-color', () => expect(isColoured({ FORCE_COLOR: '1' }, true, false)).toBe(false));
});

test('a narrow terminal gets the matrix one under the other', async () => {
  const wide = await trustloom(['check', 'ca.pem'], { outIsTerminal: true, outColumns: 160 });
  const narrow = await trustloom(['check', 'ca.pem'], { outIsTerminal: true, outColumns: 60 });
  expect(wide.out).toMatch(/^ +cloudfront +alb +api-gateway/m);
  expect(narrow.out).not.toMatch(/^ +cloudfront +alb +api-gateway/m);
});

test('a command that can be pasted has all that belongs to it', () => {
  const flags = { allow: ['enforce:edge'], target: ['edge'] };
  expect(commandLine('apply', { color: true, config: "ann's.yaml", profile: 'dev' }, flags)).toBe(
    String.raw`trustloom apply --config 'ann'\''s.yaml' --profile dev --target edge --allow enforce:edge`,
  );
});

test('consents are read from a file', async () => {
  const { err } = await trustloom(['apply', '--allow-file', 'nowhere.txt']);
  expect(err).toMatch(/^error: nowhere\.txt: cannot be read \[file-not-found\]/);
});

test.each(Object.keys(help))('help of %s shows an example and the exit codes', async (name) => {
  const { out, code } = await trustloom([name, '--help']);
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`^  \\$ trustloom ${name}`, 'm'));
  expect(out).toMatch(/^Exit codes:\n {2}\d+ {2,}\S/m);
  expect(out).not.toContain('not built');
});

test('each command has help, and each help a command', async () => {
  const { out } = await trustloom(['--help']);
  const [, commands = ''] = out.split('Commands:\n');
  const names = (commands.split('\n\n')[0] ?? '')
    .split('\n')
    .flatMap((line) => /^ {2}(\w+)/.exec(line)?.[1] ?? []);
  expect(names.filter((name) => name !== 'help').sort()).toEqual(Object.keys(help).sort());
});
