import { spawn, spawnSync } from 'node:child_process';

/**
 * Whether a foreign tool does what it is asked; a test that lacks its tool is skipped, and its
 * title names the tool.
 */
export const has = (tool: string, ...args: readonly string[]): boolean => {
  const result = spawnSync(tool, args.length > 0 ? args : ['--version'], { stdio: 'ignore' });
  return result.status === 0;
};

/** Whether a foreign tool says of itself that it can do something. */
export const says = (words: RegExp, tool: string, ...args: readonly string[]): boolean =>
  words.test(spawnSync(tool, args, { encoding: 'utf8' }).stdout ?? '');

/** Whether the AWS CLI here has an operation: an old one is as good as none. */
export const awsHas = (service: string, operation: string): boolean =>
  has('aws', service, operation, '--generate-cli-skeleton');

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a tool; an own process must not be blocked meanwhile, for the servers under test live in it.
 */
export const run = (
  tool: string,
  args: readonly string[],
  options: { readonly input?: string | Uint8Array; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(tool, args, { env: options.env ?? process.env });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code: code ?? -1, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
