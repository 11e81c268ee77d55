/**
 * Start-up: every command, and every package imported, against an empty `node -e 0` in the same
 * run. Needs `npm run build`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startLocalAws } from '@trustloom/local-aws';
import { createTestCa, makeAlb, makeApiGateway, makeBucket, makeCloudFront } from '@trustloom/testkit';
import type { Effort, Measured, Suite } from '../lib/measured.ts';
import { compared, pair, wholeProcess } from '../lib/pair.ts';

const account = {
  id: '222222222222',
  accessKeyId: 'AKIALOCALAWS22222222',
  secretAccessKey: 'local-aws-222222222222',
};
const region = 'eu-west-1';
const common = { trust: ['devices'], account: account.id };
const root = resolve(import.meta.dirname, '../..');
const launcher = join(root, 'packages/trustloom/bin/trustloom.mjs');
/** Packages that users import, with where they are built. */
const packages: Readonly<Record<string, string>> = {
  core: 'packages/core/dist/index.js',
  trustloom: 'packages/trustloom/dist/index.js',
  alb: 'packages/alb/dist/index.js',
  cloudfront: 'packages/cloudfront/dist/index.js',
  'api-gateway': 'packages/api-gateway/dist/index.js',
  'roles-anywhere': 'packages/roles-anywhere/dist/index.js',
  aws: 'packages/aws/dist/index.js',
};

async function measure({ quick }: Effort): Promise<readonly Measured[]> {
  const runs = quick ? 5 : 15;
  const folder = mkdtempSync(join(tmpdir(), 'trustloom-start-'));
  const node = wholeProcess(process.execPath, ['-e', '0']);
  const against = async (id: string, args: readonly string[]): Promise<Measured> =>
    compared(id, await pair(wholeProcess(process.execPath, args), node, runs), 'cpu');
  try {
    const ca = await createTestCa({ subject: 'CN=Bench' });
    const crl = join(folder, 'ca.crl');
    writeFileSync(crl, ca.issueCrl({ entries: [{ serial: 'a1' }] }).der);
    const figures = [
      await against('start/version', [launcher, '--version']),
      await against('start/help', [launcher, '--help']),
      await against('start/check-crl', [launcher, 'check', crl]),
    ];
    figures.push(...(await plans(folder, ca.pem, runs)));
    for (const [name, file] of Object.entries(packages)) {
      const url = JSON.stringify(`file://${join(root, file)}`);
      figures.push(
        await against(`start/import-${name}`, ['--input-type=module', '-e', `await import(${url})`]),
      );
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A first plan against a local AWS in this process: what a command loads, and what it asks. */
async function plans(folder: string, caPem: string, runs: number): Promise<readonly Measured[]> {
  await using local = await startLocalAws({ accounts: [account] });
  await makeBucket({ local });
  await makeBucket({ local, region: 'us-east-1' });
  const { distributionId } = await makeCloudFront({ local }, 'web');
  const { listenerArn } = await makeAlb({ local }, 'edge');
  const { domain } = await makeApiGateway({ local }, 'api.example.com');
  const targets = {
    edge: { trust: ['devices'], alb: { listeners: [listenerArn] } },
    web: { ...common, cloudfront: { distributions: [distributionId] } },
    api: { ...common, apiGateway: { region, domain, api: 'http' } },
    jobs: { ...common, rolesAnywhere: { region } },
  };
  writeFileSync(join(folder, 'ca.pem'), caPem);
  const env = { ...local.env, AWS_REGION: region, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  const node = wholeProcess(process.execPath, ['-e', '0'], env);
  const planned = async (id: string, chosen: object): Promise<Measured> => {
    const file = join(folder, `${id.replace('/', '-')}.yaml`);
    const groups = { devices: { from: './ca.pem', crls: ['./ca.crl'] } };
    const definition = { name: 'bench', state: `${account.id}/${region}`, groups, targets: chosen };
    writeFileSync(file, JSON.stringify(definition));
    const command = (...args: readonly string[]) =>
      wholeProcess(process.execPath, [launcher, ...args, '--config', file], env);
    await command('accept', '--all')();
    return compared(id, await pair(command('plan'), node, Math.ceil(runs / 2)), 'cpu');
  };
  return [await planned('start/plan-one', { edge: targets.edge }), await planned('start/plan-four', targets)];
}

/** How fast commands and imports begin. */
export const start: Suite = { name: 'start', measure };
