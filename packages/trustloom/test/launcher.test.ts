import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  const { url, env } = JSON.parse(line) as { readonly url: string; readonly env: NodeJS.ProcessEnv };
  return { child, url, env };
}

describe('a signal to the launcher ends all that it started', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s', async (signal) => {
    const { child, url } = await startLocal();
    expect((await fetch(url)).status).toBeGreaterThan(0);
    child.kill(signal);
    // Its output closes when the last process that holds it is gone: no process is left
    // that writes there.
    expect(await once(child, 'close')).toEqual([130, null]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

test('the SDK does not warn about the version of Node', async () => {
  const { env } = await startLocal();
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-launcher-'));
  const definition = { name: 'acme', state: '222222222222/eu-west-1', groups: { devices: {} }, targets: {} };
  await writeFile(join(folder, 'trustloom.yaml'), JSON.stringify(definition));
  const { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: _unset, ...rest } = process.env;
  const settings = { cwd: folder, env: { ...rest, ...env } };
  const stderr = await new Promise<string>((resolve) =>
    execFile(process.execPath, [launcher, 'plan'], settings, (_error, _stdout, text) => resolve(text)),
  );
  await rm(folder, { recursive: true });
  // The SDK asked S3: nobody has made the bucket.
  expect(stderr).toContain('bucket-missing');
  expect(stderr).not.toContain('Warning');
});
