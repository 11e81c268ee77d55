import {
  CreateListenerCommand,
  CreateTrustStoreCommand,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ownershipTags, type Trust } from '@trustloom/core/adapter';
import { createTestCa, type TestCa, trustOf } from '@trustloom/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { openLive } from './support/live.ts';
import { context, planOf, storeOf } from './support/scenario.ts';

let ca: TestCa;
let trust: Trust;
beforeAll(async () => {
  ca = await createTestCa({ subject: 'CN=A' });
  const crl = ca.issueCrl({ entries: [{ serial: '1001' }] });
  trust = trustOf({ cas: [ca], crls: [{ issuer: ca, crl }] });
});

type Live = Awaited<ReturnType<typeof openLive>>;

/** A second HTTPS listener of the load balancer. */
async function addListener({ elb, listenerArn }: Live): Promise<string> {
  const { region, account } = context.accountRegion;
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: listenerArn.replace(':listener/', ':loadbalancer/').replace(/\/[0-9a-f]+$/, ''),
      Port: 8443,
      Protocol: 'HTTPS',
      DefaultActions: [
        {
          Type: 'forward',
          TargetGroupArn: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/app/73e2d6bc24d8a067`,
        },
      ],
      Certificates: [
        {
          CertificateArn: `arn:aws:acm:${region}:${account}:certificate/7f0e1a52-0c0b-4f7e-9a53-1d3c5b7a9e01`,
        },
      ],
    }),
  );
  return Listeners?.[0]?.ListenerArn ?? '';
}

/** A trust store with these tags. */
async function addStore({ elb, bucket, local }: Live, tags: Readonly<Record<string, string>>) {
  await bucket.s3.send(new PutObjectCommand({ Bucket: bucket.bucket, Key: 'a.pem', Body: ca.pem }));
  const { TrustStores } = await elb.send(
    new CreateTrustStoreCommand({
      Name: 'theirs',
      CaCertificatesBundleS3Bucket: bucket.bucket,
      CaCertificatesBundleS3Key: 'a.pem',
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  local.settle();
  return TrustStores?.[0]?.TrustStoreArn ?? '';
}

const verifyWith = ({ elb }: Live, ListenerArn: string, TrustStoreArn: string) =>
  elb.send(
    new ModifyListenerCommand({ ListenerArn, MutualAuthentication: { Mode: 'verify', TrustStoreArn } }),
  );

const storeUsedBy = ({ local }: Live, arn: string) =>
  local
    .state()
    .elbv2.flatMap(({ state }) => state.listeners.get(arn)?.mutual?.TrustStoreArn ?? [])
    .at(0) ?? '';

describe('a listener that uses our store and is not named', () => {
  test('dropped from the list while the target stays: it is named, stays enforced, and is not touched', async () => {
    await using live = await openLive();
    await live.apply(trust);
    const dropped = await addListener(live);
    await verifyWith(live, dropped, storeUsedBy(live, live.listenerArn));
    const { rendered, plan } = await live.observe(trust);
    expect(rendered.rendering).toBeDefined();
    const { steps, findings } = plan(Date.now());
    expect(steps).toEqual([]);
    expect(findings).toMatchObject([{ code: 'attachment-unnamed', severity: 'warning', about: dropped }]);
  });

  test('a target that leaves keeps its store for it, and is not forgotten', async () => {
    await using live = await openLive();
    await live.apply(trust);
    const dropped = await addListener(live);
    const store = storeUsedBy(live, live.listenerArn);
    await verifyWith(live, dropped, store);
    const done = await live.apply(undefined);
    expect(done.map(({ effect, id }) => [effect, id])).toEqual([['relax', `detach:${live.listenerArn}`]]);
    const { steps, findings, stays } = (await live.observe()).planTeardown(Date.now());
    expect([steps, stays]).toEqual([[], true]);
    expect(findings).toMatchObject([{ code: 'attachment-unnamed', about: dropped }]);
    await live.elb.send(
      new ModifyListenerCommand({ ListenerArn: dropped, MutualAuthentication: { Mode: 'off' } }),
    );
    live.local.settle();
    expect((await live.apply(undefined)).map(({ effect }) => effect)).toEqual(['remove']);
  });

  test('an external attachment of a target that leaves keeps it from being forgotten, too', async () => {
    const store = storeOf([ca]);
    const plan = planOf(undefined, { stores: [store], terms: { attach: 'external' } });
    expect([plan.codes, plan.stays]).toEqual([['attachment-external warning'], true]);
  });
});

describe('what carries the ownership tags of somebody else', () => {
  const others = {
    'another definition': ownershipTags({ ...context, definition: 'another' }),
    'another definition of the same name': {
      ...ownershipTags(context),
      'trustloom:id': '00000000-0000-4000-8000-000000000000',
    },
    'another target': ownershipTags({ ...context, id: 'other' }),
  };

  test.each(Object.entries(others))('a store of %s is never adopted', async (whose, tags) => {
    await using probe = await openLive();
    const arn = await addStore(probe, tags);
    const live = probe.as({ trustStore: arn }, { definitionId: 'ours' });
    const { content, plan } = await live.observe(trust);
    if (whose === 'another definition of the same name')
      expect(content.unmet?.[0]?.message).toContain('belongs to target edge of definition acme');
    expect(content.unmet).toMatchObject([{ code: 'owned-by-another', severity: 'error', about: arn }]);
    expect(plan(Date.now())).toMatchObject({ steps: [], findings: [] });
  });

  test('a listener on the store of another definition is not taken from it', async () => {
    await using live = await openLive();
    const arn = await addStore(live, others['another definition']);
    await verifyWith(live, live.listenerArn, arn);
    expect((await live.observe(trust)).content.unmet).toMatchObject([
      { code: 'owned-by-another', about: live.listenerArn },
    ]);
  });

  test('a listener moves from one target of a definition to another', async () => {
    await using live = await openLive();
    const arn = await addStore(live, others['another target']);
    await verifyWith(live, live.listenerArn, arn);
    expect((await live.observe(trust)).content.unmet).toEqual([]);
  });
});
