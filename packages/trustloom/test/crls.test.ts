import { type Report, readCertificate } from '@trustloom/core';
import { albOracle, type IssuedCrl, rolesAnywhereOracle, type TestLeaf } from '@trustloom/testkit';
import { expect, test } from 'vitest';
import { account } from './support/local.ts';
import { putCrl } from './support/publish.ts';
import { everywhere, openTeam, type Team } from './support/team.ts';

const hour = 3_600_000;
const accountRegion = { account: account.id, region: 'eu-west-1' };

/** What a CRL says beside its usual self: the next number, from now for a day. */
interface Said {
  readonly by?: 'root' | 'issuing';
  readonly ago?: number;
  readonly lives?: number;
  readonly reason?: 'certificateHold';
}

/** The CA publishes a CRL that names these serials. */
async function publish(
  { ca, clock, local }: Team,
  serials: readonly string[],
  { by = 'issuing', ago = 0, lives = 24 * hour, reason }: Said = {},
): Promise<IssuedCrl> {
  const thisUpdate = Math.floor((clock.now() - ago) / 1000) * 1000;
  const crl = ca[by]().issueCrl({
    entries: serials.map((serial) => ({ serial, ...(reason === undefined ? {} : { reason }) })),
    number: thisUpdate / 1000,
    thisUpdate,
    nextUpdate: thisUpdate + lives,
  });
  await putCrl({ ca, local }, by, crl);
  return crl;
}

/** What a run says of lists. */
const crlCodes = ({ findings }: Report) =>
  findings.map(({ code }) => code).filter((code) => code.startsWith('crl-'));

/**
 * A team that enforces everywhere, with the CRLs that its ALB and its Roles Anywhere hold, and
 * clients.
 */
async function begun(clients: number) {
  const team = await openTeam({ revocation: { grace: '26h' } });
  const leaves: TestLeaf[] = [];
  for (let index = 0; index < clients; index += 1) leaves.push(await team.ca.issue(`CN=device ${index}`));
  const attached = () =>
    [
      albOracle(team.local, accountRegion, team.environment.edge.listenerArn),
      rolesAnywhereOracle(team.local, accountRegion),
    ].flatMap((oracle) => oracle().crls);
  return { team, leaves, serials: leaves.map(({ serial }) => serial), attached };
}

test('a newer CRL that is already expired is used where the check is ours, and not attached to ALB or Roles Anywhere', async () => {
  const { team, leaves, serials, attached } = await begun(2);
  await using _ = team;
  const [stolen, good] = leaves;
  expect((await team.begin()).exitCode).toBe(0);
  team.clock.advance(2 * hour);
  const before = attached();
  const ended = await publish(team, serials.slice(0, 1), { ago: hour, lives: hour - 60_000 });
  const report = await team.trustloom.refresh();
  expect([report.exitCode, ...crlCodes(report)]).toEqual([1, 'crl-expired']);
  expect(attached()).toEqual(before);
  expect(attached()).not.toContain(ended.sha256);
  expect(await team.knock(stolen as TestLeaf)).toEqual({ ...everywhere('refused'), edge: 'in', jobs: 'in' });
  expect(await team.knock(good as TestLeaf)).toEqual(everywhere('in'));
});

test('a refused list: the old one stays everywhere, and the report says so, also when that one has ended', async () => {
  const { team, leaves, serials, attached } = await begun(12);
  await using _ = team;
  await publish(team, serials);
  expect((await team.begin()).exitCode).toBe(0);
  const before = attached();
  team.clock.advance(hour);
  const shrunk = await publish(team, [], { lives: 72 * hour });
  const report = await team.trustloom.refresh();
  expect([report.exitCode, ...crlCodes(report)]).toEqual([3, 'crl-shrunk']);
  expect(report.findings[0]?.message).toContain(`--allow readmit:${shrunk.sha256}`);
  expect(attached()).toEqual(before);
  expect(await team.knock(leaves[0] as TestLeaf)).toEqual(everywhere('refused'));
  team.clock.advance(24 * hour);
  const late = await team.trustloom.refresh();
  expect(late.findings.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/the CRL in force stays, although that one ended at /),
  );
  expect(attached()).toEqual(before);
});

test('serials that disappeared are reported and stay refused where the check is ours; entries on hold go at once', async () => {
  const { team, leaves, serials } = await begun(2);
  await using _ = team;
  const [lost, held] = leaves;
  await publish(team, serials.slice(0, 1));
  expect((await team.begin()).exitCode).toBe(0);
  team.clock.advance(hour);
  await publish(team, serials.slice(1), { reason: 'certificateHold' });
  const report = await team.trustloom.refresh();
  expect(crlCodes(report)).toEqual(['crl-serials-lost']);
  expect(await team.knock(held as TestLeaf)).toEqual(everywhere('refused'));
  expect(await team.knock(lost as TestLeaf)).toEqual({ ...everywhere('refused'), edge: 'in', jobs: 'in' });
  team.clock.advance(hour);
  await publish(team, ['7f']);
  expect(crlCodes(await team.trustloom.refresh())).toEqual([]);
  expect(await team.knock(held as TestLeaf)).toEqual(everywhere('in'));
  expect(await team.knock(lost as TestLeaf)).toEqual({ ...everywhere('refused'), edge: 'in', jobs: 'in' });
});

test('a CA listed by its issuer: nobody is admitted through its key where the check is ours, ALB has the CRL; the plan asks for remove:<sha256>', async () => {
  const { team, leaves, attached } = await begun(1);
  await using _ = team;
  expect((await team.begin()).exitCode).toBe(0);
  team.clock.advance(hour);
  const issuing = readCertificate(team.ca.issuing().der);
  const crl = await publish(team, [issuing.serial], { by: 'root' });
  const report = await team.trustloom.refresh();
  expect(report.findings.map(({ code }) => code)).toContain('ca-revoked');
  expect(report.exitCode).toBe(1);
  expect(report.findings.map(({ message }) => message)).toContainEqual(
    expect.stringMatching(/^edge: .* stands in the trust store although its issuer revoked it/),
  );
  expect(attached()).toContain(crl.sha256);
  // Where it stands in a store itself, it is not documented whether the service asks a CRL about it.
  // As a trust anchor it is disabled by the word of its issuer.
  expect(await team.knock(leaves[0] as TestLeaf)).toMatchObject({
    web: 'refused',
    api: 'refused',
    jobs: 'refused',
  });
  expect((await team.trustloom.status()).exitCode).toBe(1);
  expect((await team.trustloom.plan()).missing).toContain(`remove:${issuing.sha256}`);

  // Nobody but it could admit clients on Roles Anywhere, and the other targets go on meanwhile.
  const allow = [`remove:${issuing.sha256}`];
  const removed = await team.trustloom.apply({ approve: 'any', allow });
  expect(
    removed.findings.filter(({ code }) => code === 'only-revoked-cas').map(({ target }) => target),
  ).toEqual(['jobs']);
  expect(rolesAnywhereOracle(team.local, accountRegion)().cas).toEqual([]);
  expect(await team.knock(leaves[0] as TestLeaf)).toMatchObject({
    web: 'refused',
    api: 'refused',
    jobs: 'refused',
  });
  const after = await team.trustloom.plan({ allow });
  expect(after.targets.flatMap(({ steps }) => steps.map(({ id }) => id))).toEqual([]);
});
