/**
 * What is fast, and how it is known: `npm run bench -- [suite...] [--quick] [--strict] [--json FILE]` prints each goal with what was
 * measured. Ratios are taken in one run; milliseconds mean little on another machine. A missed goal is printed, and exit 1 with --strict.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { textTable } from '@trustloom/core';
import type { Measured, Suite } from './lib/measured.ts';
import { localAws } from './suites/local-aws.bench.ts';

interface Goal {
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly op: '<=' | '>=';
  readonly value: number;
}

const suites: readonly Suite[] = [localAws];
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, strict: { type: 'boolean' }, json: { type: 'string' } },
});
const goals = JSON.parse(await readFile(join(import.meta.dirname, 'goals.json'), 'utf8')) as readonly Goal[];
const chosen = suites.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const measured: Measured[] = [];
for (const suite of chosen) {
  process.stderr.write(`${suite.name} ...\n`);
  measured.push(...(await suite.measure({ quick: flags.quick === true })));
}
const rows = measured.map(({ id, value, note = '' }) => {
  const goal = goals.find((one) => one.id === id);
  const met = goal === undefined ? undefined : goal.op === '<=' ? value <= goal.value : value >= goal.value;
  const verdict = met === undefined ? '' : met ? 'met' : 'MISSED';
  return {
    id,
    value,
    met,
    cells: [
      id,
      figure(value),
      goal === undefined ? '' : `${goal.op} ${goal.value} ${goal.unit}`,
      verdict,
      note,
    ],
  };
});
process.stdout.write(
  `${textTable([['figure', 'measured', 'goal', '', ''], ...rows.map(({ cells }) => cells)], 2)}\n`,
);
if (flags.json !== undefined) await writeFile(flags.json, `${JSON.stringify(measured, null, 2)}\n`);
const missed = rows.filter(({ met }) => met === false);
if (missed.length > 0) process.stdout.write(`missed: ${missed.map(({ id }) => id).join(', ')}\n`);
process.exitCode = missed.length > 0 && flags.strict === true ? 1 : 0;

function figure(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}
