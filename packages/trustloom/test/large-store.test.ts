import { DeleteObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import type { LocalAws } from '@trustloom/local-aws';
import { cloudFrontEdits } from '@trustloom/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { edge, shown } from '../../cloudfront/test/support/edge.ts';
import type { OpenedTrustloom } from '../src/open.ts';
import { account } from './support/local.ts';
import { openWeb } from './support/web.ts';

/** Serials of sixteen bytes that look random and are the same in every run. */
const serialAt = (n: number) => (BigInt(n + 1) * 0x9e3779b97f4a7c15f39cc0605cedc835n).toString(16).slice(-32);
const revoked = Array.from({ length: 100_000 }, (_, n) => serialAt(n)).map((serial) => ({ serial }));
const accountRegion = { account: account.id, region: 'us-east-1' };

let web: Awaited<ReturnType<typeof openWeb>>;
let local: LocalAws;
let trustloom: OpenedTrustloom;
let edits: ReturnType<typeof cloudFrontEdits>;

beforeAll(async () => {
  web = await openWeb();
  ({ local } = web);
  edits = cloudFrontEdits({ local, clock: web.clock, accountRegion }, web.distributionId);
  await web.publish(revoked);
  trustloom = await web.open({ revocation: 'compact' });
  await trustloom.accept('all');
  expect((await trustloom.apply({ approve: 'any', allow: ['enforce:web'] })).exitCode).toBe(0);
});

afterAll(async () => {
  await trustloom.close();
  await web[Symbol.asyncDispose]();
});

/** Calls of some work that ask for what the store holds or write it, counted. */
async function callsOf(work: () => Promise<{ readonly exitCode?: number }>): Promise<Record<string, number>> {
  const before = local.calls().length;
  const { exitCode = 0 } = await work();
  expect(exitCode).toBe(0);
  const counts: Record<string, number> = {};
  for (const { service, action } of local.calls().slice(before))
    if (service === 'cloudfront-keyvaluestore') counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

const refresh = () => callsOf(() => trustloom.refresh());
const revoke = (serial: string, onEvent: (event: { readonly type: string }) => void = () => undefined) =>
  callsOf(() => trustloom.revoke({ serials: [serial], by: 'ann', why: 'lost' }, { onEvent }));
const urgent = (n: number) => serialAt(revoked.length + n);
const emptyABucket = async () => {
  const edit = edits['a bucket of the KeyValueStore is emptied'];
  if (edit === undefined) throw new TypeError('no such edit');
  await edit();
};
/**
 * How many of some thousand revoked serials, of each bucket some, the live function admits. What a
 * bucket lost may be put back into it or above it, as it fits: only what it says counts.
 */
async function admitted(): Promise<number> {
  const [state] = local.state().cloudfront.map((one) => one.state);
  const [live] = [...(state?.connectionFunctions.values() ?? [])].map((one) => one.live);
  const [store] = [...(state?.keyValueStores.values() ?? [])];
  const code = new TextDecoder().decode(live?.code);
  const at = edge(code, new Map(store?.items), web.clock.now());
  let count = 0;
  for (const { serial } of revoked.slice(0, 20_000))
    if (await at.admits([shown(serial)], 'CN=Acme Devices')) count += 1;
  return count;
}

/** 1,465 items, 50 a page. */
const readBack = { ListKeys: 30 };

test('a store that was just made is read back; from our first write on, its ETag is all that is asked for', async () => {
  expect(await refresh()).toEqual({ DescribeKeyValueStore: 1, ...readBack });
  // Each run looks twice: before it plans, and at what it did.
  expect(await revoke(urgent(0))).toEqual({ DescribeKeyValueStore: 2, UpdateKeys: 1, ...readBack });
  expect(await refresh()).toEqual({ DescribeKeyValueStore: 1 });
  expect(await revoke(urgent(1))).toEqual({ DescribeKeyValueStore: 2, UpdateKeys: 1 });
  expect(await refresh()).toEqual({ DescribeKeyValueStore: 1 });
});

test('what somebody changed by hand is read back and fixed, once', async () => {
  expect(await admitted()).toBe(0);
  await emptyABucket();
  expect(await admitted()).toBeGreaterThan(0);
  expect(await refresh()).toEqual({ DescribeKeyValueStore: 2, UpdateKeys: 1, ...readBack });
  expect(await admitted()).toBe(0);
  expect(await refresh()).toEqual({ DescribeKeyValueStore: 1 });
});

test('after a lost answer the store is read back until it is written again', async () => {
  local.faults.add({ service: 'cloudfront-keyvaluestore', action: 'UpdateKeys', when: 'after', drop: true });
  const { UpdateKeys, ListKeys = 0 } = await revoke(urgent(2));
  expect([UpdateKeys, ListKeys]).toEqual([1, 2 * readBack.ListKeys]);
  expect(await refresh()).toEqual({ DescribeKeyValueStore: 1, ...readBack });
  await revoke(urgent(3));
  expect(await refresh()).toEqual({ DescribeKeyValueStore: 1 });
});

test('a change by hand in the middle of a run is fixed by the same run, and the copy is that of the last write', async () => {
  let edit: Promise<void> | undefined;
  await revoke(urgent(4), ({ type }) => {
    if (type === 'upload') edit ??= emptyABucket();
  });
  await edit;
  expect(await admitted()).toBe(0);
  expect(await refresh()).toEqual({ DescribeKeyValueStore: 1 });
});

/** Versions of the files that key value stores were made from and copied to. */
const filesThere = async () => {
  const Bucket = `trustloom-${account.id}-us-east-1`;
  const s3 = new S3Client({ ...local.clientConfig('s3', accountRegion), forcePathStyle: true });
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'acme/entries/' }));
  const remove = () =>
    Promise.all(
      Versions.map(({ Key, VersionId }) => s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }))),
    );
  return { count: Versions.length, remove };
};

test('copies that nothing reads any more are deleted by an apply once they are many; the newest stays', async () => {
  for (let n = 5; n < 11; n += 1) await revoke(urgent(n));
  const before = await trustloom.plan();
  const [step, ...more] = before.targets.flatMap(({ steps }) => steps);
  expect([step?.effect, step?.action, more]).toEqual(['cleanup', 's3:DeleteObjectVersion', []]);
  expect((await trustloom.status()).drift).toBe(false);
  const copies = Number(/^delete (\d+) copies/.exec(step?.summary ?? '')?.[1]);
  const { count } = await filesThere();
  expect((await trustloom.apply({ approve: before.digest })).calls).toBe(1);
  expect([copies >= 10, (await filesThere()).count]).toEqual([true, count - copies]);
  expect((await trustloom.plan()).changes).toBe(false);
  expect(await refresh()).toEqual({ DescribeKeyValueStore: 1 });
  await revoke(urgent(15));
  expect((await trustloom.plan()).changes).toBe(false);
});

test('a copy that is gone is missed by nobody: the store is read back', async () => {
  const { count, remove } = await filesThere();
  expect(count).toBeGreaterThan(1);
  await remove();
  expect(await refresh()).toEqual({ DescribeKeyValueStore: 1, ...readBack });
});

test('a target that leaves takes its copies along', async () => {
  await revoke(urgent(16));
  expect((await filesThere()).count).toBe(1);
  await using without = await web.open(undefined);
  const report = await without.apply({ approve: 'any', allow: ['relax:web', 'remove:web'] });
  expect([report.exitCode, report.targets[0]?.state]).toEqual([0, 'removed']);
  expect((await filesThere()).count).toBe(0);
});
