import {
  CreateTrustStoreCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createTestCa, makeAlb } from '@trustloom/testkit';
import { expect, test } from 'vitest';
import { account, openLocal } from './support/local.ts';
import { knockEdge } from './support/team.ts';

const region = 'eu-west-1';

/** Two load balancers, a CA with one client revoked, and a definition that names their listeners. */
async function openEdge() {
  const base = await openLocal({ regions: [region] });
  const { local, clock } = base;
  const ca = await createTestCa({ subject: 'CN=Devices', clock });
  const outsider = await createTestCa({ subject: 'CN=Outsider', clock });
  const [good, stolen] = [await ca.issue('CN=good'), await ca.issue('CN=stolen')];
  await base.write('ca.pem', ca.pem);
  await base.write('ca.crl', ca.issueCrl({ entries: [{ serial: stolen.serial }] }).der);
  const { s3, bucket } = base.bucket;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'outsider.pem', Body: outsider.pem }));
  const [one, two] = [await makeAlb({ local }, 'one'), await makeAlb({ local }, 'two')];
  const elb = new ElasticLoadBalancingV2Client(
    local.clientConfig('elasticloadbalancing', { account: account.id, region }),
  );
  return {
    local,
    one: one.listenerArn,
    two: two.listenerArn,
    clients: { good, stolen, outsider: await outsider.issue('CN=outsider') },
    open: (listeners: readonly [string, ...string[]], attach: 'managed' | 'external' = 'managed') =>
      base.open({
        groups: { devices: { from: './ca.pem', crls: ['./ca.crl'] } },
        targets: { edge: { trust: ['devices'], attach, alb: { listeners: [...listeners] } } },
      }),
    async verifyWith(ListenerArn: string, TrustStoreArn: string) {
      local.settle();
      await elb.send(
        new ModifyListenerCommand({ ListenerArn, MutualAuthentication: { Mode: 'verify', TrustStoreArn } }),
      );
      local.settle();
    },
    async anotherStore() {
      const made = await elb.send(
        new CreateTrustStoreCommand({
          Name: 'another',
          CaCertificatesBundleS3Bucket: bucket,
          CaCertificatesBundleS3Key: 'outsider.pem',
        }),
      );
      return made.TrustStores?.[0]?.TrustStoreArn ?? '';
    },
    [Symbol.asyncDispose]: () => base[Symbol.asyncDispose](),
  };
}

test('attach: external on another store: it is said that whom it admits is not known, and status and refresh exit 1', async () => {
  await using edge = await openEdge();
  const { local, one, clients } = edge;
  await using trustloom = await edge.open([one], 'external');
  await trustloom.accept('all');
  await trustloom.apply({ approve: 'any' });
  // Nobody attached it yet.
  expect(await knockEdge(local, one)).toBe('in');
  const { now, after } = await trustloom.plan();
  const kinds = ({ exposure }: typeof now) =>
    exposure.flatMap(({ kind }) => (kind === 'bypass' ? [] : [kind]));
  expect([kinds(now), kinds(after)]).toEqual([['anybody'], ['anybody']]);
  expect((await trustloom.refresh()).exitCode).toBe(1);
  await edge.verifyWith(one, await edge.anotherStore());
  expect([await knockEdge(local, one, clients.outsider), await knockEdge(local, one, clients.good)]).toEqual([
    'in',
    'refused',
  ]);
  const status = await trustloom.status();
  expect([kinds(status.admission), status.exitCode]).toEqual([['unknown'], 1]);
  const line = expect.stringMatching(
    /^edge: whose clients are admitted.*is not known \(.*truststore\/another/,
  );
  expect(status.problems).toContainEqual(line);
  const refresh = await trustloom.refresh();
  expect([refresh.exitCode, refresh.problems]).toEqual([1, [line]]);
  const { arn } = [...local.state().elbv2.flatMap(({ state }) => [...state.trustStores.values()])].find(
    ({ name }) => name !== 'another',
  ) ?? { arn: '' };
  await edge.verifyWith(one, arn);
  expect(kinds((await trustloom.status()).admission)).toEqual([]);
  expect((await trustloom.refresh()).exitCode).toBe(0);
});

test('a listener taken out of the list of a target that stays: it is named, goes on to refuse the revoked, and is not opened', async () => {
  await using edge = await openEdge();
  const { local, one, two, clients } = edge;
  {
    await using both = await edge.open([one, two]);
    await both.accept('all');
    expect((await both.apply({ approve: 'any', allow: ['enforce:edge'] })).exitCode).toBe(0);
  }
  await using trustloom = await edge.open([one]);
  const report = await trustloom.apply({ approve: 'any' });
  expect(report.findings).toContainEqual(
    expect.objectContaining({ code: 'attachment-unnamed', about: two, target: 'edge' }),
  );
  expect(report.calls).toBe(0);
  local.settle();
  expect([await knockEdge(local, two, clients.good), await knockEdge(local, two, clients.stolen)]).toEqual([
    'in',
    'refused',
  ]);
});
