import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CheckReport } from '@trustloom/core';
import { startLocalAws } from '@trustloom/local-aws';
import { createTestClock, makeBucket } from '@trustloom/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CliIo } from '../../src/cli/io.ts';
import { run } from '../../src/cli/program.ts';
import { account } from '../support/local.ts';

const cases = fileURLToPath(new URL('.', import.meta.url));
let folder: string;
/** Who runs the command; its services are never asked. */
let local: Awaited<ReturnType<typeof startLocalAws>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trustloom-field-'));
  local = await startLocalAws({ accounts: [account] });
  await makeBucket({ local });
});
afterAll(async () => {
  await local.close();
  await rm(folder, { recursive: true, force: true });
});

async function trustloom(cwd: string, ...args: readonly string[]) {
  let out = '';
  const io: CliIo = {
    env: local.env,
    cwd,
    out: (text) => {
      out += text;
    },
    err: () => undefined,
    outIsTerminal: false,
    errIsTerminal: false,
    inIsTerminal: false,
    readStdin: async () => '',
    ask: async () => '',
    signal: new AbortController().signal,
    clock: createTestClock('2026-11-29T00:00:00Z'),
  };
  return { code: await run(args, io), out };
}

/** `check FILE...`, as data. */
async function checkFiles(...files: readonly string[]) {
  const { code, out } = await trustloom(cases, 'check', '--json', ...files);
  return { code, ...seen(JSON.parse(out) as CheckReport, files.at(-1) ?? '') };
}

/** `check` of a definition with all four services that names this CRL beside that of the root. */
async function checkDefinition(crl: string) {
  for (const file of ['bundle.pem', 'root.crl', crl]) await copyFile(join(cases, file), join(folder, file));
  const common = 'trust: [devices], account: "222222222222"';
  const listener =
    'arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2';
  await writeFile(
    join(folder, 'trustloom.yaml'),
    `name: field
state: "222222222222/eu-west-1"
groups:
  devices: { from: ./bundle.pem, crls: [./root.crl, ./${crl}] }
targets:
  web: { ${common}, cloudfront: { distributions: [E2EXAMPLE] } }
  edge: { trust: [devices], alb: { listeners: ["${listener}"] } }
  api: { ${common}, apiGateway: { region: eu-west-1, domain: api.example.com, api: http, authorizer: "arn:aws:lambda:eu-west-1:222222222222:function:revocation" } }
  jobs: { ${common}, rolesAnywhere: { region: eu-west-1 } }
`,
  );
  await rm(join(folder, 'trustloom.lock'), { force: true });
  await trustloom(folder, 'accept', '--all');
  const { code, out } = await trustloom(folder, 'check', '--json');
  expect(out).not.toContain('"error": {');
  return { code, ...seen(JSON.parse(out) as CheckReport, crl) };
}

function seen({ matrix, findings }: CheckReport, crl: string) {
  const row = matrix.rows.find(({ label }) => label.startsWith(`${crl} `));
  const cells = Object.fromEntries(row?.cells.map(({ service, verdict }) => [service, verdict]) ?? []);
  const own = findings.filter(({ about }) => about === row?.about);
  return { cells, codes: own.map(({ code }) => code), texts: own.map(({ message }) => message) };
}

const everywhere = (verdict: string) => ({
  cloudfront: verdict,
  alb: verdict,
  'api-gateway': verdict,
  'roles-anywhere': verdict,
});

describe('a CRL is related to the CAs given, alone and in a definition', () => {
  test.each([
    [
      'R01',
      'badsig.crl',
      'crl-bad-signature',
      /the signature of the CRL of Field Issuing \[[0-9a-f]{8}\] does not verify/,
    ],
    [
      'R02',
      'otherkey.crl',
      'crl-unknown-issuer',
      /is signed by another key than that of Field Issuing \[[0-9a-f]{8}\]/,
    ],
    ['R06', 'indirect.crl', 'crl-indirect', /is an indirect CRL/],
    ['R13', 'future.crl', 'crl-not-yet-valid', /begins at 2026-11-30T23:39:04Z, in the future/],
  ] as const)('%s, %s: used nowhere, exit 1, the same sentence in both', async (_case, crl, code, text) => {
    const files = await checkFiles('bundle.pem', crl);
    const definition = await checkDefinition(crl);
    for (const report of [files, definition]) {
      expect(report.code).toBe(1);
      expect(report.cells).toEqual(everywhere('refused'));
      expect(report.codes).toContain(code);
    }
    const sentence = (texts: readonly string[]) =>
      texts.find((one) => text.test(one))?.replace(/^(\.\/)?[a-z]+\.crl: /, '');
    expect(sentence(files.texts)).toBeDefined();
    expect(sentence(files.texts)).toBe(sentence(definition.texts));
  });

  test('R12, expired.crl: not attached to ALB and Roles Anywhere; where the check is ours, everybody is refused after grace, and the table says so', async () => {
    const files = await checkFiles('bundle.pem', 'expired.crl');
    const definition = await checkDefinition('expired.crl');
    for (const report of [files, definition]) {
      expect(report.code).toBe(1);
      expect(report.cells).toEqual({
        cloudfront: 'warning',
        alb: 'refused',
        'api-gateway': 'warning',
        'roles-anywhere': 'refused',
      });
      expect(report.texts.join('\n')).toMatch(/is refused once `grace` is over/);
      expect(report.texts.join('\n')).toMatch(/ended at 2026-11-18T23:39:04Z/);
    }
    const { out } = await trustloom(cases, 'check', 'bundle.pem', 'expired.crl');
    expect(out).toMatch(/expired\.crl .*warning expired: all refused after grace +refused expired/);
  });

  test('a CRL whose issuer is not among the files is not judged, and says which CA it needs', async () => {
    const { code, cells, texts } = await checkFiles('root.pem', 'iss.crl');
    expect(code).toBe(1);
    expect(cells).toEqual(everywhere('unknown'));
    expect(texts.join('\n')).toMatch(/its issuer .*CN=Field Issuing.* is not among the files/);
  });

  test('a CRL alone cannot be related to anything: a warning', async () => {
    const { code, cells } = await checkFiles('iss.crl');
    expect([code, cells]).toEqual([0, everywhere('unknown')]);
  });

  test('a good one is ok; with an authorizer also on API Gateway', async () => {
    const ok = everywhere('ok');
    expect(await checkFiles('bundle.pem', 'iss.crl')).toMatchObject({
      code: 0,
      cells: { ...ok, 'api-gateway': 'warning' },
    });
    expect(await checkDefinition('iss.crl')).toMatchObject({ code: 0, cells: ok });
  });
});
