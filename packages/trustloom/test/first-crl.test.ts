import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { readCertificate } from '@trustloom/core';
import { createTestCa, serverlessCaBucket } from '@trustloom/testkit';
import { expect, test } from 'vitest';
import { account } from './support/local.ts';
import { putCrl } from './support/publish.ts';
import { everywhere, openTeam, type Team } from './support/team.ts';

const hour = 3_600_000;
const services = ['cloudfront', 'elasticloadbalancing', 'apigateway', 'rolesanywhere'];
const reads = /^(Get|List|Describe|Export)/;
const consents = ['web', 'edge', 'api', 'jobs'].map((name) => `enforce:${name}`);

/** What the address of a CRL answers. */
async function answer({ ca, local }: Team, by: 'root' | 'issuing', Body: Uint8Array | string): Promise<void> {
  const accountRegion = { account: account.id, region: 'eu-west-1' };
  const s3 = new S3Client({ ...local.clientConfig('s3', accountRegion), forcePathStyle: true });
  const Key = by === 'issuing' ? ca.keys.issuingCrl : ca.keys.rootCrl;
  await s3.send(new PutObjectCommand({ Bucket: serverlessCaBucket(), Key, Body }));
}

/** Writes to the four services. */
const writes = ({ local }: Team) =>
  local
    .calls()
    .filter(({ service, action }) => services.includes(service) && !reads.test(action))
    .map(({ action }) => action);

const required = (findings: readonly { readonly code: string; readonly target?: string }[]) =>
  findings.flatMap(({ code, target }) => (code === 'crl-required' ? [target] : [])).sort();

/** A CRL of the issuing CA as the next one, with changes. */
const issue = (
  { ca, clock }: Team,
  serials: readonly string[],
  parts: Partial<Parameters<ReturnType<Team['ca']['issuing']>['issueCrl']>[0] & object> = {},
) =>
  ca.issuing().issueCrl({
    entries: serials.map((serial) => ({ serial })),
    number: Math.floor(clock.now() / 1000),
    thisUpdate: clock.now(),
    nextUpdate: clock.now() + 24 * hour,
    ...parts,
  });

test('at first apply, whatever the address of a CRL gives that is no CRL in force: no CA is granted anywhere, and no target is enforced; then it is fixed', async () => {
  await using team = await openTeam();
  const [stolen, good] = [await team.ca.issue('CN=stolen'), await team.ca.issue('CN=good')];
  const whole = issue(team, [stolen.serial]);
  const other = await createTestCa({ subject: 'CN=Other', clock: team.clock });
  const forged = new Uint8Array(whole.der);
  forged[forged.length - 1] = (forged[forged.length - 1] ?? 0) ^ 1;
  const wrong: Readonly<Record<string, Uint8Array | string>> = {
    html: '<!doctype html><title>Sign in</title>',
    empty: '',
    truncated: whole.der.slice(0, whole.der.length - 40),
    'of another CA': other.issueCrl().der,
    'a delta CRL without its base': issue(team, [stolen.serial], { deltaOf: 1 }).der,
    'a bad signature': forged,
    expired: issue(team, [stolen.serial], {
      thisUpdate: team.clock.now() - 2 * hour,
      nextUpdate: team.clock.now() - hour,
    }).der,
    future: issue(team, [stolen.serial], { thisUpdate: team.clock.now() + hour }).der,
  };
  await team.trustloom.accept('all');
  const before = writes(team);
  for (const [name, body] of Object.entries(wrong)) {
    await answer(team, 'issuing', body);
    const report = await team.trustloom.apply({ approve: 'any', allow: consents });
    expect([name, report.exitCode]).not.toEqual([name, 0]);
    expect([name, ...writes(team).slice(before.length)]).toEqual([name]);
    expect([name, ...required(report.findings)]).toEqual([name, 'api', 'edge', 'jobs', 'web']);
    expect((await team.knock(stolen)).jobs).toBe('refused');
  }
  const [finding] = (await team.trustloom.plan()).findings.filter(({ code }) => code === 'crl-required');
  const issuing = readCertificate(team.ca.issuing().der);
  expect(finding?.message).toContain(`--allow unlisted:${issuing.sha256}`);
  expect(finding?.message).toContain(team.ca.keys.issuingCrl);
  team.clock.advance(60_000);
  await putCrl(team, 'issuing', issue(team, [stolen.serial]));
  expect((await team.trustloom.apply({ approve: 'any', allow: consents })).exitCode).toBe(0);
  expect(await team.knock(stolen)).toEqual(everywhere('refused'));
  expect(await team.knock(good)).toEqual(everywhere('in'));
});

test('a CA comes without a CRL by its named consent', async () => {
  await using team = await openTeam();
  const good = await team.ca.issue('CN=good');
  await answer(team, 'issuing', '<html>');
  await team.trustloom.accept('all');
  const { missing } = await team.trustloom.plan({ allow: consents });
  const consent = `unlisted:${readCertificate(team.ca.issuing().der).sha256}`;
  expect(missing).toEqual([consent]);
  const report = await team.trustloom.apply({ approve: 'any', allow: [...consents, consent] });
  expect(required(report.findings)).toEqual([]);
  expect(await team.knock(good)).toEqual(everywhere('in'));
});

test('a CA that stands stays where it stands when the address of its CRL gives a page later', async () => {
  await using team = await openTeam();
  const [stolen, good] = [await team.ca.issue('CN=stolen'), await team.ca.issue('CN=good')];
  await putCrl(team, 'issuing', issue(team, [stolen.serial]));
  expect((await team.begin()).exitCode).toBe(0);
  await answer(team, 'issuing', '<html>');
  const before = writes(team).length;
  const plan = await team.trustloom.plan();
  expect(required(plan.findings)).toEqual([]);
  await team.trustloom.apply({ approve: 'any' });
  expect(writes(team).length).toBe(before);
  expect(await team.knock(stolen)).toEqual(everywhere('refused'));
  expect(await team.knock(good)).toEqual(everywhere('in'));
});
