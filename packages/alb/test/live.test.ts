import { CreateTrustStoreCommand, ModifyTrustStoreCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ownershipTags } from '@trustloom/core/adapter';
import { createTestCa, type TestCa, type TestCrl, type TestLeaf, trustOf } from '@trustloom/testkit';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openLive } from './support/live.ts';
import { context } from './support/scenario.ts';

interface Family {
  readonly ca: TestCa;
  readonly good: TestLeaf;
  readonly revoked: TestLeaf;
  readonly testCrl: TestCrl;
}

async function familyOf(subject: string): Promise<Family> {
  const ca = await createTestCa({ subject });
  const [good, revoked] = [await ca.issue('CN=good'), await ca.issue('CN=revoked')];
  return {
    ca,
    good,
    revoked,
    testCrl: { issuer: ca, crl: ca.issueCrl({ entries: [{ serial: revoked.serial }] }) },
  };
}

const trustIn = (...families: readonly Family[]) =>
  trustOf({
    cas: families.map(({ ca }) => ca),
    known: [a.ca, b.ca],
    crls: families.map(({ testCrl }) => testCrl),
  });

let a: Family;
let b: Family;
let live: Awaited<ReturnType<typeof openLive>>;
beforeAll(async () => {
  a = await familyOf('CN=A');
  b = await familyOf('CN=B');
});
beforeEach(async () => {
  live = await openLive();
});
afterEach(() => live.close());

describe('real clients at the listener', () => {
  test('before, and once the target holds', async () => {
    expect(await live.knock()).toBe(200);
    await live.apply(trustIn(a));
    expect(
      await Promise.all([live.knock(), live.knock(a.good), live.knock(a.revoked), live.knock(b.good)]),
    ).toEqual([0, 200, 0, 0]);
  });

  test('an apply changes nothing of a listener but its mutual authentication', async () => {
    const listener = () => {
      const all = live.local.state().elbv2.flatMap(({ state }) => [...state.listeners.values()]);
      return all.find(({ arn }) => arn === live.listenerArn);
    };
    const before = listener();
    expect(before?.sslPolicy).toBeDefined();
    await live.apply(trustIn(a));
    const { mutual, servedMutual, ...after } = listener() ?? {};
    expect([mutual?.Mode, servedMutual?.Mode]).toEqual(['verify', 'verify']);
    expect({ ...before, mutual: undefined, servedMutual: undefined }).toEqual({
      ...after,
      mutual: undefined,
      servedMutual: undefined,
    });
  });

  test('a CA that comes, then the first that goes: no step refuses a client that stays good, or admits a revoked one', async () => {
    await live.apply(trustIn(a));
    const watch = async () => {
      expect(await Promise.all([live.knock(a.revoked), live.knock(b.revoked), live.knock()])).toEqual([
        0, 0, 0,
      ]);
    };
    const grown = await live.apply(trustIn(a, b), async () => {
      await watch();
      expect(await live.knock(a.good)).toBe(200);
    });
    expect(grown.map(({ effect }) => effect)).toEqual(['tag', 'revoke', 'revoke', 'grant', 'cleanup']);
    expect(await live.knock(b.good)).toBe(200);
    await live.apply(trustIn(b), async () => {
      await watch();
      expect(await live.knock(b.good)).toBe(200);
    });
    expect(await live.knock(a.good)).toBe(0);
    expect((await live.plan(trustIn(b))).steps).toEqual([]);
  });

  test('the first CA swapped for another in one plan', async () => {
    await live.apply(trustIn(a));
    await live.apply(trustIn(b), async () => {
      expect(await Promise.all([live.knock(a.revoked), live.knock(b.revoked), live.knock()])).toEqual([
        0, 0, 0,
      ]);
    });
    expect(await Promise.all([live.knock(a.good), live.knock(b.good)])).toEqual([0, 200]);
    expect((await live.plan(trustIn(b))).steps).toEqual([]);
  });

  test('a target that leaves admits everybody again, and no store is left', async () => {
    await live.apply(trustIn(a));
    await live.apply(undefined);
    expect(await live.knock()).toBe(200);
    expect(live.local.state().elbv2.flatMap(({ state }) => [...state.trustStores.keys()])).toEqual([]);
  });
});

describe('what is observed', () => {
  test('CAs, CRLs, attachment, the bypass beside it, and where to knock', async () => {
    await live.apply(trustIn(a));
    const { content, pending } = await live.observe();
    expect(pending).toEqual([]);
    expect(content).toMatchObject({
      exists: true,
      cas: [{ sha256: a.ca.sha256, subject: 'CN=A' }],
      crls: [{ sha256: a.testCrl.crl.sha256, issuer: 'CN=A', entries: 1, inForce: true }],
      attachments: [
        {
          id: live.listenerArn,
          mode: 'verify',
          enforcing: true,
          shouldEnforce: true,
          ignoresExpiry: false,
        },
      ],
      bypasses: [
        {
          id: live.bypassArn,
          state: 'open',
          what: `HTTP port 80 of ${live.dnsName} forwards without mutual TLS`,
        },
      ],
      endpoints: [{ kind: 'tls', host: live.dnsName, port: 443 }],
      findings: [],
    });
  });

  test('a store that is not ready is pending', async () => {
    const { s3, bucket: Bucket } = live.bucket;
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a.pem', Body: a.ca.pem }));
    await live.elb.send(
      new CreateTrustStoreCommand({
        Name: 'ours',
        CaCertificatesBundleS3Bucket: Bucket,
        CaCertificatesBundleS3Key: 'a.pem',
        Tags: Object.entries(ownershipTags(context)).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    const { pending, content } = await live.look();
    expect(pending).toEqual(['trust store ours is CREATING']);
    expect(content.exists).toBe(true);
    expect((await live.observe()).pending).toEqual([]);
  });

  test('a listener that does not exist is an error', async () => {
    await live.close();
    const gone = context.accountRegion;
    const arn = `arn:aws:elasticloadbalancing:${gone.region}:${gone.account}:listener/app/gone/50dc6c495c0c9188/f2f7dc8efc522ab2`;
    live = await openLive({ listeners: [arn] });
    const { content } = await live.observe();
    expect(content.unmet).toMatchObject([{ code: 'attachment-missing', severity: 'error', about: arn }]);
  });

  test('a denied call arrives as its code', async () => {
    await live.apply(trustIn(a));
    const heal = live.local.faults.add({
      service: 'elasticloadbalancing',
      action: 'GetTrustStoreCaCertificatesBundle',
      error: { name: 'AccessDeniedException', status: 403 },
      times: 100,
    });
    await expect(live.observe()).rejects.toMatchObject({ code: 'access-denied' });
    heal();
    expect((await live.observe()).content.crls).toHaveLength(1);
  });
});

describe('changed by hand', () => {
  test('a CA that nobody named: named, and removed', async () => {
    await live.apply(trustIn(a));
    const { s3, bucket: Bucket } = live.bucket;
    await s3.send(new PutObjectCommand({ Bucket, Key: 'by-hand.pem', Body: a.ca.pem + b.ca.pem }));
    const store = live.local.state().elbv2.flatMap(({ state }) => [...state.trustStores.keys()])[0];
    await live.elb.send(
      new ModifyTrustStoreCommand({
        TrustStoreArn: store,
        CaCertificatesBundleS3Bucket: Bucket,
        CaCertificatesBundleS3Key: 'by-hand.pem',
      }),
    );
    live.local.settle();
    expect(await live.knock(b.good)).toBe(200);
    const trust = trustOf({ cas: [a.ca], crls: [a.testCrl] });
    const { steps } = await live.plan(trust);
    expect(steps).toMatchObject([
      {
        effect: 'remove',
        affects: [b.ca.sha256],
        reason: `a CA that the definition does not name is trusted: B [${b.ca.sha256.slice(0, 8)}]`,
      },
    ]);
    await live.apply(trust);
    expect(await Promise.all([live.knock(a.good), live.knock(b.good)])).toEqual([200, 0]);
  });
});
