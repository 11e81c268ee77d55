/**
 * Every check of the project, in one command: format and lint, types, dependency rules, tests,
 * packed packages. Ends with one plain line: `N passed, N failed, N skipped`. A skipped test is
 * named, with the foreign tool that it lacks.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkReferences } from './generate.ts';
import { checkPackages } from './packages.ts';
import { checkRandomness } from './randomness.ts';
import { seedOfRun } from './test-seed.ts';
import { checkWords } from './words.ts';

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

const only = process.argv.slice(2);

const checks: readonly (readonly [name: string, check: () => Promise<Counts>])[] = [
  ['lint', () => command('biome', 'ci', '--diagnostic-level=warn', '.')],
  ['types', () => command('tsc', '-p', 'tsconfig.json')],
  ['dependencies', () => command('depcruise', '--config', '.dependency-cruiser.cjs', 'packages', 'examples')],
  ['generated', () => one(checkReferences())],
  ['words', () => one(checkWords())],
  ['randomness', () => one(checkRandomness())],
  ['tests', tests],
  ['packages', () => one(checkPackages())],
];

let total: Counts = { passed: 0, failed: 0, skipped: [] };
for (const [name, check] of checks) {
  if (only.length > 0 && !only.includes(name)) continue;
  const start = performance.now();
  const counts = await check();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${counts.failed === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  total = {
    passed: total.passed + counts.passed,
    failed: total.failed + counts.failed,
    skipped: [...total.skipped, ...counts.skipped],
  };
}
for (const name of total.skipped) console.log(`skipped: ${name}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

/** One command is one check: passed when it exits with 0. */
async function command(name: string, ...args: readonly string[]): Promise<Counts> {
  const code = await run(name, args);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] };
}

/** A list of complaints is one check: passed when there are none. */
async function one(complaints: Promise<readonly string[]>): Promise<Counts> {
  const found = await complaints;
  for (const complaint of found) console.error(complaint);
  return { passed: found.length === 0 ? 1 : 0, failed: found.length === 0 ? 0 : 1, skipped: [] };
}

/** All vitest tests; counts come from its own report, so that a run that dies counts as failed. */
async function tests(): Promise<Counts> {
  console.log(`tests with TRUSTLOOM_SEED=${seedOfRun()}`);
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-check-'));
  const file = join(folder, 'report.json');
  try {
    const code = await run('vitest', [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ]);
    const report = JSON.parse(await readFile(file, 'utf8')) as {
      readonly numPassedTests: number;
      readonly numFailedTests: number;
      readonly testResults: readonly {
        readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
      }[];
    };
    const skipped = report.testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => fullName.trim());
    // A file that cannot be loaded has no failed test of its own, but fails the run.
    const failed = report.numFailedTests === 0 && code !== 0 ? 1 : report.numFailedTests;
    return { passed: report.numPassedTests, failed, skipped };
  } catch (error) {
    console.error('the test run left no report', error);
    return { passed: 0, failed: 1, skipped: [] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(name: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
