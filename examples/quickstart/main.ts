/**
 * The whole story of Trustloom on the local AWS: a private CA in an account of its own, four services
 * in another, one definition. Every matrix below is made of real TLS handshakes and real
 * CreateSession calls, in this process, without an account.
 *
 * `npm run quickstart -- --keep` leaves it running, with curl commands to try by hand.
 */
import {
  type ApplyEvent,
  asDone,
  checkText,
  deniedText,
  denyText,
  planText,
  type Report,
  readCertificate,
  rebuildText,
  refreshText,
  reportText,
  statusText,
} from '@trustloom/core';
import {
  closeDefaultEndpoint,
  makeClients,
  putAuthorizer,
  type TestClients,
  type TestLeaf,
} from '@trustloom/testkit';
import { type ProbeClient, type ProbeReport, probeText } from 'trustloom';
import { keepRunning } from './keep.ts';
import { authorizer, authorizerLooksEveryMs, openStage } from './stage.ts';

const start = performance.now();
/** Columns of what the command would print, which stands four columns to the right. */
const width = 116;
const { log } = console;
const part = (number: number, title: string) => log(`\n(${number}) ${title}\n`);
const shown = (text: string) => log(text.replace(/^/gm, '    '));

await using stage = await openStage();
const { ca } = stage;
const clients = await makeClients(ca, stage.clock);
ca.revoke(clients.revoked.serial);
await ca.dailyRun();

part(1, 'A private CA in an account of its own (111111111111), in the shape that Serverless CA publishes');
shown(
  Object.values(ca.keys)
    .map((key) => `s3://${stage.bucket}/${key}`)
    .join('\n'),
);

part(2, 'Four services in another account (222222222222), without client authentication: who is admitted?');
shown(stage.definition);
await probe(knockers(clients));

part(3, 'trustloom accept --all: the CAs that the source offers go into the lock, to be reviewed like code');
await using trustloom = await stage.open();
for (const { change, subject, sha256 } of await trustloom.accept('all'))
  shown(`${change} ${subject} ${sha256}`);

part(4, 'trustloom check: what each service will take; trustloom status: content, revocation, bypasses');
const checked = await trustloom.check();
shown(checkText(checked, { width }));
shown(`\n${statusText(await trustloom.status(), { width })}`);

part(5, 'trustloom plan: every write, in order, with the consents that it needs');
const plan = await trustloom.plan();
shown(planText(plan, { width }));

part(6, `trustloom apply ${plan.missing.map((consent) => `--allow ${consent}`).join(' ')}`);
await apply(plan.missing);

part(
  7,
  "The team puts its Lambda authorizer before the API's routes and closes its default endpoint, with its own tool; the same probe again",
);
await putAuthorizer({ local: stage.local }, stage.environment.api, { arn: authorizer });
await closeDefaultEndpoint({ local: stage.local }, stage.environment.api);
const after = await probe(knockers(clients));
expectCells(after, 'none', ['refused', 'refused', 'refused', '-']);
expectCells(after, 'good RSA', [200, 200, 200, 201]);
expectCells(after, 'good EC', [200, 200, 200, 201]);
expectCells(after, 'untrusted', ['refused', 'refused', 403, 403]);
expectCells(after, 'expired', ['refused', 'refused', 403, 403]);
expectCells(after, 'revoked', ['refused', 'refused', 403, 403]);

part(8, 'trustloom plan, again');
const again = await trustloom.plan();
shown(planText(again, { width }));
expect(!again.changes, 'a second plan has nothing to do');

part(
  9,
  'A device is lost while everything runs. The CA revokes it and publishes its next CRL; trustloom refresh',
);
const lost = await ca.issue('CN=lost-device');
expectCells(await probe([knocker('lost', lost)]), 'lost', [200, 200, 200, 201]);
ca.revoke(lost.serial);
await ca.dailyRun();
const published = { real: performance.now(), service: stage.clock.now() };
await refreshed(trustloom.refresh({ onEvent: progress }));
const gone = await probe([knocker('lost', lost), knocker('good EC', clients.ec)]);
expectCells(gone, 'lost', ['refused', 'refused', 403, 403]);
expectCells(gone, 'good EC', [200, 200, 200, 201]);
shown(
  `\nPublished, refreshed and refused on all four in ${seconds(performance.now() - published.real)} of this machine's time, and ${seconds(stage.clock.now() - published.service)} of waiting for services.`,
);

part(
  10,
  'A device is stolen, and the CA does not answer: trustloom revoke, in force where Trustloom owns the check',
);
const stolen = await ca.issue('CN=stolen-device');
await deny(stolen, 'stolen');
expectCells(await probe([knocker('stolen', stolen)]), 'stolen', ['refused', 200, 403, 201]);
shown('\nThe CA is back: its next CRL names the device, and trustloom refresh brings it to the other two.');
ca.revoke(stolen.serial);
await ca.dailyRun();
await refreshed(trustloom.refresh({ onEvent: progress }));
expectCells(await probe([knocker('stolen', stolen)]), 'stolen', ['refused', 'refused', 403, 403]);

part(
  11,
  'The issuing CA is re-keyed, and the bundle overwritten with only the new pair, as Serverless CA does',
);
await ca.rekeyIssuing();
await ca.dailyRun();
const renewed = await ca.issue('CN=new-device');
const rekeyed = await trustloom.plan();
shown(planText(rekeyed, { width }));
shown('\ntrustloom accept --all; trustloom apply');
await trustloom.accept('all');
await apply((await trustloom.plan()).missing);
const both = await probe([
  knocker('good, old CA', clients.ec),
  knocker('good, new CA', renewed),
  knocker('revoked, old CA', clients.revoked),
]);
expectCells(both, 'good, old CA', [200, 200, 200, 201]);
expectCells(both, 'good, new CA', [200, 200, 200, 201]);
expectCells(both, 'revoked, old CA', ['refused', 'refused', 403, 403]);

part(
  12,
  'Somebody deletes what Trustloom remembers of revocation, while a device is denied by hand alone: who is admitted?',
);
const borrowed = await ca.issue('CN=borrowed-device');
await deny(borrowed, 'lent, and never given back');
shown(`\n${deniedText(await trustloom.denied(), { width })}`);
shown(
  `\nAll versions of acme/revocation.json are deleted from ${stage.stateBucket}: ${await stage.loseState()}.`,
);
shown('\ntrustloom refresh, as a cron job would run it: it notices, and admits nobody for that.\n');
const noticed = await trustloom.refresh({ onEvent: progress });
shown(refreshText(noticed, { width }));
expect(noticed.exitCode === 3, 'a refresh on a lost state exits with 3');
expect(
  noticed.findings.some(({ code }) => code === 'state-lost'),
  'the lost state is noticed',
);
await stage.clock.sleep(authorizerLooksEveryMs);
await stillRefused('\nBy real handshakes, on the lost state:');
shown('\ntrustloom state rebuild: reads the deny list back from what the services hold.\n');
const rebuilt = await trustloom.rebuildState({ onEvent: progress });
shown(rebuildText(rebuilt, { width }));
expect(rebuilt.exitCode === 0, 'every target was looked at');
shown(`\n${deniedText(await trustloom.denied(), { width })}`);
expect(
  (await trustloom.denied()).some(({ serial }) => serial === readCertificate(borrowed.der).serial),
  'the deny list is back',
);
shown('\ntrustloom refresh, again:\n');
await refreshed(trustloom.refresh({ onEvent: progress }));
await stillRefused('\nBy real handshakes, on the state that was built again:');

log(`\nThat was the whole story, in ${seconds(performance.now() - start)}.`);
if (process.argv.includes('--keep')) await keepRunning(stage, clients);

async function apply(allow: readonly string[]): Promise<void> {
  const report = await trustloom.apply({
    approve: (await trustloom.plan({ allow })).digest,
    allow,
    onEvent: progress,
  });
  shown(reportText(report, { width }));
  expect(report.exitCode === 0, 'apply did everything');
  await stage.clock.sleep(authorizerLooksEveryMs);
}

/** Denies one device by hand: in force where Trustloom owns the check, and read back there. */
async function deny({ der }: TestLeaf, why: string): Promise<void> {
  const report = await trustloom.revoke(
    { certificates: [readCertificate(der)], by: 'ann', why },
    { onEvent: progress },
  );
  shown(denyText(report, { width }));
  const states = Object.fromEntries(report.targets.map(({ name, state }) => [name, state]));
  expect(states.web === 'in force' && states.api === 'in force', 'the entry is read back on web and api');
  expect(report.exitCode === 1, 'revoke exits with 1 while two targets wait for the CA');
  await stage.clock.sleep(authorizerLooksEveryMs);
}

/** Nobody who was refused is admitted, and the good are. */
async function stillRefused(title: string): Promise<void> {
  shown(`${title}\n`);
  const answers = await probe([
    knocker('denied', borrowed),
    knocker('revoked', clients.revoked),
    knocker('stolen', stolen),
    knocker('good, new CA', renewed),
  ]);
  // Only a check of ours takes a deny list: the others wait for the CA, as before.
  expectCells(answers, 'denied', ['refused', 200, 403, 201]);
  expectCells(answers, 'revoked', ['refused', 'refused', 403, 403]);
  expectCells(answers, 'stolen', ['refused', 'refused', 403, 403]);
  expectCells(answers, 'good, new CA', [200, 200, 200, 201]);
}

/** What a refresh did. */
async function refreshed(running: Promise<Report>): Promise<void> {
  const report = await running;
  shown(refreshText(report, { width }));
  expect(report.exitCode === 0, 'refresh did everything');
  await stage.clock.sleep(authorizerLooksEveryMs);
}

function progress(event: ApplyEvent): void {
  if (event.type === 'step' && event.state === 'done') shown(`${event.target}: ${asDone(event.summary)}`);
  if (event.type === 'settled')
    shown(`${event.target}: settled after ${Math.round(event.afterMs / 1000)} s of its service's time`);
}

async function probe(given: readonly ProbeClient[]): Promise<ProbeReport> {
  await using opened = await stage.open();
  const report = await opened.probe(given);
  shown(probeText(report));
  return report;
}

function knockers({ rsa, ec, untrusted, expired, revoked: gone }: TestClients): readonly ProbeClient[] {
  return [
    knocker('good RSA', rsa),
    knocker('good EC', ec),
    knocker('untrusted', untrusted),
    knocker('expired', expired),
    knocker('revoked', gone),
  ];
}

/** A client sends its own certificate and those of the CAs below the root. */
function knocker(name: string, { pem, keyPem, chainPem }: TestLeaf): ProbeClient {
  return { name, certPem: pem, keyPem, chainPem: chainPem.replace(pem, '') };
}

/** The story is a test too: what was measured must be what the text says. */
function expectCells(
  report: ProbeReport,
  client: string,
  [web, edge, api, jobs]: readonly (number | string)[],
): void {
  const wanted: Readonly<Record<string, number | string | undefined>> = { web, edge, api, jobs };
  for (const { target, cells } of report.rows) {
    const outcome = cells.find((cell) => cell.client === client)?.outcome;
    expect(outcome === wanted[target], `${target}, ${client}: ${outcome}, expected ${wanted[target]}`);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function expect(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(`the story does not hold: ${what}`);
}
