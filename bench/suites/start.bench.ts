/** Start-up: every command, and every package imported, against an empty `node -e 0` in the same run. Needs `npm run build`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createTestCa } from '@trustloom/testkit';
import type { Effort, Measured, Suite } from '../lib/measured.ts';
import { compared, pair, wholeProcess } from '../lib/pair.ts';

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

/** How fast commands and imports begin. */
export const start: Suite = { name: 'start', measure };
