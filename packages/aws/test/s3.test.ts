import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type Clock, openState, sha256Hex } from '@trustloom/core';
import type { LocalAws } from '@trustloom/local-aws';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createStore, createUploads } from '../src/index.ts';
import {
  accountRegion,
  apps,
  ca,
  makeBucket,
  openLocal,
  openToAll,
  putText,
  startLocalAws,
} from './world.ts';

let local: LocalAws;
beforeAll(async () => {
  local = await startLocalAws();
});
beforeEach(() => local.reset());
afterAll(() => local.close());

const bucket = `trustloom-${apps}-eu-west-1`;
const text = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const artifact = { sha256: sha256Hex(text), kind: 'bundle', body: text } as const;
const key = `acme/bundles/${artifact.sha256}.pem`;
const noWait: Clock = { now: () => Date.now(), sleep: async () => undefined };
const uploads = () => createUploads(openLocal(local, { clock: noWait }), { definition: 'acme' });
const writes = () => local.calls().filter((call) => call.action === 'PutObject').length;
const versions = () => {
  const held =
    local
      .state()
      .s3.find((one) => one.name === bucket)
      ?.objects.get(key) ?? [];
  return held.map(({ versionId, headers }) => ({ versionId, contentType: headers.ContentType }));
};

describe('putting an artifact', () => {
  it('puts it under its digest, as text, and pins the version', async () => {
    await makeBucket(local, bucket, accountRegion);
    const location = await uploads().put(accountRegion, 'apps', artifact);
    expect(location).toEqual({ bucket, key, version: versions()[0]?.versionId });
    expect(versions()).toEqual([{ versionId: location.version, contentType: 'text/plain' }]);
    const back = await uploads().read(accountRegion, 'apps', location);
    expect(new TextDecoder().decode(back)).toBe(text);
  });

  it('puts it once', async () => {
    await makeBucket(local, bucket, accountRegion);
    const first = await uploads().put(accountRegion, 'apps', artifact);
    expect(await uploads().put(accountRegion, 'apps', artifact)).toEqual(first);
    expect(writes()).toBe(1);
  });

  it('does not use what lies under the name but does not hash to it', async () => {
    const s3 = await makeBucket(local, bucket, accountRegion);
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'another CA', ContentType: 'text/plain' }),
    );
    const location = await uploads().put(accountRegion, 'apps', artifact);
    expect(versions()).toHaveLength(2);
    expect(new TextDecoder().decode(await uploads().read(accountRegion, 'apps', location))).toBe(text);
  });

  it('uses what was put without a checksum, if it hashes to the name', async () => {
    const s3 = await makeBucket(local, bucket, accountRegion);
    const put = await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'text/plain' }),
    );
    const before = writes();
    expect((await uploads().put(accountRegion, 'apps', artifact)).version).toBe(put.VersionId);
    expect(writes()).toBe(before);
  });

  it('refuses an artifact that does not hash to its name', async () => {
    await expect(uploads().put(accountRegion, 'apps', { ...artifact, body: 'x' })).rejects.toMatchObject({
      code: 'contract-broken',
    });
    expect(local.calls()).toEqual([]);
  });

  it('sends a write once when its answer is lost, and finds it the next time', async () => {
    await makeBucket(local, bucket, accountRegion);
    local.faults.add({ service: 's3', action: 'PutObject', when: 'after', drop: true });
    await expect(uploads().put(accountRegion, 'apps', artifact)).rejects.toMatchObject({
      code: 'service-unavailable',
    });
    expect(versions()).toHaveLength(1);
    expect((await uploads().put(accountRegion, 'apps', artifact)).version).toBe(versions()[0]?.versionId);
    expect(versions()).toHaveLength(1);
  });
});

describe('the bucket', () => {
  it('must exist; the error gives the commands that make it', async () => {
    await expect(uploads().put(accountRegion, 'apps', artifact)).rejects.toMatchObject({
      code: 'bucket-missing',
      message: expect.stringMatching(
        new RegExp(
          `aws s3api create-bucket --bucket ${bucket} --region eu-west-1 --create-bucket-configuration LocationConstraint=eu-west-1\n.*put-bucket-versioning`,
        ),
      ),
    });
  });

  it('is looked at again after it was missing', async () => {
    const same = uploads();
    await expect(same.put(accountRegion, 'apps', artifact)).rejects.toMatchObject({ code: 'bucket-missing' });
    await makeBucket(local, bucket, accountRegion);
    expect((await same.put(accountRegion, 'apps', artifact)).bucket).toBe(bucket);
  });

  it('must keep versions', async () => {
    await makeBucket(local, bucket, { ...accountRegion, versioned: false });
    await expect(uploads().put(accountRegion, 'apps', artifact)).rejects.toMatchObject({
      code: 'bucket-unversioned',
      message: expect.stringContaining('aws s3api put-bucket-versioning'),
    });
    expect(writes()).toBe(0);
  });

  it.each([
    ['closed to us', false],
    ['open to all', true],
  ])('of another account is refused, %s', async (_, open) => {
    const s3 = await makeBucket(local, bucket, { account: ca, region: 'eu-west-1' });
    if (open) await openToAll(s3, bucket);
    await expect(uploads().put(accountRegion, 'apps', artifact)).rejects.toMatchObject({
      code: 'bucket-foreign-owner',
      kind: 'refused',
    });
    expect(writes()).toBe(0);
  });

  it('must lie in the region of the place', async () => {
    await makeBucket(local, bucket, { account: apps, region: 'eu-central-1' });
    await expect(uploads().put(accountRegion, 'apps', artifact)).rejects.toMatchObject({
      code: 'bucket-region',
      message: expect.stringContaining('eu-central-1'),
    });
  });

  it('that denies us is reported as a permission', async () => {
    await makeBucket(local, bucket, accountRegion);
    local.faults.add({
      service: 's3',
      action: 'GetBucketVersioning',
      times: 2,
      error: { name: 'AccessDenied', status: 403 },
    });
    await expect(uploads().put(accountRegion, 'apps', artifact)).rejects.toMatchObject({
      code: 'access-denied',
      message: expect.stringContaining('s3:GetBucketVersioning'),
    });
  });
});

describe('reading', () => {
  it('gives undefined for what is not there', async () => {
    await makeBucket(local, bucket, accountRegion);
    const read = (more: object) =>
      uploads().read(accountRegion, 'apps', { bucket, key: 'acme/none.pem', ...more });
    expect(await read({})).toBeUndefined();
    expect(await read({ bucket: 'no-such-bucket-anywhere' })).toBeUndefined();
  });

  it('reads a bucket in another region', async () => {
    const s3 = await makeBucket(local, 'elsewhere', { account: apps, region: 'eu-central-1' });
    await putText(s3, 'elsewhere', 'a.pem', 'hello');
    const bytes = await uploads().read(accountRegion, 'apps', { bucket: 'elsewhere', key: 'a.pem' });
    expect(new TextDecoder().decode(bytes)).toBe('hello');
  });
});

describe('files of ours', () => {
  const files = () => uploads().files(accountRegion, 'apps');

  it('are there or not, version by version', async () => {
    await makeBucket(local, bucket, accountRegion);
    const location = await uploads().put(accountRegion, 'apps', artifact);
    expect(await files().has(location)).toBe(true);
    await files().removeVersions([location]);
    expect(await files().has(location)).toBe(false);
    expect(versions()).toEqual([]);
    await files().removeVersions([location]);
  });

  it('that are no artifacts of this definition are never deleted', async () => {
    const s3 = await makeBucket(local, bucket, accountRegion);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'acme/trust.json', Body: '{}' }));
    const uploaded = await uploads().put(accountRegion, 'apps', artifact);
    for (const other of ['acme/trust.json', `other/bundles/${artifact.sha256}.pem`, `x/${uploaded.key}`])
      await expect(files().removeVersions([uploaded, { key: other, version: 'v' }])).rejects.toMatchObject({
        code: 'contract-broken',
      });
    expect(versions()).toHaveLength(1);
  });

  it('at names that stay are deleted only if they are what was read', async () => {
    await makeBucket(local, bucket, accountRegion);
    const name = 'authorizers/eu-west-1/api.example.com.json';
    const first = await files().put(name, 'one', { ifNoneMatch: '*' });
    if (first === 'conflict') throw new TypeError('nobody was faster');
    await files().put(name, 'two', { ifMatch: first.etag });
    expect(await files().remove(name, { ifMatch: first.etag })).toBe('conflict');
    const now = await files().get(name);
    expect(await files().remove(name, { ifMatch: now?.etag ?? '' })).toBe('removed');
    expect(await files().get(name)).toBeUndefined();
  });
});

describe('the store of the state', () => {
  const store = () =>
    createStore(openLocal(local, { clock: noWait }), {
      accountRegion,
      accountName: 'apps',
      definition: 'acme',
    });

  it('writes only over what was read', async () => {
    await makeBucket(local, bucket, accountRegion);
    expect(await store().get('trust.json')).toBeUndefined();
    const first = await store().put('trust.json', '{"a":1}', { ifNoneMatch: '*' });
    expect(await store().put('trust.json', '{"b":1}', { ifNoneMatch: '*' })).toBe('conflict');
    const read = await store().get('trust.json');
    expect(read).toEqual({ body: '{"a":1}', etag: first === 'conflict' ? '' : first.etag });
    const ifMatch = read?.etag ?? '';
    expect(await store().put('trust.json', '{"a":2}', { ifMatch })).not.toBe('conflict');
    expect(await store().put('trust.json', '{"a":3}', { ifMatch })).toBe('conflict');
    expect((await store().get('trust.json'))?.body).toBe('{"a":2}');
    expect(local.state().s3[0]?.objects.get('acme/trust.json')).toHaveLength(2);
  });

  it('finds its own write when the answer was lost', async () => {
    await makeBucket(local, bucket, accountRegion);
    local.faults.add({ service: 's3', action: 'PutObject', when: 'after', drop: true });
    const put = await store().put('trust.json', '{"a":1}', { ifNoneMatch: '*' });
    expect(put).toEqual({ etag: (await store().get('trust.json'))?.etag });
  });

  it('says so when a write did not happen', async () => {
    await makeBucket(local, bucket, accountRegion);
    local.faults.add({ service: 's3', action: 'PutObject', error: { name: 'InternalError', status: 500 } });
    await expect(store().put('trust.json', '{}', { ifNoneMatch: '*' })).rejects.toMatchObject({
      code: 'service-unavailable',
    });
  });

  it.each([
    ['ConditionalRequestConflict', 409],
    ['PreconditionFailed', 412],
  ])('takes %s for a conflict', async (name, status) => {
    await makeBucket(local, bucket, accountRegion);
    local.faults.add({ service: 's3', action: 'PutObject', error: { name, status } });
    expect(await store().put('trust.json', '{}', { ifNoneMatch: '*' })).toBe('conflict');
  });

  it('must exist, keep versions and be ours', async () => {
    await expect(store().get('trust.json')).rejects.toMatchObject({ code: 'bucket-missing' });
    const s3 = await makeBucket(local, bucket, { account: ca, region: 'eu-west-1' });
    await openToAll(s3, bucket);
    await expect(store().get('trust.json')).rejects.toMatchObject({ code: 'bucket-foreign-owner' });
  });

  it('gives the lease to one of many', async () => {
    await makeBucket(local, bucket, accountRegion);
    const holders = Array.from({ length: 4 }, (_, index) => `run-${index}`);
    const outcomes = await Promise.allSettled(
      holders.map((holder) => openState(store(), noWait).trust.acquire(holder)),
    );
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  });
});
