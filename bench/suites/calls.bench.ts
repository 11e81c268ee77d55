/**
 * Calls and the time that the services' own rates take: counted by the local AWS, on its clock,
 * with its rate limiter on.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Call, type LocalAws, RATES, startLocalAws } from '@trustloom/local-aws';
import {
  createTestCa,
  makeAlb,
  makeApiGateway,
  makeBucket,
  makeCloudFront,
  type TestClock,
} from '@trustloom/testkit';
import { type OpenedTrustloom, openTrustloom } from 'trustloom';
import type { Effort, Measured, Suite } from '../lib/measured.ts';
import { createQuietClock } from '../lib/quiet-clock.ts';

const account = {
  id: '222222222222',
  accessKeyId: 'AKIALOCALAWS22222222',
  secretAccessKey: 'local-aws-222222222222',
};
const region = 'eu-west-1';
/** CRLs that the design counts: one serves all targets of a place, and pages go on. */
const crls =
  /^(ListTrustStores|ListTrustAnchors|ListCrls|DescribeTrustStores|DescribeTags|GetDomainNames|ListObjectsV2)$/;
/**
 * Reads that the design counts: the mark of a CloudFront store, the CRLs and the bundle of one of
 * ALB.
 */
const reads = /^(ListTagsForResource|DescribeTrustStoreRevocations|GetTrustStoreCaCertificatesBundle)$/;
/**
 * Further CRLs, and what is read besides: `docs/decisions/calls-of-a-plan.md` says of each why.
 */
const furtherCrls =
  /^(ListDistributions|ListConnectionFunctions|ListKeyValueStores|DescribeLoadBalancers|GetApis|GetRestApis)$/;
/** The state and the sources: the same for any number of targets. */
const own = new Set(['s3', 'sts']);

async function measure({ quick }: Effort): Promise<readonly Measured[]> {
  const each = quick ? 4 : 20;
  const clock = createQuietClock();
  await using local = await startLocalAws({ accounts: [account], clock, rates: true });
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-calls-'));
  try {
    const trustloom = await openMany(local, clock, folder, each);
    const figures = await countAll(trustloom, local, clock, each);
    await trustloom.close();
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function countAll(
  trustloom: OpenedTrustloom,
  local: LocalAws,
  clock: TestClock,
  each: number,
): Promise<readonly Measured[]> {
  await trustloom.accept('all');
  const { missing } = await trustloom.plan();
  const applied = await during(local, clock, () => trustloom.apply({ approve: 'any', allow: missing }));
  if (applied.result.exitCode !== 0) throw new Error(`apply ended with ${applied.result.exitCode}`);
  clock.advance(600_000);
  const idle = await during(local, clock, () => trustloom.plan());
  if (idle.result.changes) throw new Error('the plan after apply is not empty');
  clock.advance(600_000);
  const refreshed = await during(local, clock, () => trustloom.refresh());
  const asked = idle.calls.filter(({ service }) => !own.has(service));
  const askedFor = (which: RegExp) => asked.filter(({ action }) => which.test(action));
  const further = asked.filter(
    ({ action }) => ![crls, reads, furtherCrls].some((which) => which.test(action)),
  );
  const throttled = [...applied.calls, ...idle.calls].filter(({ error }) =>
    /thrott|toomany/i.test(error ?? ''),
  );
  const bound = boundOf(applied.calls);
  return [
    {
      id: 'calls/apply-bound',
      value: applied.seconds / Math.max(1, bound),
      note: `${Math.round(applied.seconds)} s of the service's own ${Math.round(bound)} s, ${each} targets of each service`,
    },
    {
      id: 'calls/throttled',
      value: throttled.length,
      note: [...new Set(throttled.map(({ action }) => action))].join(', '),
    },
    { id: 'calls/noop-lists', value: askedFor(crls).length, note: countsOf(askedFor(crls)) },
    { id: 'calls/noop-reads', value: askedFor(reads).length / each, note: countsOf(askedFor(reads)) },
    {
      id: 'calls/noop-further-lists',
      value: askedFor(furtherCrls).length,
      note: countsOf(askedFor(furtherCrls)),
    },
    { id: 'calls/noop-further-reads', value: further.length / each, note: countsOf(further) },
    { id: 'calls/noop-seconds', value: idle.seconds, note: 'on the services clock' },
    {
      id: 'calls/refresh-writes',
      value: refreshed.calls.filter(
        ({ action }) => !/^(Get|List|Describe|Head|Export|AssumeRole)/.test(action),
      ).length,
      note: 'without news',
    },
  ];
}

/** Does some work; gives its calls, and the seconds that passed on the clock. */
async function during<T>(local: LocalAws, clock: TestClock, work: () => Promise<T>) {
  const [first, start] = [local.calls().length, clock.now()];
  const result = await work();
  return { result, calls: local.calls().slice(first), seconds: (clock.now() - start) / 1000 };
}

/** The shortest time in which these calls can be made, by every token bucket that they draw on. */
function boundOf(calls: readonly Call[]): number {
  const seconds = RATES.map((row) => {
    const drawn = calls.filter(
      ({ service, action }) =>
        row.service === service && (row.actions === 'all' || row.actions.includes(action)),
    );
    return Math.max(0, drawn.length - row.burst) / row.perSecond;
  });
  return Math.max(0, ...seconds);
}

function countsOf(calls: readonly Call[]): string {
  const counts = new Map<string, number>();
  for (const { action } of calls) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([action, count]) => `${action} ${count}`)
    .join(', ');
}

/** A definition with so many targets of each service, in one account and region. */
async function openMany(
  local: LocalAws,
  clock: TestClock,
  folder: string,
  each: number,
): Promise<OpenedTrustloom> {
  await makeBucket({ local });
  await makeBucket({ local, region: 'us-east-1' });
  const ca = await createTestCa({ subject: 'CN=Bench', clock });
  await writeFile(join(folder, 'ca.pem'), ca.pem);
  const nextUpdate = clock.now() + 7 * 86_400_000;
  await writeFile(join(folder, 'ca.crl'), ca.issueCrl({ entries: [{ serial: 'a1' }], nextUpdate }).der);
  const common = { trust: ['devices'], account: account.id };
  const targets: Record<string, object> = {};
  for (let index = 0; index < each; index += 1) {
    // What a team made over months is not made against the rates.
    clock.advance(600_000);
    const { distributionId } = await makeCloudFront({ local }, `web-${index}`);
    const { listenerArn } = await makeAlb({ local }, `edge-${index}`);
    const { domain } = await makeApiGateway({ local }, `api-${index}.example.com`);
    targets[`web-${index}`] = { ...common, cloudfront: { distributions: [distributionId] } };
    targets[`edge-${index}`] = { trust: ['devices'], alb: { listeners: [listenerArn] } };
    targets[`api-${index}`] = { ...common, apiGateway: { region, domain, api: 'http' } };
    targets[`jobs-${index}`] = { ...common, rolesAnywhere: { region } };
  }
  clock.advance(600_000);
  const definition = {
    name: 'bench',
    state: `${account.id}/${region}`,
    groups: { devices: { from: './ca.pem', crls: ['./ca.crl'] } },
    targets,
  };
  return openTrustloom(JSON.parse(JSON.stringify(definition)), {
    env: { ...local.env, AWS_REGION: region },
    cwd: folder,
    clock,
  });
}

/** Calls against the services' own rates. */
export const calls: Suite = { name: 'calls', measure };
