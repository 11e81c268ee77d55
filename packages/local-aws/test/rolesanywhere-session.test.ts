import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CreateProfileCommand,
  CreateTrustAnchorCommand,
  DisableProfileCommand,
  DisableTrustAnchorCommand,
  EnableCrlCommand,
  GetSubjectCommand,
  ImportCrlCommand,
  ListSubjectsCommand,
  RolesAnywhereClient,
} from '@aws-sdk/client-rolesanywhere';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createJumpClock,
  type JumpClock,
  type LocalAws,
  startLocalAws,
  type Unknowns,
} from '../src/index.ts';
import { createSession, type SessionRequest } from './support/create-session.ts';
import {
  type Authority,
  DAY,
  keyPem,
  makeCa,
  makeCrl,
  makeKeys,
  makeLeaf,
  SERVER_AUTH,
} from './support/pki.ts';
import { has, run } from './support/tools.ts';

const REGION = 'eu-west-1';
const ROLE = 'arn:aws:iam::111111111111:role/app';
const SHORT_ROLE = 'arn:aws:iam::111111111111:role/short';
const root = makeCa('CN=Root');
const issuing = makeCa('CN=Issuing', { issuer: root, serial: 50n });
const SERIAL = 0x0a2b3c4d5e6f708192a3b4c5d6e7f80911223344n;
const leaf = makeLeaf(issuing, { serial: SERIAL });

let aws: LocalAws;
let clock: JumpClock;
let client: RolesAnywhereClient;
let base: Omit<SessionRequest, 'leaf' | 'serial'>;

async function start(unknowns: Partial<Unknowns> = {}, cas: readonly Authority[] = [issuing]) {
  clock = createJumpClock(Date.now());
  aws = await startLocalAws({ clock, unknowns, roles: [{ arn: SHORT_ROLE, maxSessionDuration: 900 }] });
  client = new RolesAnywhereClient({
    ...aws.clientConfig('rolesanywhere', { region: REGION }),
    maxAttempts: 0,
  });
  const x509CertificateData = cas.map((one) => one.pem).join('');
  const { trustAnchor } = await client.send(
    new CreateTrustAnchorCommand({
      name: 'a',
      enabled: true,
      source: { sourceType: 'CERTIFICATE_BUNDLE', sourceData: { x509CertificateData } },
    }),
  );
  const { profile } = await client.send(
    new CreateProfileCommand({ name: 'p', enabled: true, roleArns: [ROLE, SHORT_ROLE] }),
  );
  base = {
    url: aws.url,
    region: REGION,
    trustAnchorArn: trustAnchor?.trustAnchorArn ?? '',
    profileArn: profile?.profileArn ?? '',
    roleArn: ROLE,
  };
}

const stop = async () => {
  client.destroy();
  await aws.close();
};
const restart = async (...args: Parameters<typeof start>) => {
  await stop();
  await start(...args);
};
beforeEach(() => start());
afterEach(stop);

const ask = (more: Partial<SessionRequest> = {}) => createSession({ ...base, leaf, serial: SERIAL, ...more });
/** Asks, and returns the text of the refusal; `ok` when there was none. */
const answer = async (more: Partial<SessionRequest> = {}): Promise<string> => {
  const { status, type, body } = await ask(more);
  if (status === 201) return 'ok';
  expect([status, type]).toEqual([403, 'AccessDeniedException']);
  return body.message;
};
const of = (one: Authority, serial: bigint) => ({ leaf: one, serial });
const importCrl = async (crlData: Uint8Array, enabled = true) => {
  const { crl } = await client.send(
    new ImportCrlCommand({ name: 'l', crlData, enabled, trustAnchorArn: base.trustAnchorArn }),
  );
  return crl?.crlId ?? '';
};

describe('a session', () => {
  test('is granted, and its credentials work with the other services', async () => {
    const { status, body } = await ask();
    expect(status).toBe(201);
    const [granted] = body.credentialSet;
    expect(granted).toMatchObject({
      roleArn: ROLE,
      sourceIdentity: 'CN=client',
      assumedRoleUser: {
        arn: `arn:aws:sts::111111111111:assumed-role/app/${SERIAL.toString(16).padStart(40, '0')}`,
      },
    });
    expect(body.subjectArn).toMatch(/^arn:aws:rolesanywhere:eu-west-1:111111111111:subject\//);
    const { accessKeyId, secretAccessKey, sessionToken } = granted.credentials;
    const sts = new STSClient({
      ...aws.clientConfig('sts'),
      credentials: { accessKeyId, secretAccessKey, sessionToken },
    });
    const identity = await sts.send(new GetCallerIdentityCommand({}));
    sts.destroy();
    expect(identity.Arn).toBe(granted.assumedRoleUser.arn);
  });

  test.each(['rsa', 'p256', 'p384'] as const)('can be signed with %s', async (type) => {
    expect(await answer(of(makeLeaf(issuing, { type, serial: 7n }), 7n))).toBe('ok');
  });

  test('follows the chain that the client sends', async () => {
    await restart({}, [root]);
    expect(await answer()).toBe('Untrusted Signing Certificate');
    expect(await answer({ chain: [issuing] })).toBe('ok');
    expect(await answer({ chain: [makeCa('CN=Issuing')] })).toBe('Untrusted Signing Certificate');
  });
});

describe('signatures', () => {
  test.each<[string, Partial<SessionRequest>, string]>([
    ['another key', { key: makeKeys().privateKey }, 'Invalid signature'],
    ['another serial', { serial: SERIAL + 1n }, 'Invalid signature'],
    ['another algorithm', { algorithm: 'AWS4-X509-RSA-SHA256' }, 'Invalid signature'],
    ['the certificate not signed', { signedHeaders: ['host', 'x-amz-date'] }, 'Invalid signature'],
    [
      'the chain not signed',
      { chain: [root], signedHeaders: ['host', 'x-amz-date', 'x-amz-x509'] },
      'Invalid signature',
    ],
    ['16 minutes ago', { date: new Date(Date.now() - 16 * 60_000) }, 'Signature expired'],
    ['six certificates in the chain', { chain: Array.from({ length: 6 }, () => root) }, 'Invalid request'],
  ])('%s', async (_, more, text) => {
    expect(await answer(more)).toBe(text);
  });

  test('14 minutes ago is near enough', async () => {
    expect(await answer({ date: new Date(Date.now() - 14 * 60_000) })).toBe('ok');
  });
});

describe('certificates', () => {
  const days = (count: number) => new Date(Date.now() + count * DAY);
  const weird = (options: Parameters<typeof makeLeaf>[1]) =>
    of(makeLeaf(issuing, { serial: 9n, ...options }), 9n);
  test.each<[string, Partial<SessionRequest>, string]>([
    [
      'of another CA',
      of(makeLeaf(makeCa('CN=Issuing'), { serial: 9n }), 9n),
      'Untrusted Signing Certificate',
    ],
    ['without digitalSignature', weird({ keyUsage: [2] }), 'Untrusted certificate. Insufficient certificate'],
    ['without key usage', weird({ keyUsage: null }), 'Untrusted certificate. Insufficient certificate'],
    ['for servers', weird({ eku: [SERVER_AUTH] }), 'Untrusted certificate. Insufficient certificate'],
    [
      'that is a CA',
      weird({ ca: true, keyUsage: [0, 5] }),
      'Untrusted certificate. Insufficient certificate',
    ],
    ['without a subject', weird({ subject: '' }), 'Untrusted certificate. Insufficient certificate'],
    ['signed with SHA-1', weird({ form: 'sha1' }), 'Untrusted certificate. Insufficient certificate'],
    [
      'expired',
      weird({ notBefore: days(-9), notAfter: days(-1) }),
      'Untrusted certificate. Certificate has expired',
    ],
    ['not yet valid', weird({ notBefore: days(1) }), 'Untrusted certificate. Certificate is not yet valid'],
  ])('%s', async (_, more, text) => {
    expect(await answer(more)).toBe(text);
  });

  test('validity follows the clock of the emulator', async () => {
    clock.advance(31 * DAY);
    expect(await answer()).toBe('Untrusted certificate. Certificate has expired');
  });
});

describe('CRLs', () => {
  test('act at once when enabled, and not before', async () => {
    const crlId = await importCrl(makeCrl(issuing, { serials: [SERIAL] }), false);
    expect(await answer()).toBe('ok');
    await client.send(new EnableCrlCommand({ crlId }));
    expect(await answer()).toBe('Certificate revoked');
  });

  test('of another key of that name do nothing', async () => {
    await importCrl(makeCrl(makeCa('CN=Issuing'), { serials: [SERIAL] }));
    expect(await answer()).toBe('ok');
  });

  test.each(['refuse', 'admit'] as const)('of an intermediate that the client sent: %s', async (reading) => {
    await restart({ rolesAnywhereCrlDepth: reading }, [root]);
    await importCrl(makeCrl(issuing, { serials: [SERIAL] }));
    expect(await answer({ chain: [issuing] })).toBe(reading === 'refuse' ? 'Certificate revoked' : 'ok');
  });

  test.each(['refuse', 'admit'] as const)('that revoke the intermediate: %s', async (reading) => {
    await restart({ rolesAnywhereCrlDepth: reading }, [root]);
    await importCrl(makeCrl(root, { serials: [50n] }));
    expect(await answer({ chain: [issuing] })).toBe(reading === 'refuse' ? 'Certificate revoked' : 'ok');
  });

  test.each(['refuse', 'admit'] as const)('past their nextUpdate: %s', async (reading) => {
    await restart({ rolesAnywhereExpiredCrl: reading });
    await importCrl(makeCrl(issuing, { serials: [1n] }));
    expect(await answer()).toBe('ok');
    clock.advance(2 * DAY);
    expect(await answer()).toBe(reading === 'refuse' ? 'Certificate revoked' : 'ok');
  });
});

describe('anchor, profile and role', () => {
  const id = (arn: string) => arn.split('/').at(-1) ?? '';

  test('disabled ones refuse', async () => {
    await client.send(new DisableProfileCommand({ profileId: id(base.profileArn) }));
    expect(await answer()).toBe('Profile is disabled');
    await client.send(new DisableTrustAnchorCommand({ trustAnchorId: id(base.trustAnchorArn) }));
    expect(await answer()).toBe('Trust anchor is disabled');
  });

  test('unknown ones are not found', async () => {
    const { status, type } = await ask({ profileArn: `${base.profileArn}0` });
    expect([status, type]).toEqual([404, 'ResourceNotFoundException']);
  });

  test('between profile and role there is one text', async () => {
    const other = 'arn:aws:iam::111111111111:role/other';
    expect(await answer({ roleArn: other })).toBe(`Unable to assume role for ${other}`);
    expect(await answer({ body: { roleSessionName: 'mine' } })).toBe(`Unable to assume role for ${ROLE}`);
    expect(await answer({ roleArn: SHORT_ROLE, body: { durationSeconds: 900 } })).toBe('ok');
    expect(await answer({ roleArn: SHORT_ROLE, body: { durationSeconds: 901 } })).toBe(
      `Unable to assume role for ${SHORT_ROLE}. The requested DurationSeconds exceeds the MaxSessionDuration set for this role.`,
    );
    const { status, type } = await ask({ body: { durationSeconds: 1 } });
    expect([status, type]).toEqual([400, 'ValidationException']);
  });

  test('a subject is recorded, for refused attempts too', async () => {
    expect(await answer({ roleArn: 'arn:aws:iam::111111111111:role/other' })).not.toBe('ok');
    const { subjects } = await client.send(new ListSubjectsCommand({}));
    expect(subjects).toMatchObject([{ x509Subject: 'CN=client,O=Example,C=US' }]);
    expect(await answer()).toBe('ok');
    const { subject } = await client.send(
      new GetSubjectCommand({ subjectId: subjects?.[0]?.subjectId ?? '' }),
    );
    expect(subject?.credentials).toMatchObject([
      { failed: false, x509CertificateData: leaf.pem, issuer: 'CN=Issuing' },
    ]);
  });
});

describe.skipIf(!has('openssl', 'version') || !has('curl'))('a client made of openssl and curl', () => {
  test.each(['rsa', 'p256'] as const)('%s', async (type) => {
    const folder = mkdtempSync(join(tmpdir(), 'local-aws-session-'));
    const shell = makeLeaf(issuing, { type, serial: 0x1234n });
    writeFileSync(join(folder, 'key.pem'), keyPem(shell.keys), { mode: 0o600 });
    writeFileSync(join(folder, 'cert.der'), shell.der);
    const script = fileURLToPath(new URL('./support/create-session.sh', import.meta.url));
    const ran = await run('sh', ['-c', 'cd "$1" && sh "$2"', 'sh', folder, script], {
      env: {
        ...process.env,
        URL: aws.url,
        REGION,
        ALG: `AWS4-X509-${type === 'rsa' ? 'RSA' : 'ECDSA'}-SHA256`,
        SERIAL: '4660',
        ANCHOR: base.trustAnchorArn,
        PROFILE: base.profileArn,
        ROLE,
      },
    });
    rmSync(folder, { recursive: true });
    expect(ran.err).toBe('');
    expect(JSON.parse(ran.out)).toMatchObject({
      credentialSet: [{ roleArn: ROLE, sourceIdentity: 'CN=client' }],
    });
  });
});
