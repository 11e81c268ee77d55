import { makeBucket, makeCloudFront, serverlessCaBucket, startServerlessCa } from '@trustloom/testkit';
import { expect, test } from 'vitest';
import { account, openLocal } from './support/local.ts';

test('OCSP on a store that follows a Serverless CA is an error in check and plan, and nothing is written', async () => {
  await using base = await openLocal({ regions: ['us-east-1'] });
  const { local, clock } = base;
  const bucket = serverlessCaBucket();
  const { s3 } = await makeBucket({ local, region: 'us-east-1' }, bucket);
  await startServerlessCa({ s3, bucket, clock });
  const { distributionId } = await makeCloudFront({ local });
  await using trustloom = await base.open({
    groups: { devices: { serverlessCa: { bucket } } },
    targets: {
      web: {
        trust: ['devices'],
        account: account.id,
        cloudfront: { distributions: [distributionId], ocsp: true },
      },
    },
  });
  await trustloom.accept('all');
  const refusal = {
    code: 'ocsp-no-url',
    severity: 'error',
    target: 'web',
    about: 'devices',
    message: expect.stringContaining('CloudFront would refuse them all'),
  };
  expect((await trustloom.check()).findings).toContainEqual(expect.objectContaining(refusal));
  const plan = await trustloom.plan();
  expect(plan.findings).toContainEqual(expect.objectContaining(refusal));
  expect(plan.blocked).toBe(true);
  expect((await trustloom.apply({ approve: 'any', allow: ['enforce:web'] })).calls).toBe(0);
  const again = await trustloom.plan();
  expect(again.targets[0]?.content?.exists).toBe(false);
});
