import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '@trustloom/local-aws';
import { createTestCa, createTestClock, makeBucket, type TestCa, type TestLeaf } from '@trustloom/testkit';
import { type OpenedTrustloom, openTrustloom } from 'trustloom';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nginxFiles } from '../src/index.ts';
import { admits, readOrNothing, type ServerCertificate, serverCertificate } from './nginx.ts';

const withOpenssl = spawnSync('openssl', ['version']).status === 0;
// OpenSSL goes by the machine's clock, so what is issued later must not lie in its future.
const clock = createTestClock(Date.now() - 3_600_000);
const accounts = [
  { id: '222222222222', accessKeyId: 'AKIALOCALAWS22222222', secretAccessKey: 'local-aws-222222222222' },
];

let local: LocalAws;
let server: ServerCertificate;
beforeAll(async () => {
  local = await startLocalAws({ clock, accounts });
  await makeBucket({ local });
  server = await serverCertificate();
});
afterAll(() => local.close());

interface Scene extends AsyncDisposable {
  readonly root: TestCa;
  readonly issuing: TestCa;
  readonly other: TestCa;
  readonly good: TestLeaf;
  readonly revoked: TestLeaf;
  readonly files: { readonly bundle: string; readonly crls: string };
  /** Opens the definition with the service beside the four. */
  open(): Promise<OpenedTrustloom>;
  definition(groups: readonly string[]): Promise<void>;
  publish(revoked: readonly TestLeaf[], number: number): Promise<void>;
}

/** Two groups of CAs, their CRLs, and a directory for nginx. */
async function scene(name: string): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-nginx-'));
  const root = await createTestCa({ subject: 'CN=Acme Root CA', clock });
  const issuing = await root.intermediate('CN=Acme Issuing CA');
  const other = await createTestCa({ subject: 'CN=Partner CA', clock });
  const file = (name: string, text: string) => writeFile(join(folder, name), text);
  const publish = async (revoked: readonly TestLeaf[], number: number) => {
    const entries = revoked.map(({ serial }) => ({ serial }));
    await file('issuing.crl', issuing.issueCrl({ entries, number }).pem);
  };
  const definition = (groups: readonly string[]) =>
    file('trustloom.yaml', definitionOf(name, folder, groups));
  await file('ca.pem.source', root.pem + issuing.pem);
  await file('root.crl', root.issueCrl().pem);
  await file('partner.pem', other.pem);
  await file('partner.crl', other.issueCrl().pem);
  await publish([], 1);
  return {
    root,
    issuing,
    other,
    good: await issuing.issue('CN=good'),
    revoked: await issuing.issue('CN=revoked'),
    files: { bundle: join(folder, 'ca.pem'), crls: join(folder, 'crl.pem') },
    open: () =>
      openTrustloom(join(folder, 'trustloom.yaml'), { env: local.env, clock, services: [nginxFiles()] }),
    definition,
    publish,
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const definitionOf = (name: string, directory: string, groups: readonly string[]) => `
name: ${name}
state: "222222222222/eu-west-1"
groups:
  devices: { from: ./ca.pem.source, crls: [./root.crl, ./issuing.crl] }
  partners: { from: ./partner.pem, crls: [./partner.crl] }
targets:
  proxy:
    trust: [${groups.join(', ')}]
    nginx: { directory: ${directory} }
`;

/** As nginx asks OpenSSL: every certificate of the chain needs a CRL. */
function opensslVerify({ bundle, crls }: Scene['files'], client: TestLeaf) {
  const args = ['verify', '-crl_check', '-crl_check_all', '-CAfile', bundle, '-CRLfile', crls];
  const { status, stdout, stderr } = spawnSync('openssl', args, { input: client.pem, encoding: 'utf8' });
  return { ok: status === 0, said: stdout + stderr };
}

test('plan, apply, refresh and a CA less, through openTrustloom with the service beside the four', async () => {
  await using acme = await scene('acme');
  const { files, good, revoked } = acme;
  await acme.definition(['devices', 'partners']);
  {
    await using trustloom = await acme.open();
    await trustloom.accept('all');
    const plan = await trustloom.plan();
    expect(plan.targets.flatMap(({ steps }) => steps).map(({ effect, kind }) => [effect, kind])).toEqual([
      ['revoke', 'write-crls'],
      ['grant', 'write-bundle'],
    ]);
    const report = await trustloom.apply({ approve: plan.digest });
    expect(report.exitCode).toBe(0);
    expect(report.targets.map(({ state }) => state)).toEqual(['in-sync']);
    expect((await trustloom.plan()).targets.flatMap(({ steps }) => steps)).toEqual([]);
    expect(readOrNothing(files.bundle)).toMatch(/^# Trustloom: definition acme, target proxy\n-----BEGIN/);
    for (const client of [good, revoked]) expect(await admits(files, client, server)).toBe(true);
    expect(await admits(files, await acme.other.issue('CN=partner'), server)).toBe(true);

    clock.advance(60_000);
    await acme.publish([revoked], 2);
    const refreshed = await trustloom.refresh();
    expect(refreshed.exitCode).toBe(0);
    expect(await admits(files, revoked, server)).toBe(false);
    expect(await admits(files, good, server)).toBe(true);
  }
  await acme.definition(['devices']);
  {
    await using trustloom = await acme.open();
    const held = await trustloom.apply({ approve: 'any' });
    expect(held.exitCode, 'a CA less needs its consent').not.toBe(0);
    expect(await admits(files, await acme.other.issue('CN=partner'), server)).toBe(true);
    const { sha256 } = acme.other;
    const report = await trustloom.apply({ approve: 'any', allow: [`remove:${sha256}`] });
    expect(report.exitCode).toBe(0);
    expect(await admits(files, await acme.other.issue('CN=partner'), server)).toBe(false);
    expect(readOrNothing(files.crls)?.match(/BEGIN/g)).toHaveLength(2);
    expect((await trustloom.plan()).targets.flatMap(({ steps }) => steps)).toEqual([]);
  }
});

test.skipIf(!withOpenssl)(
  'openssl verify refuses a revoked client and accepts a good one (needs openssl)',
  async () => {
    await using acme = await scene('openssl');
    const { files, good, revoked } = acme;
    await acme.definition(['devices', 'partners']);
    await acme.publish([revoked], 1);
    await using trustloom = await acme.open();
    await trustloom.accept('all');
    await trustloom.apply({ approve: 'any' });
    expect(opensslVerify(files, good)).toEqual({ ok: true, said: 'stdin: OK\n' });
    expect(opensslVerify(files, revoked)).toEqual({
      ok: false,
      said: expect.stringContaining('certificate revoked'),
    });
  },
);
