import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCertificate } from '@trustloom/core';
import { startLocalAws } from '@trustloom/local-aws';
import { createTestCa, makeAlb, makeBucket } from '@trustloom/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenedTrustloom, openTrustloom } from '../src/open.ts';

const account = {
  id: '222222222222',
  accessKeyId: 'AKIALOCALAWS22222222',
  secretAccessKey: 'local-aws-222222222222',
};
const root = await createTestCa({ subject: 'CN=Acme Root,O=Acme' });
const other = await createTestCa({ subject: 'CN=Other Root,O=Acme' });
const leaf = readCertificate((await root.issue('CN=device')).der);
/** A publisher of CRLs: answers, or once `silent`, takes the request and says nothing more. */
let silent: (() => void) | undefined;
const publisher = createServer((_request, response) => {
  if (silent === undefined) response.end(root.issueCrl({ entries: [] }).der);
  else silent();
});
let local: Awaited<ReturnType<typeof startLocalAws>>;
let folder: string;
let trustloom: OpenedTrustloom;

beforeAll(async () => {
  local = await startLocalAws({ accounts: [account] });
  await makeBucket({ local });
  const { listenerArn } = await makeAlb({ local });
  await new Promise<void>((resolve) => publisher.listen(0, '127.0.0.1', resolve));
  const crl = `http://127.0.0.1:${(publisher.address() as AddressInfo).port}/ca.crl`;
  folder = await mkdtemp(join(tmpdir(), 'trustloom-abort-'));
  await writeFile(join(folder, 'ca.pem'), root.pem);
  const definition = {
    name: 'acme',
    state: `${account.id}/eu-west-1`,
    groups: { devices: { from: './ca.pem', crls: [crl] } },
    targets: { edge: { trust: ['devices'], alb: { listeners: [listenerArn] } } },
  };
  trustloom = await openTrustloom(definition, { env: local.env, cwd: folder });
  await trustloom.accept('all');
  await trustloom.apply({ approve: 'any', allow: ['enforce:edge'] });
});

afterAll(async () => {
  publisher.closeAllConnections();
  publisher.close();
  await trustloom.close();
  await local.close();
  await rm(folder, { recursive: true });
});

const denial = { certificates: [leaf], by: 'ann', why: 'lost' };
const calls: Readonly<Record<string, (options: { signal: AbortSignal }) => Promise<unknown>>> = {
  offers: (options) => trustloom.offers(options),
  check: (options) => trustloom.check(options),
  accept: (options) => trustloom.accept('all', options),
  retire: (options) => trustloom.retire(other.sha256, options),
  plan: (options) => trustloom.plan(options),
  apply: (options) => trustloom.apply({ ...options, approve: 'any' }),
  refresh: (options) => trustloom.refresh(options),
  status: (options) => trustloom.status(options),
  explain: (options) => trustloom.explain(leaf, options),
  revoke: (options) => trustloom.revoke(denial, options),
  unrevoke: (options) => trustloom.unrevoke(denial, options),
  probe: (options) => trustloom.probe([], options),
};

describe.each(Object.entries(calls))('%s stops by its signal', (_name, call) => {
  const reason = new Error('enough');

  test('that was aborted before: nothing is asked', async () => {
    const before = local.calls().length;
    await expect(call({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(local.calls().length).toBe(before);
  });

  test('that is aborted while a source keeps it waiting, and writes nothing', async () => {
    const lock = await readFile(trustloom.lockFile, 'utf8');
    const writes = () => local.calls().filter(({ action }) => /^(Put|Create|Modify)/.test(action)).length;
    const before = writes();
    const abort = new AbortController();
    silent = () => abort.abort(reason);
    try {
      await expect(call({ signal: abort.signal })).rejects.toBe(reason);
    } finally {
      silent = undefined;
    }
    expect(await readFile(trustloom.lockFile, 'utf8')).toBe(lock);
    expect(writes()).toBe(before);
  });
});
