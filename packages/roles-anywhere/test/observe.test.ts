import { ListTrustAnchorsCommand, UpdateTrustAnchorCommand } from '@aws-sdk/client-rolesanywhere';
import { trustOf } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { rolesAnywhere } from '../src/index.ts';
import { makeFamily } from './fixtures.ts';
import { openTarget } from './open-target.ts';

async function oneAnchor() {
  const { one } = await makeFamily();
  // Before the clock of the target, which may have been read in the second before.
  const thisUpdate = Date.now() - 60_000;
  return trustOf({
    cas: [one],
    crls: [{ issuer: one, crl: one.issueCrl({ entries: [{ serial: '1001' }], thisUpdate }) }],
  });
}

describe('observing', () => {
  test('two calls where the state knows what we made; a look at the tags of each where it was lost', async () => {
    await using target = await openTarget();
    const trust = await oneAnchor();
    expect(await target.apply(trust)).toBe(3);
    expect(await target.calls(() => target.observe())).toEqual(['ListTrustAnchors', 'ListCrls']);
    const known = JSON.stringify((await target.observe()).content);
    target.loseState();
    expect(await target.calls(() => target.observe())).toEqual([
      'ListTrustAnchors',
      'ListTagsForResource',
      'ListCrls',
      'ListTagsForResource',
    ]);
    expect(JSON.stringify((await target.observe()).content)).toBe(known);
    expect(await target.apply(trust)).toBe(0);
  });

  test('each call waits for the rate of its family', async () => {
    await using target = await openTarget();
    await target.apply(await oneAnchor());
    // One to look; then the anchor is made, its CRL imported and seen there, and it is enabled.
    expect(target.rateLimited).toEqual(['anchors', 'anchors', 'crls', 'crls', 'anchors']);
  });

  test('a CRL that is in force nowhere after its import is an error, and its anchor stays disabled', async () => {
    const enabled = async ({ client }: Awaited<ReturnType<typeof openTarget>>) =>
      (await client.send(new ListTrustAnchorsCommand({}))).trustAnchors?.map((one) => one.enabled);
    for (const change of [{ enabled: false }, { trustAnchorArn: 'arn:aws:rolesanywhere:another' }]) {
      await using target = await openTarget();
      target.answerOf('ImportCrlCommand', (crl) => ({ crl: { ...crl, ...change } }));
      await expect(target.apply(await oneAnchor())).rejects.toMatchObject({
        code: 'service-refused',
        message: expect.stringContaining('in force nowhere'),
      });
      expect(await enabled(target)).toEqual([false]);
    }
    // The answer says that it is there, and it is not.
    await using target = await openTarget();
    target.answerOf('ListCrlsCommand', () => ({ crls: [] }));
    await expect(target.apply(await oneAnchor())).rejects.toMatchObject({ code: 'object-changed' });
    expect(await enabled(target)).toEqual([false]);
  });

  test('a new name does not hide an anchor of ours', async () => {
    await using target = await openTarget();
    const trust = await oneAnchor();
    await target.apply(trust);
    const { trustAnchors } = await target.client.send(new ListTrustAnchorsCommand({}));
    const trustAnchorId = trustAnchors?.[0]?.trustAnchorId;
    await target.client.send(new UpdateTrustAnchorCommand({ trustAnchorId, name: 'renamed' }));
    expect(await target.apply(trust)).toBe(0);
    expect((await target.observe()).content.exists).toBe(true);
  });

  test('what was deleted is forgotten', async () => {
    await using target = await openTarget();
    await target.apply(await oneAnchor());
    expect(Object.values(target.notes()).filter((note) => note !== null)).toHaveLength(2);
    await target.apply(undefined);
    expect(Object.values(target.notes()).filter((note) => note !== null)).toEqual([]);
    expect((await target.observe()).content).toMatchObject({ exists: false, cas: [], crls: [] });
  });

  test('an anchor that is gone before its tags are read is absent', async () => {
    await using target = await openTarget();
    await target.apply(await oneAnchor());
    target.loseState();
    target.local.faults.add({
      service: 'rolesanywhere',
      action: 'ListTagsForResource',
      error: { name: 'ResourceNotFoundException', status: 404 },
    });
    expect((await target.observe()).content.exists).toBe(false);
  });

  test('says who else is admitted through the anchors: any role that trusts the service', async () => {
    await using target = await openTarget();
    await target.apply(await oneAnchor());
    expect((await target.observe()).content.findings).toEqual([
      expect.objectContaining({ code: 'anchor-any-role', severity: 'note' }),
    ]);
  });

  test('names the endpoint for probes, if the definition names a profile and a role', async () => {
    const probe = {
      profile: 'arn:aws:rolesanywhere:eu-west-1:222222222222:profile/p',
      role: 'arn:aws:iam::222222222222:role/jobs',
    };
    await using target = await openTarget({ probe });
    await target.apply(await oneAnchor());
    const { content } = await target.observe();
    expect(content.endpoints).toEqual([
      {
        kind: 'create-session',
        region: 'eu-west-1',
        trustAnchorArns: content.attachments.map(({ id }) => id),
        profileArn: probe.profile,
        roleArn: probe.role,
      },
    ]);
  });

  test('a bundle that cannot be read makes what is trusted unknown, until it is replaced', async () => {
    await using target = await openTarget();
    const trust = await oneAnchor();
    await target.apply(trust);
    const { trustAnchors } = await target.client.send(new ListTrustAnchorsCommand({}));
    // A comment that the service passes over, and that we do not.
    const odd = `# -----BEGIN EC PRIVATE KEY-----\n${trust.cas[0]?.pem ?? ''}`;
    await target.client.send(
      new UpdateTrustAnchorCommand({
        trustAnchorId: trustAnchors?.[0]?.trustAnchorId,
        source: { sourceType: 'CERTIFICATE_BUNDLE', sourceData: { x509CertificateData: odd } },
      }),
    );
    expect((await target.observe()).content.cas).toBe('unknown');
    expect(await target.apply(trust)).toBe(1);
    expect((await target.observe()).content.cas).toEqual([
      expect.objectContaining({ sha256: trust.cas[0]?.sha256 }),
    ]);
  });
});

describe('a target in a definition', () => {
  const { accountRegion } = rolesAnywhere;

  test('its place comes from the region, else from the profile to probe with', () => {
    expect(accountRegion({ region: 'eu-west-2' })).toEqual({ region: 'eu-west-2' });
    const probe = {
      profile: 'arn:aws:rolesanywhere:eu-west-1:222222222222:profile/p',
      role: 'arn:aws:iam::222222222222:role/jobs',
    };
    expect(accountRegion({ probe })).toEqual({ region: 'eu-west-1', account: '222222222222' });
    expect(accountRegion({})).toEqual({});
  });

  test.each([
    [{ anchors: 2 }],
    [{ probe: { profile: 'arn:aws:rolesanywhere:eu-west-1:222222222222:profile/p' } }],
    [{ probe: { profile: 'jobs', role: 'arn:aws:iam::222222222222:role/jobs' } }],
  ])('refused: %j', (target) => {
    expect(() => accountRegion(target)).toThrow(expect.objectContaining({ code: 'definition-value' }));
  });
});
