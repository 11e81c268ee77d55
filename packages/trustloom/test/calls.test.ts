import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { isJsonObject, type JsonObject } from '@trustloom/core';
import { createTestCa, makeAlb, makeApiGateway, makeCloudFront } from '@trustloom/testkit';
import { expect, test } from 'vitest';
import { account, openLocal } from './support/local.ts';

const region = 'eu-west-1';

/**
 * A definition with so many targets of each service in one account and region, on a local AWS that
 * counts calls.
 */
async function openMany(each: number) {
  const base = await openLocal({ regions: [region, 'us-east-1'] });
  const { local, clock } = base;
  const { s3, bucket: Bucket } = base.bucket;
  const ca = await createTestCa({ subject: 'CN=Devices', clock });
  await base.write('ca.pem', ca.pem);
  await base.write('ca.crl', ca.issueCrl({ entries: [{ serial: 'a1' }] }).der);
  const common = { trust: ['devices'], account: account.id };
  const targets: Record<string, object> = {};
  for (let index = 0; index < each; index += 1) {
    const { distributionId } = await makeCloudFront({ local }, `web-${index}`);
    const { listenerArn } = await makeAlb({ local }, `edge-${index}`);
    const api = index % 2 === 0 ? 'rest' : 'http';
    const { domain } = await makeApiGateway({ local }, `api-${index}.example.com`, api);
    targets[`web-${index}`] = { ...common, cloudfront: { distributions: [distributionId] } };
    targets[`edge-${index}`] = { trust: ['devices'], alb: { listeners: [listenerArn] } };
    targets[`api-${index}`] = { ...common, apiGateway: { region, domain, api } };
    targets[`jobs-${index}`] = { ...common, rolesAnywhere: { region } };
  }
  const groups = { devices: { from: './ca.pem', crls: ['./ca.crl'] } };
  const trustloom = await base.open(JSON.parse(JSON.stringify({ groups, targets })));
  return {
    trustloom,
    async begin() {
      await trustloom.accept('all');
      const { missing } = await trustloom.plan();
      expect((await trustloom.apply({ approve: 'any', allow: missing })).exitCode).toBe(0);
    },
    async isInSync() {
      expect((await trustloom.plan()).changes).toBe(false);
    },
    /** Calls of some work but those to STS, counted by action. */
    async calls(work: () => Promise<unknown>) {
      const before = local.calls().length;
      await work();
      const counts: Record<string, number> = {};
      for (const { service, action } of local.calls().slice(before))
        if (service !== 'sts') counts[action] = (counts[action] ?? 0) + 1;
      return counts;
    },
    /** Changes an object of the state by hand. */
    async edit(name: string, change: (state: JsonObject) => JsonObject) {
      const Key = `acme/${name}`;
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const state = JSON.parse((await Body?.transformToString()) ?? '');
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(change(state)) }));
    },
    async [Symbol.asyncDispose]() {
      await trustloom.close();
      await base[Symbol.asyncDispose]();
    },
  };
}

test('a plan without changes: lists once for all targets, and of each what no list tells', async () => {
  const each = 3;
  await using many = await openMany(each);
  await many.begin();
  const counts = await many.calls(many.isInSync);
  expect(counts).toEqual({
    // What the design counts: the lists, and of each store what it holds or is marked with.
    ListTrustStores: 1,
    ListTagsForResource: each,
    DescribeTrustStores: 1,
    DescribeTags: 1,
    DescribeTrustStoreAssociations: each,
    DescribeTrustStoreRevocations: each,
    GetTrustStoreCaCertificatesBundle: each,
    // HTTP and REST domains belong to two APIs.
    GetDomainNames: 2,
    ListTrustAnchors: 1,
    ListCrls: 1,
    // Attachments and bypasses: docs/decisions/calls-of-a-plan.md says why.
    ListDistributions: 1,
    DescribeLoadBalancers: 1,
    DescribeListeners: each,
    GetBasePathMappings: each,
    GetApiMappings: each,
    GetApis: 1,
    GetRestApis: 1,
    // What refuses the revoked on CloudFront.
    ListConnectionFunctions: 2,
    GetConnectionFunction: each,
    ListKeyValueStores: 1,
    DescribeKeyValueStore: each,
    ListKeys: each,
    // trust.json twice and revocation.json; what was uploaded: the bundle for CloudFront, that for
    // API Gateway, and the list for ALB; and of each domain what may be published for an authorizer.
    GetObject: 3 + 3 + each,
    GetBucketVersioning: each,
  });
});

test('what the state does not know is looked at: the ownership tags of what was made, and the CRLs that were added', async () => {
  await using many = await openMany(1);
  const first = await many.calls(() => many.trustloom.plan());
  // Nothing asks for certificates yet, and what a list does not tell in full is asked for itself.
  expect(first).toMatchObject({
    ListDistributions: 1,
    GetDistribution: 1,
    GetDomainNames: 1,
    GetDomainName: 1,
  });
  await many.begin();
  const known = await many.calls(many.isInSync);
  expect([known.ListTagsForResource, known.GetTrustStoreRevocationContent]).toEqual([1, undefined]);
  await many.edit('trust.json', (state) => withoutNotes(state, 'targets', /^owner:/));
  await many.edit('revocation.json', ({ notes: _, ...rest }) => rest);
  const lost = await many.calls(many.isInSync);
  // Besides its trust store the function and the keys on CloudFront, and the anchor and its CRL.
  expect([lost.ListTagsForResource, lost.GetTrustStoreRevocationContent]).toEqual([5, 1]);
});

/** The state without some notes of each target. */
function withoutNotes(state: JsonObject, key: string, which: RegExp): JsonObject {
  const targets = Object.entries(isJsonObject(state[key]) ? state[key] : {}).map(([name, target]) => {
    const notes = isJsonObject(target) && isJsonObject(target.notes) ? target.notes : {};
    const left = Object.entries(notes).filter(([note]) => !which.test(note));
    return [name, { ...(isJsonObject(target) ? target : {}), notes: Object.fromEntries(left) }] as const;
  });
  return { ...state, [key]: Object.fromEntries(targets) };
}
