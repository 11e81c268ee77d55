import { createServer, type Server } from 'node:http';
import { isTrustloomError } from '@trustloom/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchContent } from '../src/port/content.ts';

let server: Server;
let base = '';
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url?.startsWith('/broken')) response.destroy();
    else if (request.url?.startsWith('/gone')) response.writeHead(403).end();
    else response.end('x'.repeat(100));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => new Promise((done) => server.close(done)));

const secret = 'X-Amz-Signature=0123456789';
const signal = new AbortController().signal;
const get = (path: string, limit: number, abort = signal) =>
  fetchContent(`${base}${path}?${secret}`, limit, { fetch: globalThis.fetch, signal: abort });
const failing = async (work: Promise<unknown>) => {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!isTrustloomError(thrown)) throw new TypeError('it did not fail with an error of ours');
  return thrown;
};

test('as many bytes as allowed, and not one more', async () => {
  expect(await get('/', 100)).toHaveLength(100);
  expect((await failing(get('/', 99))).code).toBe('service-refused');
});

test('what went wrong arrives as a code, and never with the presigned address', async () => {
  const expired = await failing(get('/gone', 100));
  const unreachable = await failing(get('/broken', 100));
  const aborted = await failing(get('/', 100, AbortSignal.abort()));
  expect([expired.code, unreachable.code, aborted.code]).toEqual([
    'service-unavailable',
    'service-unavailable',
    'aborted',
  ]);
  for (const { message, context } of [expired, unreachable, aborted])
    expect(`${message} ${JSON.stringify(context)}`).not.toContain(secret);
});
