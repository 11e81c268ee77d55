import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../bin/trustloom.mjs', import.meta.url));
let started: ChildProcess | undefined;

afterEach(() => started?.kill('SIGKILL'));

/** `trustloom local` as people start it, once it serves. */
async function startLocal() {
  const child = spawn(process.execPath, [launcher, 'local', '--json', '--quiet'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started = child;
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, url: (JSON.parse(line) as { readonly url: string }).url };
}

describe('a signal to the launcher ends all that it started', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s', async (signal) => {
    const { child, url } = await startLocal();
    expect((await fetch(url)).status).toBeGreaterThan(0);
    child.kill(signal);
    // Its output closes when the last process that holds it is gone: no orphan writes there any more.
    expect(await once(child, 'close')).toEqual([130, null]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});
