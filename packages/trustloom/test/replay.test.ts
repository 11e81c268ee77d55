import { albOracle, type Oracle, rolesAnywhereOracle, type TestLeaf } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { followCa, type History } from './support/history.ts';
import { account } from './support/local.ts';
import { openTeam, type Team } from './support/team.ts';

const minute = 60_000;
const hour = 60 * minute;
const accountRegion = { account: account.id, region: 'eu-west-1' };

/** What happens on days that are not like the others; every other day the CA runs at 08:15. */
const days: Readonly<Record<number, 'by hand' | 'late' | 'too late' | 'missed' | 're-created'>> = {
  5: 'by hand',
  9: 'late',
  13: 'too late',
  17: 'missed',
  22: 're-created',
};
const newRevocation = (day: number) => day % 3 === 0 || day === 5;

/** What is seen at one moment, and what must hold there. */
interface Watch {
  readonly team: Team;
  readonly history: History;
  readonly oracles: Readonly<Record<string, Oracle>>;
  readonly good: TestLeaf;
  readonly unknowns: 'refuse' | 'admit';
  /** Moments at which a good client was refused somewhere. */
  readonly lockouts: string[];
  red: boolean;
}

/** Refreshes as a scheduler would, and judges: by status, by raw state, by real clients. */
async function refreshAndJudge(watch: Watch): Promise<void> {
  const { team, history, good } = watch;
  const report = await team.trustloom.refresh();
  watch.red = report.exitCode === 1;
  expect(report.targets.map(({ state }) => state)).not.toContain('failed');
  expectCrls(watch);
  const newest = history.revoked().at(-1);
  if (newest !== undefined) expect(Object.values(await team.knock(newest))).not.toContain('in');
  await expectIn(watch, good);
}

/**
 * The newest CRL is in force, and no expired one while the CA is in time; red exactly while it is
 * not.
 */
function expectCrls({ team, history, oracles, red }: Watch): void {
  const now = team.clock.now();
  const crls = Object.values(oracles).flatMap((oracle) => oracle().crls);
  expect(crls).toContain(history.newest());
  const expired = crls.filter((digest) => (history.endOf(digest) ?? 0) <= now);
  if (history.ends() > now) expect([red, expired]).toEqual([false, []]);
  else expect(red).toBe(true);
}

/** The next CRL is due and not there: status says so while the last one is still good. */
async function expectRed(watch: Watch): Promise<void> {
  const { team, history } = watch;
  watch.red = (await team.trustloom.status()).exitCode === 1;
  expect([watch.red, history.ends() > team.clock.now()]).toEqual([true, true]);
}

/**
 * A good client is admitted; where the service decides about an expired CRL it may be refused, but
 * only after status had gone red.
 */
async function expectIn(watch: Watch, leaf: TestLeaf): Promise<void> {
  const { team, history, unknowns, lockouts, red } = watch;
  const refused = Object.entries(await team.knock(leaf)).filter(([, entry]) => entry === 'refused');
  if (refused.length === 0) return;
  lockouts.push(new Date(team.clock.now()).toISOString().slice(11, 16));
  expect([unknowns, history.ends() <= team.clock.now(), red]).toEqual(['refuse', true, true]);
  expect(refused.map(([target]) => target)).toEqual(['edge', 'jobs']);
}

/** One day of the CA: what it does, and the moments that matter. */
async function day(watch: Watch, number: number): Promise<void> {
  const { team, history } = watch;
  team.until('06:00');
  if (newRevocation(number))
    history.revoke(
      await team.ca.issue(`CN=device ${number}`, { notAfter: team.clock.now() + 300 * 24 * hour }),
    );
  switch (days[number]) {
    case 'by hand':
      team.until('08:15');
      await history.run();
      team.until('12:00');
      history.revoke(await team.ca.issue('CN=stolen'));
      await history.run();
      break;
    case 'late':
      team.until('08:21');
      await expectRed(watch);
      // So do plan and refresh.
      expect((await team.trustloom.plan()).summary).toContain(', overdue');
      expect((await team.trustloom.refresh()).exitCode).toBe(1);
      team.until('08:22');
      await history.run();
      break;
    case 'too late':
      team.until('08:22');
      await expectRed(watch);
      team.until('08:30');
      await refreshAndJudge(watch);
      team.until('08:40');
      await history.run();
      break;
    case 'missed':
      team.until('08:22');
      await expectRed(watch);
      team.until('20:00');
      await refreshAndJudge(watch);
      return;
    case 're-created':
      team.until('08:15');
      await history.recreate();
      break;
    default:
      team.until('08:15');
      await history.run();
  }
  team.clock.advance(minute);
  await refreshAndJudge(watch);
}

describe.each(['refuse', 'admit'] as const)('thirty days of a Serverless CA (unknowns: %s)', (unknowns) => {
  test('no client that the newest CRL names is admitted; no good one is refused unannounced', async () => {
    await using team = await openTeam({ unknowns, revocation: { grace: '26h', maxLag: '5m' } });
    team.until('08:15');
    const history = followCa(team);
    await history.run();
    const good = await team.ca.issue('CN=good', { notAfter: team.clock.now() + 300 * 24 * hour });
    expect((await team.begin()).exitCode).toBe(0);
    const watch: Watch = {
      team,
      history,
      oracles: {
        edge: albOracle(team.local, accountRegion, team.environment.edge.listenerArn),
        jobs: rolesAnywhereOracle(team.local, accountRegion),
      },
      good,
      unknowns,
      lockouts: [],
      red: false,
    };
    for (let number = 1; number <= 30; number += 1) await day(watch, number);
    expect(history.revoked()).toHaveLength(12);
    for (const leaf of history.revoked()) expect(Object.values(await team.knock(leaf))).not.toContain('in');
    expect(watch.lockouts).toEqual(unknowns === 'refuse' ? ['08:30', '20:00'] : []);
  });
});
