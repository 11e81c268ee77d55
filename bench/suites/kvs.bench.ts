/**
 * The KeyValueStore of a connection function: what fits, how many writes, how long to build, and
 * what a check costs at an edge.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCrl } from '@trustloom/core';
import { createTestCa } from '@trustloom/testkit';
import { packSerials, splitEntries } from '../../packages/cloudfront/src/revocation/entries/buckets.ts';
import type { DesiredEntries } from '../../packages/cloudfront/src/revocation/entries/index.ts';
import { batchesOf } from '../../packages/cloudfront/src/revocation/entries/items.ts';
import { chooseLayout, type Layout } from '../../packages/cloudfront/src/revocation/entries/layout.ts';
import { manifestKey } from '../../packages/cloudfront/src/revocation/entries/manifest.ts';
import { freshItems, newStore } from '../../packages/cloudfront/src/revocation/entries/new-store.ts';
import { reconcile } from '../../packages/cloudfront/src/revocation/entries/reconcile.ts';
import type { EntryForm } from '../../packages/cloudfront/src/revocation/entries/serials.ts';
import { generateConnectionFunction } from '../../packages/cloudfront/src/revocation/function.ts';
import { cloudfrontInfo } from '../../packages/cloudfront/src/service.ts';
import { edge, shown } from '../../packages/cloudfront/test/support/edge.ts';
import { desiredOf, serials } from '../../packages/cloudfront/test/support/entries.ts';
import { type Effort, type Measured, median, type Skipped, type Suite, time } from '../lib/measured.ts';

const code = generateConnectionFunction({ mode: 'required', graceMs: 24 * 3_600_000 });
const now = Date.parse('2026-11-26T08:00:00Z');

/** Half of 16 bytes, half of 20, as the data of the other suites. */
const mixed = (count: number, seed: number) => [
  ...serials(count / 2, 16, seed),
  ...serials(count / 2, 20, seed + 1),
];

async function measure({ quick }: Effort): Promise<readonly (Measured | Skipped)[]> {
  const half = mixed(500_000, 11);
  const desired = desiredOf(half, 'compact');
  const layout = layoutOf(desired);
  const items = freshItems(desired, layout);
  return [
    capacity('exact', 190_000),
    capacity('compact', 620_000),
    { id: 'kvs/alb-mb', value: bytesOf(items) / 1e6, note: '500,000 serials, compact' },
    { id: 'kvs/churn-calls', value: churn(half, layout, items) },
    { id: 'kvs/urgent-calls', value: urgent(half, layout, items) },
    fullLoad(desired),
    ...(await build(half, layout, quick ? 3 : 7)),
    bound(layout, items),
    await falseDenials(items, quick ? 100_000 : 1_000_000),
    ...checks(items, half),
  ];
}

const layoutOf = (desired: DesiredEntries): Layout => chooseLayout(desired.form, desired.size, 'bench');

const bytesOf = (items: ReadonlyMap<string, string>): number =>
  [...items].reduce((sum, [key, value]) => sum + key.length + Buffer.byteLength(value), 0);

/** How many serials one store takes: from a store of about so many. */
function capacity(form: EntryForm, about: number): Measured {
  const desired = desiredOf(mixed(about, 21), form);
  // Of several layouts the first in which no bucket overflows, as apply chooses it.
  const layout = newStore(desired, now, () => false)?.layout ?? layoutOf(desired);
  const bytes = bytesOf(freshItems(desired, layout));
  const fit = Math.floor((about * cloudfrontInfo.limits.storeBytes.max) / bytes);
  return { id: `kvs/${form}-entries`, value: fit, note: `${(bytes / about).toFixed(2)} bytes each` };
}

/** UpdateKeys calls for a day on which 0.5 % of the serials go and as many come. */
function churn(half: readonly string[], layout: Layout, items: ReadonlyMap<string, string>): number {
  const next = [...half.slice(2500), ...mixed(2500, 31)];
  return batchesOf(reconcile(desiredOf(next, 'compact'), layout, items, now)).length;
}

function urgent(half: readonly string[], layout: Layout, items: ReadonlyMap<string, string>): number {
  const more = desiredOf([...half, ...serials(1, 20, 41)], 'compact');
  return batchesOf(reconcile(more, layout, items, now)).length;
}

/**
 * PutObject, CreateKeyValueStore, one look whether it is ready, updates for what the file had no
 * room for, the function, its publication.
 */
function fullLoad(desired: DesiredEntries): Measured {
  const rest = newStore(desired, now, () => false)?.rest ?? [];
  return {
    id: 'kvs/full-load-calls',
    value: 5 + batchesOf({ puts: rest, deletes: [] }).length,
    note: '500,000 serials, compact',
  };
}

/** A CRL of 500,000 entries becomes the values of buckets; beside it, reading the list. */
async function build(half: readonly string[], layout: Layout, runs: number): Promise<readonly Measured[]> {
  const ca = await createTestCa({ subject: 'CN=Bench', key: 'P-256' });
  const { der } = ca.issueCrl({ entries: half.map((serial) => ({ serial })) });
  const scans: number[] = [];
  const builds: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    scans.push(await time(() => readCrl(der)));
    const { set } = desiredOf(half, 'compact');
    builds.push(await time(() => packSerials(set, layout)));
  }
  return [
    { id: 'kvs/build-ms', value: median(builds), note: `median of ${runs}` },
    {
      id: 'kvs/build-scans',
      value: median(builds) / median(scans),
      note: 'of reading the CRL, in the same run',
    },
  ];
}

/**
 * The chance that a valid certificate is refused by mistake, as a power of two: entries that it is
 * compared with, of 2^48.
 */
function bound(layout: Layout, items: ReadonlyMap<string, string>): Measured {
  const entries = [...items]
    .filter(([key]) => /^\d/.test(key))
    .reduce((sum, [, value]) => sum + splitEntries('compact', value).length, 0);
  const most = entries / layout.buckets + 58;
  return { id: 'kvs/bound-bits', value: 48 - Math.log2(most), note: 'with a delta as full as it may be' };
}

/** Valid serials at random that the function refuses: the very code, run on the items. */
async function falseDenials(items: ReadonlyMap<string, string>, count: number): Promise<Measured> {
  const at = edge(code, items, now);
  let denied = 0;
  for (const serial of serials(count, 19, 51)) if (!(await at.admits([shown(serial)]))) denied += 1;
  return { id: 'kvs/false-denials', value: denied, note: `of ${count.toLocaleString('en-US')}` };
}

/**
 * Size, and time of one check in njs: what it takes more than a function that reads the same three
 * items and admits everybody.
 */
function checks(
  items: ReadonlyMap<string, string>,
  half: readonly string[],
): readonly (Measured | Skipped)[] {
  const size: Measured = { id: 'kvs/function-bytes', value: Buffer.byteLength(code) };
  if (spawnSync('njs', ['-v']).error !== undefined) return [size, { id: 'kvs/edge-us', skipped: 'no njs' }];
  const clients = half.filter((_, at) => at % 5000 === 0).map((serial) => shown(serial.replace(/^./, '1')));
  // njs frees nothing before it ends: more rounds would measure its memory.
  const rounds = 20;
  const fastest = (handler: string) =>
    Math.min(...[1, 2, 3, 4, 5].map(() => inNjs(handler, items, clients, rounds)));
  // Of several runs the fastest is the one that nothing else on the machine disturbed.
  const beyond = fastest(code) - fastest(threeReads);
  if (beyond <= 0) return [size, { id: 'kvs/edge-us', skipped: 'lost in noise' }];
  const value = (beyond * 1000) / (rounds * clients.length);
  return [size, { id: 'kvs/edge-us', value, note: 'beyond the three reads themselves, the fastest of 5' }];
}

const threeReads = `import cf from 'cloudfront';
async function listed(kvs) { await kvs.get('d0'); return await kvs.get('0'); }
async function judge() { const kvs = cf.kvs(); await kvs.get('${manifestKey}', { format: 'json' }); await listed(kvs); return ''; }
async function connectionHandler(c) { const why = await judge(); if (!why) return c.allow(); c.deny(); }
`;

/**
 * Milliseconds in which each client knocks so many times, measured by njs itself: its own start is no
 * part of a check.
 */
function inNjs(
  handler: string,
  items: ReadonlyMap<string, string>,
  clients: readonly string[],
  rounds: number,
): number {
  const folder = mkdtempSync(join(tmpdir(), 'trustloom-njs-'));
  try {
    const data = JSON.stringify(Object.fromEntries(items));
    writeFileSync(
      join(folder, 'cloudfront'),
      `const items = ${data}; const parsed = { ${manifestKey}: JSON.parse(items.${manifestKey}) };
       export default { kvs: () => ({ get: async (key, as) => as ? parsed[key] : items[key] }) };`,
    );
    writeFileSync(
      join(folder, 'main.js'),
      `${handler}
       async function all() {
         const clients = ${JSON.stringify(clients)};
         const done = () => {};
         const start = Date.now();
         for (let n = 0; n < ${rounds}; n += 1)
           for (let i = 0; i < clients.length; i += 1)
             await connectionHandler({
               clientCertificate: { certificates: { leaf: { serialNumber: clients[i], issuer: 'CN=Nobody' }, intermediates: [] } },
               allow: done, deny: done, logCustomData: done,
             });
         console.log(Date.now() - start);
       }
       all();`,
    );
    const ran = spawnSync('njs', ['-p', folder, join(folder, 'main.js')], { encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(ran.stderr || ran.stdout);
    return Number(ran.stdout.trim());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const kvs: Suite = { name: 'kvs', measure };
