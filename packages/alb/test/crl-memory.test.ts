import { AddTrustStoreRevocationsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createTestCa, trustOf } from '@trustloom/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLive } from './support/live.ts';

const ca = await createTestCa({ subject: 'CN=A' });
const first = ca.issueCrl({ entries: [{ serial: 'a1' }], number: 1 });
const second = ca.issueCrl({ entries: [{ serial: 'a1' }, { serial: 'b2' }], number: 2 });
const trustWith = (crl: typeof first) => trustOf({ cas: [ca], crls: [{ issuer: ca, crl }] });

let live: Awaited<ReturnType<typeof openLive>>;
beforeEach(async () => {
  live = await openLive();
});
afterEach(() => live.close());

/**
 * Digests of the CRLs that a look finds, and how often it asked the service for the content of one.
 */
async function look() {
  const before = live.local.calls().length;
  const { content } = await live.observe();
  const asked = live.local.calls().slice(before);
  return {
    crls: content.crls.map(({ sha256 }) => sha256),
    contents: asked.filter(({ action }) => action === 'GetTrustStoreRevocationContent').length,
  };
}

test('a CRL that was added is read back once, and known from then on', async () => {
  await live.apply(trustWith(first));
  expect(await look()).toEqual({ crls: [first.sha256], contents: 0 });
  await live.apply(trustWith(second));
  expect(await look()).toEqual({ crls: [second.sha256], contents: 0 });
});

test('it is read from the store again when its file is gone', async () => {
  await live.apply(trustWith(first));
  const { s3, bucket: Bucket } = live.bucket;
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'acme/crls/' }));
  expect(Versions).toHaveLength(1);
  for (const { Key, VersionId } of Versions)
    await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  expect(await look()).toEqual({ crls: [first.sha256], contents: 1 });
});

test('what could not be read back when it was added is read at the next look', async () => {
  const heal = live.local.faults.add({
    service: 'elasticloadbalancing',
    action: 'GetTrustStoreRevocationContent',
    error: { name: 'InternalFailure', status: 500 },
    times: 100,
  });
  await live.apply(trustWith(first));
  heal();
  expect(await look()).toEqual({ crls: [first.sha256], contents: 1 });
});

test('a CRL that somebody else added is read from the store, beside one that is known', async () => {
  await live.apply(trustWith(first));
  const { s3, bucket: Bucket } = live.bucket;
  await s3.send(new PutObjectCommand({ Bucket, Key: 'by-hand.crl', Body: second.pem }));
  const [store] = live.local.state().elbv2.flatMap(({ state }) => [...state.trustStores.keys()]);
  await live.elb.send(
    new AddTrustStoreRevocationsCommand({
      TrustStoreArn: store,
      RevocationContents: [{ S3Bucket: Bucket, S3Key: 'by-hand.crl', RevocationType: 'CRL' }],
    }),
  );
  expect(await look()).toEqual({ crls: [first.sha256, second.sha256], contents: 1 });
});
