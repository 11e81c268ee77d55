import {
  CreateTrustAnchorCommand,
  DisableTrustAnchorCommand,
  RolesAnywhereClient,
} from '@aws-sdk/client-rolesanywhere';
import { expect, test } from 'vitest';
import { followCa } from './support/history.ts';
import { account } from './support/local.ts';
import { everywhere, openTeam } from './support/team.ts';

test('a foreign anchor of the same CA, through which a revoked client gets 201, is named by plan and status, and status exits 1', async () => {
  await using team = await openTeam();
  const history = followCa(team);
  const stolen = await team.ca.issue('CN=stolen');
  history.revoke(stolen);
  team.clock.advance(60_000);
  await history.run();
  expect((await team.begin()).exitCode).toBe(0);
  expect(await team.knock(stolen)).toEqual(everywhere('refused'));
  const client = new RolesAnywhereClient(
    team.local.clientConfig('rolesanywhere', { account: account.id, region: 'eu-west-1' }),
  );
  const { trustAnchor } = await client.send(
    new CreateTrustAnchorCommand({
      name: 'legacy',
      enabled: true,
      source: {
        sourceType: 'CERTIFICATE_BUNDLE',
        sourceData: { x509CertificateData: team.ca.issuing().pem },
      },
    }),
  );
  expect((await team.knock(stolen)).jobs).toBe('in');
  const exposed = expect.objectContaining({
    kind: 'bypass',
    text: expect.stringMatching(
      /^jobs: revoked clients are admitted by another way \(trust anchor legacy \(.+\), which this target does not own, trusts Serverless Issuing CA/,
    ),
  });
  const plan = await team.trustloom.plan();
  expect([plan.changes, plan.now.exposure, plan.after.exposure]).toEqual([
    false,
    expect.arrayContaining([exposed]),
    expect.arrayContaining([exposed]),
  ]);
  const status = await team.trustloom.status();
  expect(status.exitCode).toBe(1);
  expect(status.problems).toContainEqual(expect.stringContaining('trust anchor legacy'));
  await client.send(new DisableTrustAnchorCommand({ trustAnchorId: trustAnchor?.trustAnchorId }));
  expect((await team.knock(stolen)).jobs).toBe('refused');
  expect((await team.trustloom.status()).problems).not.toContainEqual(
    expect.stringContaining('trust anchor legacy'),
  );
});
