import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalAws } from '@trustloom/local-aws';
import { createTestCa, makeAlb, makeBucket } from '@trustloom/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CliIo } from '../src/cli/io.ts';
import { run } from '../src/cli/program.ts';
import { version } from '../src/version.ts';
import { account } from './support/local.ts';

const root = await createTestCa({ subject: 'CN=Acme Root,O=Acme' });
const leaf = await root.issue('CN=device');
let local: Awaited<ReturnType<typeof startLocalAws>>;
let listener: string;
let folder: string;

beforeAll(async () => {
  local = await startLocalAws({ accounts: [account] });
  await makeBucket({ local });
  listener = (await makeAlb({ local })).listenerArn;
});

afterAll(() => local.close());

/** Runs the command in the folder of the test, without a terminal unless `answer` is given. */
async function trustloom(
  args: readonly string[],
  answer?: string,
): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const io: CliIo = {
    env: local.env,
    cwd: folder,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    outIsTerminal: false,
    errIsTerminal: answer !== undefined,
    inIsTerminal: answer !== undefined,
    readStdin: () => readFile(join(folder, 'trustloom.yaml'), 'utf8'),
    ask: async () => answer ?? '',
    signal: new AbortController().signal,
  };
  return { code: await run(args, io), out, err };
}

async function withFiles<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  body: () => Promise<T>,
): Promise<T> {
  folder = await mkdtemp(join(tmpdir(), 'trustloom-cli-'));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return await body();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const definition = (name = 'cli') => `name: ${name}
state: "222222222222/eu-west-1"
groups:
  devices: { from: ./ca.pem, crls: [./ca.crl] }
targets:
  edge:
    trust: [devices]
    alb: { listeners: ["${listener}"] }
`;
const files = () => ({
  'trustloom.yaml': definition(),
  'ca.pem': root.pem,
  'ca.crl': root.issueCrl({ entries: [{ serial: 'a1' }], thisUpdate: Date.now() - 60_000 }).der,
});

test('its version is that of the package', async () => {
  const { version: packed } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  expect(version).toBe(packed);
});

describe('check of files alone', () => {
  test('shows what each service would say, without a definition', () =>
    withFiles(
      { 'ca.pem': root.pem, 'ca.crl': root.issueCrl({ entries: [{ serial: 'a1' }] }).der },
      async () => {
        const { code, out } = await trustloom(['check', 'ca.pem', 'ca.crl']);
        expect(code).toBe(0);
        expect(out).toMatch(/ +cloudfront +alb +api-gateway +roles-anywhere\n/);
        expect(out).toMatch(/ca\.crl \(\d+ bytes, 1 entry\) +ok +ok +warning needs authorizer +ok/);
      },
    ));

  test.each([
    ['a private key', (): string => root.pem + leaf.keyPem, 3, 'private-key-in-bundle'],
    ['nothing', (): string => '', 3, 'empty-bundle'],
    ['a leaf', (): string => leaf.pem, 1, 'not-a-ca'],
    ['a broken block', (): string => root.pem.slice(0, -40), 1, 'pem-malformed'],
  ] as const)('refuses %s', (_name, text, code, finding) =>
    withFiles({ 'ca.pem': text() }, async () => {
      const ran = await trustloom(['check', 'ca.pem']);
      expect(ran.code).toBe(code);
      expect(ran.out + ran.err).toContain(finding);
      expect(ran.out + ran.err).not.toContain(leaf.keyPem.split('\n')[1]);
    }),
  );
});

describe('bad input is refused before any write, with code, place and what to do', () => {
  const writes = () =>
    local
      .calls()
      .filter(({ action, service }) => service !== 'sts' && !/^(Get|List|Describe|Head)/.test(action)).length;

  test.each([
    [
      'an unknown key',
      { 'trustloom.yaml': (): string => definition().replace('trust:', 'trusts:') },
      1,
      /trustloom\.yaml:7:5: targets\.edge\.trusts: unknown key; did you mean `trust`\? \[|definition-unknown-key/,
    ],
    [
      'an unknown kind',
      { 'trustloom.yaml': (): string => definition().replace('alb:', 'nlb:') },
      1,
      /its kind is one of cloudfront, alb, apiGateway, rolesAnywhere/,
    ],
    [
      'a missing file',
      { 'trustloom.yaml': (): string => definition().replace('./ca.pem', './missing.pem') },
      1,
      /file-not-found/,
    ],
    ['an empty bundle', { 'ca.pem': (): string => '# nothing\n' }, 3, /empty-bundle/],
    ['a leaf instead of a CA', { 'ca.pem': (): string => leaf.pem }, 1, /not-a-ca/],
    [
      'a private key in the bundle',
      { 'ca.pem': (): string => root.pem + leaf.keyPem },
      3,
      /private-key-in-bundle/,
    ],
    [
      'another account',
      { 'trustloom.yaml': (): string => definition().replace('"222222222222/', '"333333333333/') },
      1,
      /definition-account-region|wrong-account|333333333333/,
    ],
    [
      'a bucket that is missing',
      { 'trustloom.yaml': (): string => `bucket: nowhere-{account}\n${definition()}` },
      1,
      /bucket-missing[\s\S]*|aws s3api create-bucket/,
    ],
  ] as const)('%s', (_name, changed, code, words) =>
    withFiles(
      { ...files(), ...Object.fromEntries(Object.entries(changed).map(([name, text]) => [name, text()])) },
      async () => {
        const before = writes();
        await trustloom(['accept', '--all']);
        const ran = await trustloom(['apply', '--auto-approve', '--allow', 'enforce:edge']);
        expect(ran.code, ran.err).toBe(code);
        expect(ran.out + ran.err).toMatch(words);
        expect(writes()).toBe(before);
      },
    ),
  );
});

describe('the way of a first hour', () => {
  test('accept, plan, apply by an answer, status, probe, and back out', () =>
    withFiles(files(), async () => {
      expect(await trustloom(['plan'])).toMatchObject({ code: 3 }); // nothing is accepted yet
      const shown = await trustloom(['accept']);
      expect(shown.out).toMatch(/^Offered: 1 CA; 1 new\./);
      expect(shown.out).toContain(`SHA-256 ${root.sha256}`);
      expect((await trustloom(['accept', '--all'])).out).toMatch(
        /^Accepted: 1 CA\.\n\naccepted Acme Root \[[0-9a-f]{8}\] in devices/,
      );

      const plan = await trustloom(['plan', '--json']);
      const planned = JSON.parse(plan.out);
      expect([plan.code, planned.formatVersion, planned.missing]).toEqual([0, 1, ['enforce:edge']]);
      expect((await trustloom(['plan', '--detailed-exitcode'])).code).toBe(2);

      const silent = await trustloom(['apply', '--allow', 'enforce:edge']);
      expect(silent.code).toBe(1);
      expect(silent.err).toContain(`--approve ${planned.digest}`);
      expect(silent.err).toMatch(/^Plan: \d+ changes; 1 more needs consent|^Plan: \d+ changes\./);
      expect((await trustloom(['apply', '--allow', 'enforce:edge'], 'no')).code).toBe(1);
      expect(
        (await trustloom(['apply', '--approve', '0'.repeat(64), '--allow', 'enforce:edge'])).err,
      ).toContain('approval-stale');

      const without = await trustloom(['apply', '--auto-approve']);
      expect([without.code, without.out]).toEqual([
        3,
        expect.stringContaining('To apply the rest:\ntrustloom apply --allow enforce:edge'),
      ]);
      const done = await trustloom(['apply', '--allow', 'enforce:edge'], 'yes');
      expect([done.code, done.out]).toEqual([
        0,
        expect.stringMatching(
          /^Applied: \d+ changes?; as defined, but anybody is admitted around mutual TLS on edge\./,
        ),
      ]);
      // Nothing is to be done, and it is not called in sync beside an open way around mutual TLS.
      const asDefined = /^As defined, but anybody is admitted around mutual TLS on edge\./;
      expect((await trustloom(['plan', '--detailed-exitcode'])).out).toMatch(asDefined);
      expect((await trustloom(['plan', '--config', '-'])).out).toMatch(asDefined);

      const status = await trustloom(['status']);
      expect(status.out).toMatch(/edge {2}Application Load Balancer, 222222222222\/eu-west-1: in sync/);
      expect(status.out).toMatch(asDefined);
      expect(status.out).toMatch(/forwards without mutual TLS: open[\s\S]*Exit code 1, because:\n {2}edge: /);
      expect(status.code).toBe(1);

      await writeFile(join(folder, 'good.pem'), leaf.pem);
      await writeFile(join(folder, 'good.key'), leaf.keyPem, { mode: 0o600 });
      const probe = JSON.parse(
        (await trustloom(['probe', '--json', '--cert', 'good=good.pem,good.key'])).out,
      );
      expect(
        probe.rows[0].cells.map(({ client, outcome }: { client: string; outcome: unknown }) => [
          client,
          outcome,
        ]),
      ).toEqual([
        ['none', 'refused'],
        ['good', 200],
        ['untrusted', 'refused'],
      ]);

      await writeFile(
        join(folder, 'trustloom.yaml'),
        definition().replace(/targets:[\s\S]*/, 'targets: {}\n'),
      );
      const leaving = await trustloom(['apply', '--auto-approve']);
      expect([leaving.code, leaving.out]).toEqual([
        3,
        expect.stringContaining('--allow relax:edge --allow remove:edge'),
      ]);
      expect(
        (await trustloom(['apply', '--auto-approve', '--allow', 'relax:edge', '--allow', 'remove:edge']))
          .code,
      ).toBe(0);
      expect(local.state().elbv2.flatMap(({ state }) => [...state.trustStores.keys()])).toEqual([]);
    }));

  test('refresh, revoke, unrevoke and explain', () =>
    withFiles(files(), async () => {
      await trustloom(['accept', '--all']);
      await trustloom(['apply', '--auto-approve', '--allow', 'enforce:edge']);
      await writeFile(join(folder, 'leaf.pem'), leaf.pem);
      const entries = [{ serial: 'a1' }, { serial: leaf.serial }];
      await writeFile(join(folder, 'ca.crl'), root.issueCrl({ entries, number: 2 }).der);
      expect((await trustloom(['explain', 'leaf.pem'])).out).toMatch(
        /^CN=device, serial \w+: refused on edge[\s\S]*no {2}revocation: CN=device: serial/,
      );
      const refreshed = await trustloom(['refresh', '--json']);
      expect([refreshed.code, JSON.parse(refreshed.out).calls]).toEqual([0, 2]);
      expect(JSON.parse((await trustloom(['refresh', '--json'])).out).calls).toBe(0);

      expect((await trustloom(['revoke', 'leaf.pem'])).err).toContain('--reason');
      const revoked = await trustloom(['revoke', 'leaf.pem', '--reason', 'stolen', '--by', 'ann']);
      expect(revoked.code, revoked.err).toBe(0);
      // The CRL of the CA names it, and was read back: it is in force although the CA decides.
      expect(revoked.out).toMatch(/^In force on 1 of 1: edge\./);
      expect(revoked.out).toContain(`on the deny list: serial ${leaf.serial} of Acme Root [`);
      expect(revoked.out).toContain('residual access once refused: connections that are open');
      const lifted = await trustloom(['unrevoke', leaf.serial]);
      expect(lifted.out).toMatch(/^Lifted on 0 of 1\.\nOn edge a CRL of the CA may name it still\./);
      expect(lifted.out).not.toMatch(/revoke at the CA/);
      expect((await trustloom(['unrevoke', leaf.serial])).err).toContain('not-denied');
      const leave = definition().replace(/targets:[\s\S]*/, 'targets: {}\n');
      await writeFile(join(folder, 'trustloom.yaml'), leave);
      await trustloom(['apply', '--auto-approve', '--allow', 'relax:edge', '--allow', 'remove:edge']);
    }));

  test("README's own example of `revoke` works on a two-tier CA", async () => {
    const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
    const [, serial = '', reason = ''] = /^npx trustloom revoke (\S+) --reason "([^"]+)"/m.exec(readme) ?? [];
    expect([serial, reason]).toEqual([expect.stringContaining(':'), 'stolen laptop']);
    const issuing = await root.intermediate('CN=Acme Issuing,O=Acme');
    const twoTiers = {
      ...files(),
      'trustloom.yaml': definition('tiers').replace('crls: [./ca.crl]', 'crls: [./ca.crl, ./issuing.crl]'),
      'ca.pem': root.pem + issuing.pem,
      'issuing.crl': issuing.issueCrl({ entries: [] }).der,
    };
    await withFiles(twoTiers, async () => {
      await trustloom(['accept', '--all']);
      await trustloom(['apply', '--auto-approve', '--allow', 'enforce:edge']);
      const { out, code } = await trustloom(['revoke', serial, '--reason', reason]);
      expect(out).toContain('on the deny list: serial 3f9c2a of Acme Issuing [');
      expect(out).toMatch(/warning: serial 3f9c2a of .*no known inventory or CRL names it/);
      // A load balancer takes only CRLs that the CA signed: the reason stands at the end.
      expect([code, out]).toEqual([1, expect.stringMatching(/Exit code 1, because:\n {2}edge: /)]);
      expect((await trustloom(['denied'])).out).toContain('serial 3f9c2a of Acme Issuing [');
      expect((await trustloom(['unrevoke', serial])).out).toContain('no longer on the deny list');
      const leave = definition('tiers').replace(/targets:[\s\S]*/, 'targets: {}\n');
      await writeFile(join(folder, 'trustloom.yaml'), leave);
      await trustloom(['apply', '--auto-approve', '--allow', 'relax:edge', '--allow', 'remove:edge']);
    });
  });

  test('retire names the command that takes the CA back, and accept does', () =>
    withFiles({ ...files(), 'trustloom.yaml': definition('retired') }, async () => {
      await trustloom(['accept', '--all']);
      const short = root.sha256.slice(0, 8);
      expect((await trustloom(['retire', short])).err).toContain(`\`trustloom accept ${short}\``);
      expect((await trustloom(['accept', '--all'])).out).toContain(
        `it is retired; take it back with \`trustloom accept ${short}\``,
      );
      expect(await trustloom(['accept', short])).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^Accepted: 1 CA\./),
      });
    }));

  test('probe exits with 1 where somebody is wrongly admitted, and says why', () =>
    withFiles({ ...files(), 'trustloom.yaml': definition('probed') }, async () => {
      await trustloom(['accept', '--all']);
      const open = await trustloom(['probe']);
      expect(open.code, open.out).toBe(1);
      expect(open.out).toContain('Exit code 1, because:\n  edge: a client without a certificate is admitted');
      expect(JSON.parse((await trustloom(['probe', '--json'])).out)).toMatchObject({
        exitCode: 1,
        problems: ['edge: a client without a certificate is admitted', expect.any(String)],
      });
      await trustloom(['apply', '--auto-approve', '--allow', 'enforce:edge']);
      expect((await trustloom(['probe'])).code).toBe(0);

      // A client of a trusted CA, called revoked: nobody revoked it, so it is admitted.
      await writeFile(join(folder, 'leaf.pem'), leaf.pem);
      await writeFile(join(folder, 'leaf.key'), leaf.keyPem, { mode: 0o600 });
      const named = (name: string) => ['probe', '--cert', `${name}=leaf.pem,leaf.key`];
      expect(await trustloom(named('revoked'))).toMatchObject({
        code: 1,
        out: expect.stringContaining('  edge: the client revoked is admitted'),
      });
      expect((await trustloom(named('good'))).code).toBe(0);

      const expecting = async (text: string) => {
        await writeFile(join(folder, 'matrix.yaml'), text);
        return trustloom([...named('good'), '--expect', 'matrix.yaml']);
      };
      expect((await expecting('good: { edge: admitted }\nnone: { edge: refused }\n')).code).toBe(0);
      expect(await expecting('good: { edge: refused }\n')).toMatchObject({
        code: 1,
        out: expect.stringContaining('edge: the client good was expected to be refused, and is admitted'),
      });
      expect(await expecting('untrusted: { edge: admitted }\n')).toMatchObject({
        code: 1,
        out: expect.stringContaining('the client untrusted was expected to be admitted, and is refused'),
      });
      for (const [text, words] of [
        ['god: { edge: admitted }', 'god: no such client is tried; did you mean `good`?'],
        ['good: { egde: admitted }', 'good.egde: no such target; did you mean `edge`?'],
        ['good: { edge: yes }', 'good.edge: one of admitted, refused'],
        ['- good', 'not a mapping of clients'],
        ['good: {', 'not valid YAML'],
      ] as const)
        expect(await expecting(text)).toMatchObject({ code: 1, err: expect.stringContaining(words) });
      const leave = definition('probed').replace(/targets:[\s\S]*/, 'targets: {}\n');
      await writeFile(join(folder, 'trustloom.yaml'), leave);
      await trustloom(['apply', '--auto-approve', '--allow', 'relax:edge', '--allow', 'remove:edge']);
    }));

  test('init writes a definition that can be read, and never over one that is there', () =>
    withFiles({}, async () => {
      expect((await trustloom(['init'])).code).toBe(0);
      expect(await trustloom(['init'])).toMatchObject({
        code: 1,
        err: expect.stringContaining('file-exists'),
      });
      await writeFile(join(folder, 'ca.pem'), root.pem);
      const check = await trustloom(['check']);
      expect(check.out).toContain('Acme Root [');
    }));

  test('unknown commands and options are answered with what is near', () =>
    withFiles({}, async () => {
      expect(await trustloom(['plam'])).toMatchObject({
        code: 1,
        err: expect.stringContaining('Did you mean plan?'),
      });
      expect((await trustloom(['plan', '--alow', 'x'])).code).toBe(1);
      expect((await trustloom(['plan'])).err).toContain('definition-not-found');
    }));
});
