import { createSession } from '@trustloom/roles-anywhere/create-session';
import { expect, test } from 'vitest';
import { followCa } from './support/history.ts';
import { everywhere, openTeam, type Team } from './support/team.ts';

const minute = 60_000;
const reads = /^(Get|List|Describe|Export)/;
const refused = everywhere('refused');

/** Calls of some work, counted: `service action`. */
async function callsOf({ local }: Team, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = local.calls().length;
  await work();
  const counts: Record<string, number> = {};
  for (const { service, action } of local.calls().slice(before)) {
    const name = `${service} ${action}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test('a refresh without news writes nothing, and reads no more than it must', async () => {
  await using team = await openTeam();
  expect((await team.begin()).exitCode).toBe(0);
  team.clock.advance(minute);
  const counts = await callsOf(team, () => team.trustloom.refresh());
  expect(Object.keys(counts).filter((name) => !reads.test(name.split(' ')[1] ?? ''))).toEqual([]);
  expect(counts).toEqual({
    // Bundle, two CRLs, revocation.json, and trust.json: once for what left the definition, once
    // for what was applied; for the domain its truststore, and what its authorizer reads; for the
    // load balancer its two CRLs, as they were uploaded.
    's3 GetObject': 11,
    's3 GetBucketVersioning': 1,
    // One of each for all targets of a place.
    'elasticloadbalancing DescribeTrustStores': 1,
    'elasticloadbalancing DescribeTags': 1,
    'elasticloadbalancing DescribeLoadBalancers': 1,
    'cloudfront ListTrustStores': 1,
    'cloudfront ListDistributions': 1,
    'cloudfront ListConnectionFunctions': 2,
    'cloudfront ListKeyValueStores': 1,
    'apigateway GetDomainNames': 1,
    'apigateway GetApis': 1,
    'rolesanywhere ListTrustAnchors': 1,
    'rolesanywhere ListCrls': 1,
    // One target: its bundle, which lists it has, who uses its store, and what its load balancer listens
    // to.
    'elasticloadbalancing GetTrustStoreCaCertificatesBundle': 1,
    'elasticloadbalancing DescribeTrustStoreRevocations': 1,
    'elasticloadbalancing DescribeTrustStoreAssociations': 1,
    'elasticloadbalancing DescribeListeners': 1,
    // One distribution: the mark of its trust store, the code that runs, and its keys.
    'cloudfront ListTagsForResource': 1,
    'cloudfront GetConnectionFunction': 1,
    'cloudfront-keyvaluestore DescribeKeyValueStore': 1,
    'cloudfront-keyvaluestore ListKeys': 1,
    // One domain: what is mapped, and of each API its routes.
    'apigateway GetApiMappings': 1,
    'apigateway GetBasePathMappings': 1,
    'apigateway ExportApi': 1,
  });
});

test('after each single write of a refresh, everybody is refused whom the CRL in force names', async () => {
  await using team = await openTeam({ watch: true });
  const history = followCa(team);
  const [old, fresh] = [await team.ca.issue('CN=old'), await team.ca.issue('CN=fresh')];
  history.revoke(old);
  team.clock.advance(minute);
  await history.run();
  expect((await team.begin()).exitCode).toBe(0);
  history.revoke(fresh);
  team.clock.advance(minute);
  await history.run();
  let looks = 0;
  team.look(async () => {
    looks += 1;
    expect(await team.knock(old)).toEqual(refused);
  });
  const report = await team.trustloom.refresh();
  // What the authorizer reads is written to S3, where nobody looks.
  expect([report.exitCode, looks]).toEqual([0, report.calls - 1]);
  expect(await team.knock(fresh)).toEqual(refused);
});

test('a refresh with news is done while an apply that holds the lease on trust waits for a service', async () => {
  await using team = await openTeam({ watch: true });
  const history = followCa(team);
  const stolen = await team.ca.issue('CN=stolen');
  expect((await team.begin()).exitCode).toBe(0);
  team.clock.advance(minute);
  await history.recreate();
  await team.trustloom.accept('all');
  let beside: Awaited<ReturnType<Team['trustloom']['refresh']>> | undefined;
  team.look(async (action) => {
    if (beside !== undefined || action !== 'ModifyTrustStore') return;
    history.revoke(stolen);
    team.clock.advance(minute);
    await history.run();
    await using other = await team.open();
    beside = await other.refresh();
    expect(await team.knock(stolen)).toEqual(refused);
  });
  const report = await team.trustloom.apply({ approve: 'any' });
  expect(beside?.targets.map(({ name, state }) => [name, state])).toEqual([
    ['api', 'in-sync'],
    ['edge', 'in-sync'],
    ['jobs', 'in-sync'],
    ['web', 'in-sync'],
  ]);
  expect(report.exitCode).toBe(0);
  expect(await team.knock(stolen)).toEqual(refused);
});

test('what a revoked client keeps is reported, with a policy that ends its sessions by their name', async () => {
  await using team = await openTeam();
  await team.begin();
  const stolen = await team.ca.issue('CN=stolen');
  const report = await team.trustloom.revoke({
    serials: [stolen.serial],
    ca: team.ca.issuing().sha256,
    by: 'ann',
    why: 'stolen',
  });
  const [api, edge, jobs, web] = report.targets;
  expect([edge?.state, jobs?.state]).toEqual(['waits for the CA', 'waits for the CA']);
  expect([api?.state, web?.state]).toEqual(['in force', 'in force']);
  expect(await team.knock(stolen)).toEqual({ web: 'refused', edge: 'in', api: 'refused', jobs: 'in' });
  expect(edge?.residualAccess).toEqual([expect.stringContaining('connections that are open')]);
  expect(edge).not.toHaveProperty('denyPolicy');
  expect(Date.parse(jobs?.sessionsUntil ?? '') - team.clock.now()).toBeCloseTo(12 * 60 * minute, -4);
  expect(jobs?.denyPolicy).toMatchObject({ Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] });
  const userId = await sessionOf(team, stolen);
  const patterns = JSON.stringify(jobs?.denyPolicy).match(/(?<="\*:)[0-9a-f]+(?=")/g) ?? [];
  expect(patterns.filter((name) => userId.endsWith(`:${name}`))).toHaveLength(1);
});

/** `aws:userid` of a session that the client is given. */
async function sessionOf(
  { local, environment }: Team,
  leaf: { readonly pem: string; readonly keyPem: string },
) {
  const [anchor] = local.state().rolesAnywhere.flatMap(({ state }) => [...state.anchors.values()]);
  let userId = '';
  await createSession({
    endpoint: local.url,
    region: 'eu-west-1',
    trustAnchorArn: anchor?.arn ?? '',
    ...environment.jobs,
    certificatePem: leaf.pem,
    privateKeyPem: leaf.keyPem,
    now: Date.now(),
    async fetch(...request) {
      const answer = await fetch(...request);
      userId = /"assumedRoleId":"([^"]+)"/.exec(await answer.clone().text())?.[1] ?? '';
      return answer;
    },
  });
  return userId;
}
