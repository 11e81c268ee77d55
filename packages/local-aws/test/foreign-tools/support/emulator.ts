import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The command in a process of its own, as other users use it. */
export interface Emulator {
  readonly url: string;
  /**
   * For a foreign tool: its own PATH and HOME, and the emulator's variables; nothing of the
   * tester's AWS settings.
   */
  readonly env: NodeJS.ProcessEnv;
  /** What it wrote to stderr so far. */
  said(): string;
  /** Resolves with the exit code. */
  stop(): Promise<number | null>;
}

const launcher = fileURLToPath(new URL('../../../bin/local-aws.mjs', import.meta.url));

/** Starts it; resolves once it listens. */
export async function startEmulator(...args: readonly string[]): Promise<Emulator> {
  const child = spawn(process.execPath, [launcher, '--json', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const { url, env } = JSON.parse(String(line));
  const { PATH, HOME } = process.env;
  return {
    url,
    env: { PATH, HOME, AWS_PAGER: '', ...env },
    said: () => said,
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      const [code] = await closed;
      return typeof code === 'number' ? code : null;
    },
  };
}
