import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '@trustloom/local-aws';
import {
  createTestClock,
  makeBucket,
  makeCloudFront,
  serverlessCaBucket,
  startServerlessCa,
} from '@trustloom/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenedTrustloom, openTrustloom } from '../src/open.ts';
import { account } from './support/team.ts';

const place = { account: account.id, region: 'us-east-1' };
const clock = createTestClock();
let local: LocalAws;
let trustloom: OpenedTrustloom;
let folder: string;

beforeAll(async () => {
  local = await startLocalAws({ accounts: [account], clock });
  await makeBucket({ local, ...place });
  const bucket = serverlessCaBucket();
  const { s3 } = await makeBucket({ local, ...place }, bucket);
  await startServerlessCa({ s3, bucket, clock });
  const { distributionId } = await makeCloudFront({ local, ...place });
  folder = await mkdtemp(join(tmpdir(), 'trustloom-ocsp-'));
  trustloom = await openTrustloom(
    {
      name: 'acme',
      record: `${account.id}/us-east-1`,
      groups: { devices: { serverlessCa: { bucket } } },
      targets: {
        web: {
          trust: ['devices'],
          account: account.id,
          cloudfront: { distributions: [distributionId], ocsp: true },
        },
      },
    },
    { env: { ...local.env, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: local.url }, cwd: folder, clock },
  );
  await trustloom.accept('all');
}, 60_000);

afterAll(async () => {
  await trustloom.close();
  await local.close();
  await rm(folder, { recursive: true, force: true });
});

test('OCSP on a store that follows a Serverless CA is an error in check and plan, and nothing is written', async () => {
  const refusal = {
    code: 'ocsp-no-url',
    severity: 'error',
    target: 'web',
    thing: 'devices',
    message: expect.stringContaining('CloudFront would refuse them all'),
  };
  expect((await trustloom.check()).findings).toContainEqual(expect.objectContaining(refusal));
  const plan = await trustloom.plan();
  expect(plan.findings).toContainEqual(expect.objectContaining(refusal));
  expect(plan.blocked).toBe(true);
  expect((await trustloom.apply({ approve: 'any', allow: ['enforce:web'] })).calls).toBe(0);
  const again = await trustloom.plan();
  expect(again.targets[0]?.holds?.exists).toBe(false);
});
