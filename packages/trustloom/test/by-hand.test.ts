import {
  CreateTrustStoreCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyTrustStoreCommand,
  RemoveTrustStoreRevocationsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  EnableTrustAnchorCommand,
  RolesAnywhereClient,
  UpdateTrustAnchorCommand,
} from '@aws-sdk/client-rolesanywhere';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  albEdits,
  createTestCa,
  makeBucket,
  rolesAnywhereEdits,
  type TestCa,
  type TestLeaf,
} from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { followCa } from './support/history.ts';
import { account } from './support/local.ts';
import { putCrl } from './support/publish.ts';
import { knockEdge, openTeam } from './support/team.ts';

const region = 'eu-west-1';

/** A team in sync with one client revoked, clients that try, and what Trustloom says of them. */
async function openEdited(unknowns?: 'refuse' | 'admit') {
  const team = await openTeam(unknowns === undefined ? {} : { unknowns });
  const history = followCa(team);
  const [good, stolen] = [await team.ca.issue('CN=good'), await team.ca.issue('CN=stolen')];
  history.revoke(stolen);
  team.clock.advance(60_000);
  await history.run();
  expect((await team.begin()).exitCode).toBe(0);
  const outsider = await createTestCa({ subject: 'CN=Outsider' });
  const stage = { local: team.local, clock: team.clock, accountRegion: { account: account.id, region } };
  const where = { local: team.local, account: account.id, region };
  const { s3, bucket } = await makeBucket(where, 'somebody-else');
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'ca.pem', Body: outsider.pem }));
  const config = (service: 'elasticloadbalancing' | 'rolesanywhere') =>
    team.local.clientConfig(service, { account: account.id, region });
  const clients: Readonly<Record<string, TestLeaf>> = {
    good,
    stolen,
    outsider: await outsider.issue('CN=outsider'),
  };
  const only = (admission: {
    exposure: readonly { kind: string; text: string }[];
    lockout: readonly string[];
  }) => ({
    edge: said(admission, 'edge'),
    jobs: said(admission, 'jobs'),
  });
  return {
    team,
    history,
    outsider,
    clients,
    elb: new ElasticLoadBalancingV2Client(config('elasticloadbalancing')),
    rolesAnywhere: new RolesAnywhereClient(config('rolesanywhere')),
    bundle: { CaCertificatesBundleS3Bucket: bucket, CaCertificatesBundleS3Key: 'ca.pem' },
    edits: { ...albEdits(stage, team.environment.edge.listenerArn), ...rolesAnywhereEdits(stage) },
    /** Who is admitted at a target. */
    async admitted(target: 'edge' | 'jobs'): Promise<readonly string[]> {
      team.local.settle();
      const names: string[] = [];
      for (const [name, leaf] of Object.entries(clients))
        if ((await team.knock(leaf))[target] === 'in') names.push(name);
      const nobody =
        target === 'edge' ? await knockEdge(team.local, team.environment.edge.listenerArn) : 'refused';
      return nobody === 'in' ? [...names, 'anybody'] : names;
    },
    /** What plan, status and refresh say of the two. */
    async reports() {
      const { now } = await team.trustloom.plan();
      const status = await team.trustloom.status();
      return { plan: only(now), status, problems: status.problems };
    },
    [Symbol.asyncDispose]: () => team[Symbol.asyncDispose](),
  };
}

type Edited = Awaited<ReturnType<typeof openEdited>>;

function said(
  { exposure, lockout }: { exposure: readonly { kind: string; text: string }[]; lockout: readonly string[] },
  target: string,
) {
  const of = (text: string) => text.startsWith(`${target}: `);
  return {
    exposed: exposure.filter(({ kind, text }) => kind !== 'bypass' && of(text)).map(({ kind }) => kind),
    locked: lockout.filter(of).length,
  };
}

const storeOf = ({ team }: Edited) => {
  const [state] = team.local.state().elbv2.filter(({ state: { listeners } }) => listeners.size > 0);
  return state?.state.listeners.get(team.environment.edge.listenerArn)?.mutual?.TrustStoreArn;
};
const crlIds = ({ team }: Edited) =>
  team.local
    .state()
    .elbv2.flatMap(({ state }) => [...state.trustStores.values()])
    .flatMap(({ revocations }) => revocations.map(({ id }) => id));
const anchorOf = ({ team }: Edited) =>
  team.local.state().rolesAnywhere.flatMap(({ state }) => [...state.anchors.values()])[0]?.id;
const source = ({ pem }: TestCa) =>
  ({ sourceType: 'CERTIFICATE_BUNDLE', sourceData: { x509CertificateData: pem } }) as const;

/** What somebody does by hand, who is then admitted, and what has to be said of it. */
interface Case {
  readonly target: 'edge' | 'jobs';
  readonly edit: (edited: Edited) => Promise<unknown>;
  readonly admitted: readonly string[];
  readonly exposed: readonly string[];
  readonly locked: number;
  /** Of trust a refresh says nothing; revocation it fixes, or it says why that keeps nobody out. */
  readonly refresh: 'fixes it' | 'says so' | 'is not asked';
}

const cases: Readonly<Record<string, Case>> = {
  'ALB: a bundle replaced by hand': {
    target: 'edge',
    edit: async (edited) =>
      edited.elb.send(new ModifyTrustStoreCommand({ TrustStoreArn: storeOf(edited), ...edited.bundle })),
    admitted: ['outsider'],
    exposed: ['untrusted'],
    locked: 1,
    refresh: 'is not asked',
  },
  'ALB: a CRL detached': {
    target: 'edge',
    edit: (edited) =>
      edited.elb.send(
        new RemoveTrustStoreRevocationsCommand({
          TrustStoreArn: storeOf(edited),
          RevocationIds: crlIds(edited),
        }),
      ),
    admitted: ['good', 'stolen'],
    exposed: ['revoked'],
    locked: 0,
    refresh: 'fixes it',
  },
  'ALB: mode off by hand': {
    target: 'edge',
    edit: ({ edits }) =>
      edits['client authentication is switched off']?.() ?? Promise.reject(new Error('no such edit')),
    admitted: ['good', 'stolen', 'outsider', 'anybody'],
    exposed: ['anybody'],
    locked: 0,
    refresh: 'says so',
  },
  'ALB: a listener on another store': {
    target: 'edge',
    edit: async ({ elb, bundle, team }) => {
      const made = await elb.send(new CreateTrustStoreCommand({ Name: 'another', ...bundle }));
      team.local.settle();
      await elb.send(
        new ModifyListenerCommand({
          ListenerArn: team.environment.edge.listenerArn,
          MutualAuthentication: { Mode: 'verify', TrustStoreArn: made.TrustStores?.[0]?.TrustStoreArn },
        }),
      );
    },
    admitted: ['outsider'],
    exposed: ['unknown'],
    locked: 0,
    refresh: 'says so',
  },
  "Roles Anywhere: an anchor's certificate source changed by hand": {
    target: 'jobs',
    edit: async (edited) =>
      edited.rolesAnywhere.send(
        new UpdateTrustAnchorCommand({ trustAnchorId: anchorOf(edited), source: source(edited.outsider) }),
      ),
    admitted: ['outsider'],
    exposed: ['untrusted'],
    locked: 1,
    refresh: 'is not asked',
  },
  'Roles Anywhere: an anchor disabled by hand': {
    target: 'jobs',
    edit: ({ edits }) => edits['an anchor is disabled']?.() ?? Promise.reject(new Error('no such edit')),
    admitted: [],
    exposed: [],
    locked: 1,
    refresh: 'is not asked',
  },
  'Roles Anywhere: a CRL disabled by hand': {
    target: 'jobs',
    edit: ({ edits }) => edits['a CRL is disabled']?.() ?? Promise.reject(new Error('no such edit')),
    admitted: ['good', 'stolen'],
    exposed: ['revoked'],
    locked: 0,
    refresh: 'fixes it',
  },
  'Roles Anywhere: a CRL deleted by hand': {
    target: 'jobs',
    edit: ({ edits }) => edits['a CRL is deleted']?.() ?? Promise.reject(new Error('no such edit')),
    admitted: ['good', 'stolen'],
    exposed: ['revoked'],
    locked: 0,
    refresh: 'fixes it',
  },
};

describe('what was changed by hand: who is admitted, and what is said of it', () => {
  test.each(Object.entries(cases))(
    '%s',
    async (_name, { target, edit, admitted, exposed, locked, refresh }) => {
      await using edited = await openEdited();
      expect(await edited.admitted(target)).toEqual(['good']);
      const before = await edited.reports();
      expect(before.plan[target]).toEqual({ exposed: [], locked: 0 });
      await edit(edited);
      expect(await edited.admitted(target)).toEqual(admitted);
      const { plan, status } = await edited.reports();
      expect(plan[target]).toEqual({ exposed, locked });
      expect(said(status.admission, target)).toEqual({ exposed, locked });
      expect(status.exitCode).toBe(1);
      expect(status.problems.filter((text) => !text.includes('around mutual TLS'))).toContainEqual(
        expect.stringMatching(`^${target}: `),
      );
      if (refresh === 'is not asked') return;
      const report = await edited.team.trustloom.refresh();
      const stands = report.problems.some((text) => text.startsWith(`${target}: `));
      if (refresh === 'says so') expect([report.exitCode, stands]).toEqual([1, true]);
      else {
        expect([report.exitCode, stands]).toEqual([0, false]);
        expect(await edited.admitted(target)).toEqual(['good']);
      }
    },
  );
});

describe('the same of what came about in time', () => {
  test('an anchor enabled by hand that a revocation disabled', async () => {
    await using edited = await openEdited();
    const { team } = edited;
    const issuing = team.ca.issuing();
    const crl = team.ca.root().issueCrl({
      number: 1_000_000_000_000,
      entries: [{ serial: issuing.serial }],
      thisUpdate: team.clock.now(),
      nextUpdate: team.clock.now() + 86_400_000,
    });
    await putCrl(team, 'root', crl);
    expect((await team.trustloom.refresh()).targets.find(({ name }) => name === 'jobs')?.done).toMatchObject([
      { effect: 'revoke', summary: expect.stringContaining('disable trust anchor') },
    ]);
    expect(await edited.admitted('jobs')).toEqual([]);
    expect((await edited.reports()).plan.jobs.exposed).toEqual([]);
    await edited.rolesAnywhere.send(new EnableTrustAnchorCommand({ trustAnchorId: anchorOf(edited) }));
    expect(await edited.admitted('jobs')).toEqual(['good']);
    const { plan, status } = await edited.reports();
    expect(plan.jobs).toEqual({ exposed: ['revoked'], locked: 0 });
    expect(status.problems).toContainEqual(expect.stringMatching(/^jobs: .*its issuer revoked it/));
  });

  test.each(['refuse', 'admit'] as const)('an expired CRL in force, read as %s', async (reading) => {
    await using edited = await openEdited(reading);
    edited.team.clock.advance(3 * 86_400_000);
    const good = reading === 'admit' ? ['good'] : [];
    expect([await edited.admitted('edge'), await edited.admitted('jobs')]).toEqual([good, good]);
    const { status } = await edited.reports();
    expect(status.exitCode).not.toBe(0);
    for (const target of ['edge', 'jobs'])
      expect(status.problems).toContainEqual(
        expect.stringMatching(
          `^${target}: CRL of .*: .*unknown whether the service then refuses good clients`,
        ),
      );
  });

  test('a CA removed by hand whose CRL still stands', async () => {
    await using edited = await openEdited();
    await edited.elb.send(new ModifyTrustStoreCommand({ TrustStoreArn: storeOf(edited), ...edited.bundle }));
    expect(await edited.admitted('edge')).toEqual(['outsider']);
    const { status } = await edited.reports();
    const edge = status.targets.find(({ name }) => name === 'edge');
    expect(edge?.content?.crls.some(({ issuer }) => issuer.includes('Issuing'))).toBe(true);
    expect(status.admission.lockout).toContainEqual(
      expect.stringMatching(/^edge: clients of Serverless Issuing CA .* find no complete chain/),
    );
  });
});
