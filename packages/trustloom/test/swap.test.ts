import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalAws } from '@trustloom/local-aws';
import { createTestCa, createTestClock, makeBucket, makeCloudFront } from '@trustloom/testkit';
import { expect, test } from 'vitest';
import { openTrustloom } from '../src/open.ts';
import { account, knockEdge } from './support/team.ts';
import { watchWrites } from './support/watched.ts';

test('a new key value store is not put in force while a refresh knows of more than what is in it', async () => {
  const clock = createTestClock();
  const local = await startLocalAws({ accounts: [account], clock });
  const watched = await watchWrites(local);
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-swap-'));
  try {
    await makeBucket({ local, account: account.id, region: 'us-east-1' });
    const { distributionId } = await makeCloudFront({ local, account: account.id });
    const ca = await createTestCa({ subject: 'CN=Acme Devices', key: 'P-256', clock });
    const [good, old, stolen] = [
      await ca.issue('CN=good'),
      await ca.issue('CN=old'),
      await ca.issue('CN=stolen'),
    ];
    const publish = (number: number, revoked: readonly { readonly serial: string }[]) =>
      writeFile(join(folder, 'list.crl'), ca.issueCrl({ number, entries: revoked }).der);
    await writeFile(join(folder, 'ca.pem'), ca.pem);
    await publish(1, [old]);
    const open = (revocation: 'exact' | 'compact', url: string) =>
      openTrustloom(
        {
          name: 'acme',
          record: `${account.id}/us-east-1`,
          groups: { devices: { from: './ca.pem', crls: ['./list.crl'] } },
          targets: {
            web: {
              trust: ['devices'],
              account: account.id,
              cloudfront: { distributions: [distributionId], revocation },
            },
          },
        },
        { env: { ...local.env, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: url }, cwd: folder, clock },
      );
    const knock = async () => {
      local.settle();
      const resource = local.edges().find(({ hosts }) => hosts.length > 0)?.resource ?? '';
      return Promise.all([good, old, stolen].map((leaf) => knockEdge(local, resource, leaf)));
    };
    const stores = () => local.state().cloudfront.flatMap(({ state }) => [...state.keyValueStores.values()]);
    await using first = await open('exact', local.url);
    await first.accept('all');
    expect((await first.apply({ approve: 'any', allow: ['enforce:web'] })).exitCode).toBe(0);
    expect(await knock()).toEqual(['in', 'refused', 'in']);

    await using next = await open('compact', watched.url);
    let told = false;
    watched.look = async (action) => {
      if (told || action !== 'CreateKeyValueStore') return;
      told = true;
      clock.advance(60_000);
      await publish(2, [old, stolen]);
      await using other = await open('compact', local.url);
      expect((await other.refresh()).exitCode).toBe(0);
      expect(await knock()).toEqual(['in', 'refused', 'refused']);
    };
    const report = await next.apply({ approve: 'any' });
    expect([told, report.exitCode, report.targets[0]?.state]).toEqual([true, 1, 'waits']);
    expect(report.targets[0]?.remaining.map(({ id, leftOut }) => [id, leftOut])).toContainEqual([
      'update-function',
      'outdated',
    ]);
    expect(await knock()).toEqual(['in', 'refused', 'refused']);
    expect(stores().length).toBe(2);

    expect((await next.apply({ approve: 'any' })).exitCode).toBe(0);
    expect(await knock()).toEqual(['in', 'refused', 'refused']);
    expect(stores().length).toBe(1);
  } finally {
    await watched[Symbol.asyncDispose]();
    await local.close();
    await rm(folder, { recursive: true, force: true });
  }
});
