import { albEdits } from '@trustloom/testkit';
import { test } from 'vitest';
import { makeCa, makeCrl } from '../golden/pki.ts';
import { account } from '../support/local.ts';
import { expectText } from './recorded.ts';
import { openOutput } from './world.ts';

const consents = ['web', 'edge', 'api', 'jobs'].map((name) => `enforce:${name}`);
const allow = (some: readonly string[]) => some.flatMap((consent) => ['--allow', consent]);

test('one test environment: fresh, partly applied, in sync, drifted, blocked', async () => {
  await using world = await openOutput();
  const { clock } = world;
  const root = await makeCa('CN=Acme Root CA,O=Acme', 'root', world);
  const issuing = await makeCa('CN=Acme Issuing CA,O=Acme', 'issuing', { ...world, issuer: root });
  const next = await makeCa('CN=Acme Issuing CA,O=Acme', 'next', { ...world, issuer: root });
  for (const { sha256 } of [root, issuing, next]) world.keep(sha256);
  const publish = async (serials: readonly string[], number: number) => {
    await world.put('root.crl', makeCrl(root, number, []).der);
    await world.put('issuing.crl', makeCrl(issuing, number, serials).der);
  };
  await world.put('ca.pem', root.pem + issuing.pem);
  await publish(['a1', 'b2'], 1);
  const leaf = await issuing.issue('CN=device', { serial: 'c3' });
  await world.put('client.pem', leaf.pem);

  await world.run('plan');
  await world.run('accept');
  await world.run('accept', '--all');
  await world.run('check');
  await world.run('plan');
  await world.run('apply', '--auto-approve', ...allow(consents.slice(0, 1)));
  await world.run('status');
  await world.run('apply', '--auto-approve', ...allow(consents));
  await world.run('plan');
  await world.run('status');
  await world.run('explain', 'client.pem');

  world.note('an hour later the CA has published its next CRL; somebody detached the listener by hand');
  clock.advance(3_600_000);
  await publish(['a1', 'b2', 'c3'], 2);
  const accountRegion = { account: account.id, region: 'eu-west-1' };
  const edits = albEdits({ ...world, accountRegion }, world.edge.listenerArn);
  await edits['client authentication is switched off']?.();
  world.local.settle();
  await world.run('plan');
  await world.run('status');
  await world.run('refresh');
  await world.run('revoke', 'd4', '--ca', issuing.sha256.slice(0, 8), '--reason', 'stolen', '--by', 'ann');

  world.note('the issuing CA is re-keyed under the same name');
  await world.put('ca.pem', root.pem + next.pem);
  await world.run('plan', '--target', 'edge', '--target', 'jobs');
  await world.run('accept', '--all');
  await world.run('plan', '--target', 'edge', '--target', 'jobs');

  world.note('somebody puts a private key into the bundle');
  await world.put('ca.pem', root.pem + leaf.keyPem);
  await world.run('plan');
  await world.run('apply', '--auto-approve');
  await world.run('plan', '--target', 'nowhere');
  await world.run('plan', '--target', 'nowhere', '--json');
  await expectText('four-targets', world.text());
});

test('help shows options, examples and exit codes', async () => {
  await using world = await openOutput();
  world.keep('7d1a3c0f9b2e4d58');
  await world.run('--help');
  await world.run('plan', '--help');
  await world.run('apply', '--help');
  await expectText('help', world.text());
});
