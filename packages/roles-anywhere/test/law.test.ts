import { RolesAnywhereClient } from '@aws-sdk/client-rolesanywhere';
import { createSources, createStore, createUploads, openAws } from '@trustloom/aws';
import { acceptCas, createTrustloom, definitionFromObject, emptyLock, type Lock } from '@trustloom/core';
import { startLocalAws } from '@trustloom/local-aws';
import {
  createTestClock,
  makeBucket,
  makeRolesAnywhere,
  serverlessCaBucket,
  startServerlessCa,
  type TestLeaf,
} from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { createSession } from '../src/create-session.ts';
import { rolesAnywhere } from '../src/index.ts';

const region = 'eu-west-1';
const account = '222222222222';

/** A Serverless CA, a definition that follows it, and a way to knock. */
async function openStory(unknowns: 'refuse' | 'admit') {
  const clock = createTestClock();
  const local = await startLocalAws({
    clock,
    unknowns: { rolesAnywhereExpiredCrl: unknowns, rolesAnywhereCrlDepth: unknowns },
  });
  await makeBucket({ local });
  const bucket = serverlessCaBucket();
  const { s3 } = await makeBucket({ local }, bucket);
  const ca = await startServerlessCa({ s3, bucket, clock });
  const { profileArn, roleArn } = await makeRolesAnywhere({ local });
  const { credentials } = local.clientConfig('sts', { account, region });
  const aws = openAws({
    env: {
      ...local.env,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    accounts: [{ name: account, id: account }],
    version: '0.0.0-test',
    clock,
  });
  const adapter = rolesAnywhere({
    client: (place) => aws.client(RolesAnywhereClient, 'RolesAnywhere', place),
  });
  const definition = definitionFromObject(
    {
      name: 'acme',
      record: `${account}/${region}`,
      groups: { devices: { serverlessCa: { bucket } } },
      targets: { jobs: { trust: ['devices'], rolesAnywhere: { region } } },
    },
    { env: {}, adapters: [adapter] },
  );
  let lock: Lock = emptyLock;
  const trustloom = () =>
    createTrustloom({
      definition,
      lock,
      adapters: [adapter],
      sources: createSources(aws, { baseDir: '/' }),
      uploads: createUploads(aws, { definition: 'acme' }),
      store: createStore(aws, { place: { account, region }, accountName: account, definition: 'acme' }),
      clock,
      holder: 'test',
    });
  const anchors = () => [
    ...(local
      .state()
      .rolesAnywhere.find((one) => one.account === account)
      ?.state.anchors.values() ?? []),
  ];
  return {
    ca,
    local,
    trustloom,
    anchors,
    async accept() {
      const { offers } = await trustloom().offers();
      ({ lock } = acceptCas(lock, offers, 'all', clock.now()));
    },
    /** Through every anchor, with every intermediate that the client could send: the best answer counts. */
    async statuses(leaf: TestLeaf, intermediates: readonly string[]): Promise<readonly number[]> {
      const answers = anchors().flatMap((anchor) =>
        [[], ...intermediates.map((pem) => [pem]), intermediates].map((intermediatesPem) =>
          createSession({
            endpoint: local.url,
            region,
            trustAnchorArn: anchor.arn,
            profileArn,
            roleArn,
            certificatePem: leaf.pem,
            privateKeyPem: leaf.keyPem,
            intermediatesPem,
            now: Date.now(),
          }),
        ),
      );
      return (await Promise.all(answers)).map(({ status }) => status);
    },
    async [Symbol.asyncDispose]() {
      aws.close();
      await local.close();
    },
  };
}

describe.each(['refuse', 'admit'] as const)(
  'every revoked leaf is refused, through every anchor, with every intermediate (unknowns: %s)',
  (unknowns) => {
    test('before and after the issuing CA is re-keyed', async () => {
      await using story = await openStory(unknowns);
      const { ca, trustloom, accept, statuses } = story;
      const [good, revoked] = [await ca.issue('CN=good'), await ca.issue('CN=revoked')];
      ca.revoke(revoked.serial);
      await ca.dailyRun();
      await accept();
      const first = await trustloom().apply({ approve: 'any' });
      expect(first.exitCode).toBe(0);
      const oldIssuing = ca.issuing();
      const sendable = [oldIssuing.pem, ca.root().pem];
      expect(await statuses(good, sendable)).toContain(201);
      expect(new Set(await statuses(revoked, sendable))).toEqual(new Set([403]));
      expect((await trustloom().plan()).changes).toBe(false);

      await ca.rekeyIssuing();
      const [goodNew, revokedNew] = [await ca.issue('CN=good new'), await ca.issue('CN=revoked new')];
      ca.revoke(revokedNew.serial);
      await ca.dailyRun();
      const proposed = await trustloom().plan();
      expect(proposed.news).toEqual([
        expect.objectContaining({
          news: 'propose',
          sha256: expect.any(String),
          letInOn: [],
          notOn: ['jobs'],
        }),
        expect.objectContaining({ news: 'keep', letInOn: [{ target: 'jobs', through: expect.any(String) }] }),
      ]);
      await accept();
      expect((await trustloom().apply({ approve: 'any' })).exitCode).toBe(0);

      const all = [...sendable, ca.issuing().pem];
      for (const leaf of [good, goodNew]) expect(await statuses(leaf, all)).toContain(201);
      for (const leaf of [revoked, revokedNew])
        expect(new Set(await statuses(leaf, all))).toEqual(new Set([403]));
      expect(story.anchors()).toHaveLength(2);
    });
  },
);
