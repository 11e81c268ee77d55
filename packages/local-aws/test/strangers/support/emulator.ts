import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The command in a process of its own, as strangers use it. */
export interface Emulator {
  readonly url: string;
  /** For a foreign tool: its own PATH and HOME, and the emulator's variables; nothing of the tester's AWS settings. */
  readonly env: NodeJS.ProcessEnv;
  /** Resolves with the exit code. */
  stop(): Promise<number | null>;
}

const launcher = fileURLToPath(new URL('../../../bin/local-aws.mjs', import.meta.url));

/** Starts it; resolves once it listens. */
export async function startEmulator(): Promise<Emulator> {
  const child = spawn(process.execPath, [launcher, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  const { url, env } = JSON.parse(String(line));
  const { PATH, HOME } = process.env;
  return {
    url,
    env: { PATH, HOME, AWS_PAGER: '', ...env },
    async stop() {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await exit;
      return typeof code === 'number' ? code : null;
    },
  };
}
