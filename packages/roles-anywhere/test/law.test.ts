import {
  CreateTrustAnchorCommand,
  DisableCrlCommand,
  ImportCrlCommand,
  RolesAnywhereClient,
} from '@aws-sdk/client-rolesanywhere';
import { createSources, createStore, createUploads, openAws, serviceAccess } from '@trustloom/aws';
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
import { rolesAnywhere } from '../src/index.ts';
import { createSession } from '../src/port/create-session.ts';

const region = 'eu-west-1';
const account = '222222222222';

/** A Serverless CA, a definition that follows it, and a way to knock. */
async function openScenario(unknowns: 'refuse' | 'admit') {
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
  const accessTo = serviceAccess(aws);
  let afterWrite: (() => Promise<void>) | undefined;
  const access: typeof accessTo = (accountRegion, accountName) => ({
    ...accessTo(accountRegion, accountName),
    client(Class, serviceId) {
      const client = accessTo(accountRegion, accountName).client(Class, serviceId);
      if (client instanceof RolesAnywhereClient)
        client.middlewareStack.add(
          (next, { commandName = '' }) =>
            async (args) => {
              const answer = await next(args);
              if (!commandName.startsWith('List')) await afterWrite?.();
              return answer;
            },
          { step: 'initialize', name: 'afterWrite', override: true },
        );
      return client;
    },
  });
  const definition = definitionFromObject(
    {
      name: 'acme',
      state: `${account}/${region}`,
      groups: { devices: { serverlessCa: { bucket } } },
      targets: { jobs: { trust: ['devices'], rolesAnywhere: { region } } },
    },
    { env: {}, services: [rolesAnywhere] },
  );
  let lock: Lock = emptyLock;
  const trustloom = () =>
    createTrustloom({
      definition,
      lock,
      services: [rolesAnywhere],
      access,
      sources: createSources(aws, { baseDir: '/' }),
      uploads: createUploads(aws, { definition: 'acme' }),
      store: createStore(aws, {
        accountRegion: { account, region },
        accountName: account,
        definition: 'acme',
      }),
      clock,
      holder: 'test',
    });
  const anchors = () => [
    ...(local
      .state()
      .rolesAnywhere.find((one) => one.account === account)
      ?.state.anchors.values() ?? []),
  ];
  const crls = () => [
    ...(local
      .state()
      .rolesAnywhere.find((one) => one.account === account)
      ?.state.crls.values() ?? []),
  ];
  return {
    ca,
    clock,
    trustloom,
    anchors,
    client: new RolesAnywhereClient(local.clientConfig('rolesanywhere', { account, region })),
    /**
     * Done after each single write of the adapter, while whoever wrote still waits for the answer.
     */
    afterEachWrite(look: () => Promise<void>) {
      afterWrite = look;
    },
    async accept() {
      const { offers } = await trustloom().offers();
      ({ lock } = acceptCas(lock, offers, 'all', clock.now()));
    },
    /** The CRL that stands on the first anchor. */
    crlPem: () => Buffer.from(crls()[0]?.crlData ?? []).toString(),
    ownCrl: () => crls()[0]?.id,
    /**
     * Through every anchor, with every intermediate that the client could send: the best answer
     * counts.
     */
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

/** Who asks and what they could send along. */
interface Knock {
  readonly good: readonly TestLeaf[];
  readonly revoked: readonly TestLeaf[];
  readonly sendable: readonly string[];
}

type Scenario = Awaited<ReturnType<typeof openScenario>>;

/** The law: no anchor admits a revoked client, whatever it sends. */
async function refusesRevoked({ statuses }: Scenario, { revoked, sendable }: Omit<Knock, 'good'>) {
  for (const leaf of revoked) expect(await statuses(leaf, sendable)).not.toContain(201);
}

async function admitsGood({ statuses }: Scenario, { good, sendable }: Omit<Knock, 'revoked'>) {
  for (const leaf of good) expect(await statuses(leaf, sendable)).toContain(201);
}

/** One client good, one revoked by the issuing CA of now. */
async function issueTwo({ ca }: Scenario, name: string) {
  const [good, revoked] = [await ca.issue(`CN=good ${name}`), await ca.issue(`CN=revoked ${name}`)];
  ca.revoke(revoked.serial);
  await ca.dailyRun();
  return { good: [good], revoked: [revoked], sendable: [ca.issuing().pem, ca.root().pem] };
}

async function applied({ trustloom }: Scenario, allow: readonly string[] = []) {
  return (await trustloom().apply({ approve: 'any', allow })).exitCode;
}

describe.each(['refuse', 'admit'] as const)(
  'every revoked leaf is refused, through every anchor, with every intermediate (unknowns: %s)',
  (unknowns) => {
    test('before and after the issuing CA is re-keyed, and after each single write', async () => {
      await using scenario = await openScenario(unknowns);
      const { ca, trustloom, accept } = scenario;
      const first = await issueTwo(scenario, 'old');
      await accept();
      scenario.afterEachWrite(() => refusesRevoked(scenario, first));
      expect(await applied(scenario)).toBe(0);
      await admitsGood(scenario, first);
      await refusesRevoked(scenario, first);
      expect((await trustloom().plan()).changes).toBe(false);

      await ca.rekeyIssuing();
      const second = await issueTwo(scenario, 'new');
      expect((await trustloom().plan()).caChanges).toEqual([
        expect.objectContaining({ change: 'propose', admittedOn: [], notOn: ['jobs'] }),
        expect.objectContaining({
          change: 'keep',
          admittedOn: [{ target: 'jobs', through: expect.any(String) }],
        }),
      ]);
      const all: Knock = {
        good: [...first.good, ...second.good],
        revoked: [...first.revoked, ...second.revoked],
        sendable: [...first.sendable, ...second.sendable],
      };
      await accept();
      scenario.afterEachWrite(async () => {
        await refusesRevoked(scenario, all);
        await admitsGood(scenario, first);
      });
      expect(await applied(scenario)).toBe(0);
      await admitsGood(scenario, all);
      await refusesRevoked(scenario, all);
      expect(scenario.anchors()).toHaveLength(2);
    });

    test('when its CRL was expired from the start: nobody is trusted before there is a new one', async () => {
      await using scenario = await openScenario(unknowns);
      const knock = await issueTwo(scenario, 'one');
      await scenario.accept();
      scenario.clock.advance(2 * 86_400_000);
      scenario.afterEachWrite(() => refusesRevoked(scenario, knock));
      expect(await applied(scenario)).toBe(1);
      expect(scenario.anchors().filter(({ enabled }) => enabled)).toEqual([]);
      await scenario.ca.dailyRun();
      expect(await applied(scenario)).toBe(0);
      await admitsGood(scenario, knock);
      await refusesRevoked(scenario, knock);
    });

    test('when the CRL was disabled and the anchor had got a double by hand: fixed, and refused on the way', async () => {
      await using scenario = await openScenario(unknowns);
      const knock = await issueTwo(scenario, 'one');
      await scenario.accept();
      expect(await applied(scenario)).toBe(0);
      const [anchor] = scenario.anchors();
      const { client } = scenario;
      // As a create whose answer was lost would leave it, and somebody who tidied up in between.
      const { trustAnchor } = await client.send(
        new CreateTrustAnchorCommand({
          name: anchor?.name,
          enabled: true,
          source: {
            sourceType: 'CERTIFICATE_BUNDLE',
            sourceData: { x509CertificateData: anchor?.source.x509CertificateData ?? '' },
          },
          tags: [...(anchor?.tags ?? [])].map(([key, value]) => ({ key, value })),
        }),
      );
      await client.send(
        new ImportCrlCommand({
          name: 'theirs',
          enabled: true,
          trustAnchorArn: trustAnchor?.trustAnchorArn,
          crlData: Buffer.from(scenario.crlPem()),
        }),
      );
      await client.send(new DisableCrlCommand({ crlId: scenario.ownCrl() }));
      expect(await applied(scenario)).toBe(3);
      await admitsGood(scenario, knock);
      await refusesRevoked(scenario, knock);
      const other = (await scenario.trustloom().plan()).missing;
      expect(other).toEqual([expect.stringMatching(/^adopt:/)]);
      scenario.afterEachWrite(() => refusesRevoked(scenario, knock));
      await applied(scenario, other);
      expect(scenario.anchors().map(({ id }) => id)).toEqual([anchor?.id]);
      expect((await scenario.trustloom().plan()).changes).toBe(false);
    });
  },
);
