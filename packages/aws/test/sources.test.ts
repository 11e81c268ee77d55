import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address } from '@trustloom/core';
import type { LocalAws } from '@trustloom/local-aws';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSources, type Fetch, sourceLimits } from '../src/index.ts';
import { apps, ca, makeBucket, openLocal, putText, startLocalAws } from './world.ts';

let local: LocalAws;
let web: { url: string; close(): Promise<unknown> };
const dir = mkdtempSync(join(tmpdir(), 'trustloom-sources-'));
const pages: Record<string, (response: ServerResponse) => unknown> = {
  '/list.crl': (response) => response.writeHead(200).end('a CRL'),
  '/there': (response) => response.writeHead(302, { location: '/list.crl' }).end(),
  '/loop': (response) => response.writeHead(301, { location: '/loop' }).end(),
  '/secret': (response) => response.writeHead(403).end('<html>no</html>'),
  '/huge': (response) =>
    response.writeHead(200, { 'content-length': String(sourceLimits.crl + 1) }).end(Buffer.alloc(10)),
};

beforeAll(async () => {
  local = await startLocalAws();
  const server = createServer((request, response) => {
    const page = pages[new URL(request.url ?? '/', 'http://x').pathname];
    if (page === undefined) response.writeHead(404).end('<html>not here</html>');
    else page(response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  web = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
});
beforeEach(() => local.reset());
afterAll(async () => {
  await local.close();
  await web.close();
  rmSync(dir, { recursive: true });
});

const sources = (more: { fetch?: Fetch } = {}) => createSources(openLocal(local), { baseDir: dir, ...more });
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const at = (kind: Address['kind'], address: string): Address => ({ kind, text: address });

describe('a file', () => {
  it('is relative to the definition', async () => {
    writeFileSync(join(dir, 'ca.pem'), 'a bundle');
    const got = await sources().fetch(at('file', './ca.pem'), 'bundle');
    expect({ ...got, bytes: text(got.bytes) }).toEqual({ bytes: 'a bundle', from: './ca.pem' });
  });

  it.each([
    ['./none.pem', 'file-not-found'],
    ['./ca.pem/deeper', 'file-not-found'],
    ['./folder', 'source-unreachable'],
    ['./huge.pem', 'source-too-large'],
  ])('%s is %s, named as it was written', async (path, code) => {
    mkdirSync(join(dir, 'folder'), { recursive: true });
    writeFileSync(join(dir, 'ca.pem'), 'a bundle');
    writeFileSync(join(dir, 'huge.pem'), Buffer.alloc(sourceLimits.bundle + 1));
    const error = await sources()
      .fetch(at('file', path), 'bundle')
      .catch((seen: unknown) => seen);
    expect(error).toMatchObject({ code, message: expect.stringContaining(path) });
    expect(String(error)).not.toContain(dir);
  });
});

describe('an S3 object', () => {
  it('is read with the role of the account, in the region of its bucket, and its version is named', async () => {
    const s3 = await makeBucket(local, 'ca-external', { account: ca, region: 'eu-central-1' });
    const put = await putText(s3, 'ca-external', 'dir/bundle.pem', 'the CAs');
    const got = await sources().fetch(at('s3', 's3://ca-external/dir/bundle.pem'), 'bundle', 'ca');
    expect(text(got.bytes)).toBe('the CAs');
    expect(got.version).toBe(put.VersionId);
    expect(got.from).toBe(`s3://ca-external/dir/bundle.pem@${put.VersionId}`);
  });

  it('that another account keeps is denied without its role', async () => {
    const s3 = await makeBucket(local, 'ca-external', { account: ca, region: 'us-east-1' });
    await putText(s3, 'ca-external', 'bundle.pem', 'the CAs');
    await expect(
      sources().fetch(at('s3', 's3://ca-external/bundle.pem'), 'bundle', 'apps'),
    ).rejects.toMatchObject({ code: 'source-denied', message: expect.stringContaining('s3:GetObject') });
  });

  it.each([
    ['s3://ca-external/none.pem', 'source-unreachable'],
    ['s3://no-such-bucket/none.pem', 'source-unreachable'],
    ['s3://ca-external', 'source-scheme'],
    ['s3:///x', 'source-scheme'],
  ])('%s is %s', async (address, code) => {
    await makeBucket(local, 'ca-external', { account: apps, region: 'us-east-1' });
    await expect(sources().fetch(at('s3', address), 'bundle', 'apps')).rejects.toMatchObject({
      code,
      message: expect.stringContaining(address),
    });
  });

  it('has a limit', async () => {
    const s3 = await makeBucket(local, 'ca-external', { account: apps, region: 'us-east-1' });
    await putText(s3, 'ca-external', 'big', 'x'.repeat(sourceLimits.bundle + 1));
    await expect(sources().fetch(at('s3', 's3://ca-external/big'), 'bundle')).rejects.toMatchObject({
      code: 'source-too-large',
    });
  });
});

describe('a web address', () => {
  it('gives a CRL by http, also after a redirect', async () => {
    const got = await sources().fetch(at('http', `${web.url}/there`), 'crl');
    expect(text(got.bytes)).toBe('a CRL');
    expect(got.from).toBe(`${web.url}/there`);
  });

  it.each([
    ['/none', 'source-unreachable', /HTTP 404/],
    ['/secret', 'source-denied', /HTTP 403/],
    ['/huge', 'source-too-large', /larger than/],
    ['/loop', 'source-unreachable', /redirects/],
  ])('%s is %s', async (path, code, message) => {
    const error = await sources()
      .fetch(at('http', `${web.url}${path}?token=s3cret`), 'crl')
      .catch((seen: unknown) => seen);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(String(error)).not.toMatch(/s3cret|html/);
  });

  it('gives a bundle by https alone, also after redirects', async () => {
    await expect(sources().fetch(at('http', `${web.url}/list.crl`), 'bundle')).rejects.toMatchObject({
      code: 'source-scheme',
    });
    const asked: string[] = [];
    const fetch: Fetch = async (url) => {
      asked.push(String(url));
      return new Response(null, { status: 302, headers: { location: `${web.url}/list.crl` } });
    };
    await expect(
      sources({ fetch }).fetch(at('https', 'https://ca.example/bundle.pem'), 'bundle'),
    ).rejects.toMatchObject({ code: 'source-scheme' });
    expect(asked).toEqual(['https://ca.example/bundle.pem']);
  });

  it('names why it is out of reach', async () => {
    await expect(sources().fetch(at('http', 'http://127.0.0.1:9/list.crl'), 'crl')).rejects.toMatchObject({
      code: 'source-unreachable',
    });
  });

  it('stops when it is aborted', async () => {
    await expect(
      sources().fetch(at('http', `${web.url}/list.crl`), 'crl', undefined, AbortSignal.abort()),
    ).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('an inventory', () => {
  const https = at('https', 'https://ca.example/issued.txt');

  it.each([
    ['file', './issued.txt', undefined],
    ['https', 'https://ca.example/issued.txt', { 'content-length': String(sourceLimits.inventory + 1) }],
    ['https', 'https://ca.example/issued.txt', {}],
  ] as const)('has a limit: %s %s', async (kind, address, headers) => {
    writeFileSync(join(dir, 'issued.txt'), '');
    truncateSync(join(dir, 'issued.txt'), sourceLimits.inventory + 1);
    const piece = new Uint8Array(1024 * 1024);
    let sent = 0;
    const body = () =>
      new ReadableStream<Uint8Array>({
        pull(to) {
          sent += 1;
          to.enqueue(piece);
        },
      });
    const fetch: Fetch = async () => new Response(body(), { headers: headers ?? {} });
    await expect(sources({ fetch }).fetch(at(kind, address), 'inventory')).rejects.toMatchObject({
      code: 'source-too-large',
      context: { maxBytes: sourceLimits.inventory },
    });
    // An endless answer is not read to its end, and one that says its size is not read at all.
    expect(sent * piece.length).toBeLessThan(sourceLimits.inventory + 4 * piece.length);
  });

  it('may be larger than a CRL', () => {
    expect(sourceLimits.inventory).toBeGreaterThan(sourceLimits.crl);
  });

  it('comes by https alone, also after redirects', async () => {
    await expect(sources().fetch(at('http', `${web.url}/list.crl`), 'inventory')).rejects.toMatchObject({
      code: 'source-scheme',
      message: expect.stringContaining('use https://'),
    });
    const fetch: Fetch = async () =>
      new Response(null, { status: 302, headers: { location: `${web.url}/list.crl` } });
    await expect(sources({ fetch }).fetch(https, 'inventory')).rejects.toMatchObject({
      code: 'source-scheme',
    });
  });

  it('in S3 is fetched again only when it has changed, for each role by itself', async () => {
    const s3 = await makeBucket(local, 'ca-issued', { account: ca, region: 'us-east-1' });
    await putText(s3, 'ca-issued', 'issued.txt', 'a1');
    const from = sources();
    const issued = async (account = 'ca') =>
      text((await from.fetch(at('s3', 's3://ca-issued/issued.txt'), 'inventory', account)).bytes);
    const statuses = () =>
      local
        .calls()
        .filter(({ action }) => action === 'GetObject')
        .map(({ status }) => status);
    expect([await issued(), await issued()]).toEqual(['a1', 'a1']);
    expect(statuses()).toEqual([200, 304]);
    await putText(s3, 'ca-issued', 'issued.txt', 'a1\nb2');
    expect([await issued(), await issued()]).toEqual(['a1\nb2', 'a1\nb2']);
    expect(statuses()).toEqual([200, 304, 200, 304]);
    await expect(issued('apps')).rejects.toMatchObject({ code: 'source-denied' });
  });

  it('on the web is fetched again only when it has changed, and each time where there is no ETag', async () => {
    let [tag, body]: [string | undefined, string] = ['"1"', 'a1'];
    const asked: (string | null)[] = [];
    const fetch: Fetch = async (_, init) => {
      const before = new Headers(init?.headers).get('if-none-match');
      asked.push(before);
      if (before !== null && before === tag) return new Response(null, { status: 304 });
      return new Response(body, { headers: tag === undefined ? {} : { etag: tag } });
    };
    const from = sources({ fetch });
    const issued = async () => text((await from.fetch(https, 'inventory')).bytes);
    expect([await issued(), await issued()]).toEqual(['a1', 'a1']);
    [tag, body] = ['"2"', 'b2'];
    expect([await issued(), await issued()]).toEqual(['b2', 'b2']);
    [tag, body] = [undefined, 'c3'];
    expect([await issued(), await issued()]).toEqual(['c3', 'c3']);
    expect(asked).toEqual([null, '"1"', '"1"', '"2"', '"2"', '"2"']);
  });
});
