import { readCertificate } from '@trustloom/core';
import type { TestLeaf } from '@trustloom/testkit';
import { expect, test } from 'vitest';
import { lifeMs } from './support/history.ts';
import { putCrl } from './support/publish.ts';
import { everywhere, openTeam, type Team } from './support/team.ts';

const hour = 3_600_000;
/** Where Trustloom owns the check, more is known than what a CRL says. */
const expected = { web: 'refused', edge: 'in', api: 'refused', jobs: 'in' };

/**
 * Puts a CRL of the issuing CA where its source lies, as no run of the CA would: one that drops an
 * entry.
 */
async function publish(
  { ca, clock, local }: Team,
  number: number,
  revoked: readonly TestLeaf[],
): Promise<string> {
  const thisUpdate = Math.floor(clock.now() / 1000) * 1000;
  const crl = ca.issuing().issueCrl({
    number,
    entries: revoked.map(({ serial }) => ({ serial })),
    thisUpdate,
    nextUpdate: thisUpdate + lifeMs,
  });
  await putCrl({ ca, local }, 'issuing', crl);
  return crl.sha256;
}

const consentsIn = (findings: readonly { readonly message: string }[]) => [
  ...new Set(findings.flatMap(({ message }) => message.match(/readmit:[0-9a-f]{64}/g) ?? [])),
];
const effects = ({ targets }: { targets: readonly { steps: readonly { effect: string }[] }[] }) => [
  ...new Set(targets.flatMap(({ steps }) => steps.map(({ effect }) => effect))),
];

test('the CRL of a CA that stopped publishing goes by its consent, on all four services', async () => {
  await using team = await openTeam({ revocation: { grace: '1h' } });
  const { trustloom, clock, ca, knock } = team;
  const life = { notAfter: clock.now() + 300 * 24 * hour };
  const leaf = (name: string) => ca.issue(`CN=${name}`, life);
  const [good, revoked, gone, denied] = [
    await leaf('good'),
    await leaf('revoked'),
    await leaf('gone'),
    await leaf('denied'),
  ];
  clock.advance(60_000);
  await publish(team, 2, [revoked, gone]);
  expect((await team.begin()).exitCode).toBe(0);
  clock.advance(hour);
  const last = await publish(team, 3, [revoked]);
  await trustloom.revoke({ serials: [denied.serial], ca: ca.issuing().sha256, by: 'ann', why: 'stolen' });
  expect(await knock(good)).toEqual(everywhere('in'));
  expect(await knock(revoked)).toEqual(everywhere('refused'));
  // A CRL in force whose publication goes on cannot be dropped this way.
  expect((await trustloom.plan({ allow: [`readmit:${last}`] })).changes).toBe(false);

  clock.advance(2 * lifeMs + hour);
  expect(await knock(good)).toEqual(everywhere('refused'));
  const reported = await trustloom.plan();
  const allow = consentsIn(reported.findings);
  expect([reported.changes, allow.length, allow]).toEqual([
    false,
    2,
    expect.arrayContaining([`readmit:${last}`]),
  ]);
  expect([(await trustloom.refresh()).calls, (await trustloom.apply({ approve: 'any' })).calls]).toEqual([
    0, 0,
  ]);
  expect(await knock(good)).toEqual(everywhere('refused'));

  const plan = await trustloom.plan({ allow });
  expect(effects(plan)).toEqual(['readmit']);
  // One target first: on the others it waits for the consent, whoever runs meanwhile.
  const first = await trustloom.apply({ approve: 'any', allow, targets: ['edge'] });
  expect([first.exitCode, (await trustloom.refresh()).calls]).toEqual([0, 0]);
  expect((await trustloom.plan()).missing).toEqual([...allow].sort());
  expect(await knock(good)).toEqual({ ...everywhere('refused'), edge: 'in' });
  const report = await trustloom.apply({ approve: 'any', allow });
  expect([report.exitCode, report.missing]).toEqual([0, []]);
  expect(await knock(good)).toEqual(everywhere('in'));
  expect(await knock(revoked)).toEqual(everywhere('in'));
  expect(await knock(denied)).toEqual(expected);
  expect(await knock(gone)).toEqual(expected);

  const status = await trustloom.status();
  expect(status.targets.map(({ state }) => state)).toEqual(Array(4).fill('in-sync'));
  // What was consented to is no reason to fail; the port that forwards around mutual TLS is.
  expect(status.problems).toEqual([expect.stringMatching(/^edge: anybody is admitted around mutual TLS/)]);
  for (const { findings } of status.targets)
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'crl-enforcement-withdrawn',
        about: last,
        message: expect.stringMatching(/no revocation in force/),
      }),
    );
  const reasons = (await trustloom.explain(readCertificate(revoked.der))).map((one) =>
    JSON.stringify(one.reasons),
  );
  expect(reasons.filter((text) => text.includes('has no revocation in force'))).toHaveLength(4);
  // Its source still gives it: it does not come back.
  expect([(await trustloom.plan()).changes, (await trustloom.refresh()).calls]).toEqual([false, 0]);

  ca.revoke(revoked.serial);
  await ca.dailyRun();
  await ca.dailyRun();
  await ca.dailyRun();
  expect((await trustloom.refresh()).exitCode).toBe(0);
  expect(await knock(revoked)).toEqual(everywhere('refused'));
  expect(await knock(good)).toEqual(everywhere('in'));
  expect((await trustloom.plan()).changes).toBe(false);
});
