/** The command as other users start it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { type Emulator, startEmulator } from './foreign-tools/support/emulator.ts';

const command = resolve(import.meta.dirname, '../bin/local-aws.mjs');
const exec = promisify(execFile);

const s3Of = ({ url, env }: Emulator) =>
  new S3Client({
    endpoint: url,
    region: 'us-east-1',
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    },
  });

test('listens on the port that it is given, keeps what was made in its folder, and is silent on loopback', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'local-aws-dir-'));
  const port = String(await freePort());
  const first = await startEmulator('--port', port, '--dir', dir);
  expect(first.url).toBe(`http://127.0.0.1:${port}`);
  expect(first.env.AWS_ENDPOINT_URL).toBe(first.url);
  await s3Of(first).send(new CreateBucketCommand({ Bucket: 'kept' }));
  const taken = exec(process.execPath, [command, '--port', port]);
  await expect(taken).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('EADDRINUSE') });
  expect(await first.stop()).toBe(0);
  expect(first.said()).toBe('');
  expect(readdirSync(dir)).not.toEqual([]);
  const second = await startEmulator('--port', port, '--dir', dir);
  const { Buckets } = await s3Of(second).send(new ListBucketsCommand({}));
  expect(Buckets?.map(({ Name }) => Name)).toEqual(['kept']);
  expect(await second.stop()).toBe(0);
  rmSync(dir, { recursive: true });
});

test('says so when it listens beyond loopback, and is reached by that address', async () => {
  const open = await startEmulator('--host', '0.0.0.0');
  expect(open.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  await s3Of(open).send(new ListBucketsCommand({}));
  await open.stop();
  expect(open.said()).toBe('local-aws: listens on 0.0.0.0; whoever reaches it owns its accounts\n');
});

test.each([
  [['--port', '70000'], '--port needs a number from 0 to 65535'],
  [['--nothing'], '--nothing'],
])('refuses %j', async (args, words) => {
  await expect(exec(process.execPath, [command, ...args])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(words),
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
