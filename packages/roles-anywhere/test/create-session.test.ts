import { CreateTrustAnchorCommand, RolesAnywhereClient } from '@aws-sdk/client-rolesanywhere';
import { startLocalAws } from '@trustloom/local-aws';
import { createTestCa, makeRolesAnywhere, type TestLeaf } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { createSession, type SessionRequest } from '../src/port/create-session.ts';

const region = 'eu-west-1';

/** A root as anchor, an intermediate that only clients know, and a way to ask. */
async function open() {
  const local = await startLocalAws();
  const client = new RolesAnywhereClient(
    local.clientConfig('rolesanywhere', { account: '222222222222', region }),
  );
  const { profileArn, roleArn } = await makeRolesAnywhere({ local });
  const root = await createTestCa({ subject: 'CN=Root' });
  const issuing = await root.intermediate('CN=Issuing');
  const { trustAnchor } = await client.send(
    new CreateTrustAnchorCommand({
      name: 'root',
      enabled: true,
      source: { sourceType: 'CERTIFICATE_BUNDLE', sourceData: { x509CertificateData: root.pem } },
    }),
  );
  const trustAnchorArn = trustAnchor?.trustAnchorArn ?? '';
  return {
    issuing,
    ask: (leaf: TestLeaf, more: Partial<SessionRequest> = {}) =>
      createSession({
        endpoint: local.url,
        region,
        trustAnchorArn,
        profileArn,
        roleArn,
        certificatePem: leaf.pem,
        privateKeyPem: leaf.keyPem,
        intermediatesPem: [issuing.pem],
        now: Date.now(),
        ...more,
      }),
    [Symbol.asyncDispose]: () => local.close(),
  };
}

describe('a session asked for with a certificate', () => {
  test.each(['P-256', 'P-384', 'RSA-2048'] as const)('is created with a key of kind %s', async (key) => {
    await using at = await open();
    expect(await at.ask(await at.issuing.issue('CN=client', { key }))).toEqual({ status: 201 });
  });

  test('a serial with a leading zero byte is still a number', async () => {
    await using at = await open();
    const leaf = await at.issuing.issue('CN=client', { serial: '00ff01' });
    expect(await at.ask(leaf)).toEqual({ status: 201 });
  });

  test('is refused in the words of the service', async () => {
    await using at = await open();
    const leaf = await at.issuing.issue('CN=client');
    expect(await at.ask(leaf, { intermediatesPem: [] })).toEqual({
      status: 403,
      message: 'Untrusted Signing Certificate',
    });
    const other = await at.issuing.issue('CN=other');
    expect(await at.ask(leaf, { privateKeyPem: other.keyPem })).toEqual({
      status: 403,
      message: 'Invalid signature',
    });
    expect(await at.ask(leaf, { now: Date.now() - 3_600_000 })).toMatchObject({ status: 403 });
    const trustAnchorArn = `arn:aws:rolesanywhere:${region}:222222222222:trust-anchor/none`;
    expect(await at.ask(leaf, { trustAnchorArn })).toMatchObject({ status: 404 });
  });

  test('sends no key and gives back no credentials', async () => {
    await using at = await open();
    const leaf = await at.issuing.issue('CN=client');
    const sent: string[] = [];
    const answer = await at.ask(leaf, {
      fetch: (url, init) => {
        sent.push(JSON.stringify([String(url), init?.headers, init?.body]));
        return fetch(url, init);
      },
    });
    expect(sent).toHaveLength(1);
    const secret = leaf.keyPem.split('\n')[1] ?? '';
    expect(secret.length).toBeGreaterThan(30);
    expect(sent[0]).not.toContain(secret);
    expect(Object.keys(answer)).toEqual(['status']);
  });

  test('five intermediates pass, six are refused', async () => {
    await using at = await open();
    const leaf = await at.issuing.issue('CN=client');
    const five = Array.from({ length: 5 }, () => at.issuing.pem);
    expect(await at.ask(leaf, { intermediatesPem: five })).toEqual({ status: 201 });
    expect(await at.ask(leaf, { intermediatesPem: [...five, at.issuing.pem] })).toMatchObject({
      status: 403,
    });
  });
});
