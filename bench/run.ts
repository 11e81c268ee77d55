/**
 * What is fast, and how it is known: `npm run bench -- [suite...] [--quick] [--strict] [--json
 * FILE]` prints each goal with what was measured. Ratios are taken in one run; milliseconds mean
 * little on another machine. A missed goal is printed, and exit 1 with --strict. A suite that
 * breaks is exit 1, too.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { textTable } from '@trustloom/core';
import type { Measured, Skipped, Suite } from './lib/measured.ts';
import { authorizer } from './suites/authorizer.bench.ts';
import { bundle } from './suites/bundle.bench.ts';
import { calls } from './suites/calls.bench.ts';
import { crl } from './suites/crl.bench.ts';
import { crlProcess } from './suites/crl-process.bench.ts';
import { kvs } from './suites/kvs.bench.ts';
import { localAws } from './suites/local-aws.bench.ts';
import { start } from './suites/start.bench.ts';

interface Goal {
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly op: '<=' | '>=';
  readonly value: number;
  /** A count or a size: the same on every machine, so that `--quick` gives it no slack. */
  readonly exact?: boolean;
}

/**
 * A small run is less even than a long one: its ratios and times may miss their goals by so much.
 */
const quickSlack = 1.5;
/** One line a suite. */
const suites: readonly Suite[] = [crl, crlProcess, bundle, authorizer, calls, start, kvs, localAws];
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, strict: { type: 'boolean' }, json: { type: 'string' } },
});
const goals = JSON.parse(await readFile(join(import.meta.dirname, 'goals.json'), 'utf8')) as readonly Goal[];
const chosen = suites.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const measured: (Measured | Skipped)[] = [];
const broken: string[] = [];
for (const suite of chosen) {
  process.stderr.write(`${suite.name} ...\n`);
  // A suite that breaks is named, and takes no other suite's figures with it.
  await suite.measure({ quick: flags.quick === true }).then(
    (figures) => measured.push(...figures),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      broken.push(suite.name);
    },
  );
}
const rows = measured.map((one) => {
  const goal = goals.find(({ id }) => id === one.id);
  const aim = goal === undefined ? '' : `${goal.op} ${goal.value} ${goal.unit}`;
  if ('skipped' in one)
    return { id: one.id, met: undefined, cells: [one.id, '', aim, 'skipped', one.skipped] };
  const met = goal === undefined ? undefined : meets(one.value, goal);
  const verdict = met === undefined ? '' : met ? 'met' : 'MISSED';
  return { id: one.id, met, cells: [one.id, figure(one.value), aim, verdict, one.note ?? ''] };
});
process.stdout.write(
  `${textTable([['figure', 'measured', 'goal', '', ''], ...rows.map(({ cells }) => cells)], 2)}\n`,
);
if (flags.json !== undefined) await writeFile(flags.json, `${JSON.stringify(measured, null, 2)}\n`);
const missed = rows.filter(({ met }) => met === false);
if (missed.length > 0) process.stdout.write(`missed: ${missed.map(({ id }) => id).join(', ')}\n`);
if (broken.length > 0) process.stdout.write(`broken: ${broken.join(', ')}\n`);
process.exitCode = broken.length > 0 || (missed.length > 0 && flags.strict === true) ? 1 : 0;

function meets(value: number, { op, value: aim, exact }: Goal): boolean {
  const slack = flags.quick === true && exact !== true ? quickSlack : 1;
  return op === '<=' ? value <= aim * slack : value >= aim / slack;
}

function figure(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}
