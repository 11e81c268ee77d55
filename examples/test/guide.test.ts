/**
 * The guide, run as its reader would: every block of commands in one shell, its output held against
 * the block below it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DEFAULT_ACCOUNTS, startLocalAws } from '@trustloom/local-aws';
import { describe, expect, test } from 'vitest';

const page = resolve(import.meta.dirname, '../../docs/guide/replay-by-hand.md');
const missing = [
  ['aws', 'cloudfront', 'list-connection-functions', '--generate-cli-skeleton'],
  ['openssl', 'version'],
  ['curl', '--version'],
  ['python3', '--version'],
].flatMap(([tool = '', ...ask]) => (spawnSync(tool, ask).status === 0 ? [] : [tool]));

/** Blocks of commands with the output that the page shows, in order. */
function blocksOf(
  text: string,
): readonly { readonly commands: string; readonly output: string | undefined }[] {
  const blocks = [...text.matchAll(/^```(sh|text)\n([\s\S]*?)^```$/gm)].map(([, kind, body = '']) => ({
    kind,
    body,
  }));
  return blocks.flatMap(({ kind, body }, index) => {
    if (kind !== 'sh') return [];
    const next = blocks[index + 1];
    return [{ commands: body, output: next?.kind === 'text' ? next.body : undefined }];
  });
}

describe.skipIf(missing.length > 0)(
  'the guide (needs an aws that knows connection functions, openssl, curl and python3)',
  () => {
    test('works step by step for each of the four services', async () => {
      const blocks = blocksOf(await readFile(page, 'utf8'));
      const folder = await mkdtemp(join(tmpdir(), 'trustloom-guide-'));
      await using local = await startLocalAws({ accounts: DEFAULT_ACCOUNTS });
      try {
        const script = [
          'set -eu',
          ...blocks.map(({ commands }, index) => `${commands}\necho "@@ ${index}"`),
        ].join('\n');
        const { PATH = '', HOME = '' } = process.env;
        const child = spawn('bash', ['-c', script], {
          cwd: folder,
          env: { PATH, HOME, ...local.env, AWS_PAGER: '' },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let out = '';
        let err = '';
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          out += text;
        });
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          err += text;
        });
        const [code] = await once(child, 'exit');
        const printed = out.split(/@@ \d+\n/);
        expect(code, `${err}\nafter: ${out.slice(-500)}`).toBe(0);
        for (const [index, { commands, output }] of blocks.entries())
          if (output !== undefined) expect(printed[index], commands).toBe(output);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  },
);
