/**
 * Takes each guard out of a copy of the source, one at a time, and sees that something notices:
 * `npm run guards`. `--quick`: by tests alone, no scenarios of the walk. `--only text`: guards whose
 * names have it. Exits with 1 where nothing notices.
 */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Finder, type Guard, guards } from './guards.data.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
const root = resolve(import.meta.dirname, '..');

/** A copy of all that tests need; what others wrote is linked. */
async function copy(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-guards-'));
  for (const name of [
    ...['packages', 'scripts', 'package.json', 'vitest.config.ts', 'tsconfig.json', 'tsconfig.base.json'],
  ])
    await cp(join(root, name), join(folder, name), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => basename(path) !== 'dist',
    });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** True when the finder fails, as it does when it notices that something is wrong. */
function notices(folder: string, finder: Finder): Promise<boolean> {
  const [command, args] =
    'tests' in finder
      ? ['vitest', ['run', finder.tests, '--maxWorkers=1', ...(finder.named ? ['-t', finder.named] : [])]]
      : [
          'tsx',
          [
            ...['--conditions=@trustloom/source', 'scripts/walk.ts', '--shrink', '0'],
            ...['--scenario', finder.scenario, '--commands', String(finder.commands ?? 8)],
          ],
        ];
  return new Promise((done, failed) => {
    const child = spawn(join(root, 'node_modules/.bin', command), args, { cwd: folder, stdio: 'ignore' });
    child.on('error', failed);
    child.on('close', (code) => done(code !== 0));
  });
}

/** The guard taken out, as long as the work lasts. */
async function without<T>(folder: string, guard: Guard, work: () => Promise<T>): Promise<T> {
  const file = join(folder, guard.file);
  const text = await readFile(file, 'utf8');
  if (text.split(guard.out).length !== 2)
    throw new TypeError(`${guard.file} does not have once: ${guard.out}`);
  await writeFile(
    file,
    text.replace(guard.out, () => guard.in),
  );
  try {
    return await work();
  } finally {
    await writeFile(file, text);
  }
}

const finderText = (finder: Finder) => ('tests' in finder ? finder.tests : `walk ${finder.scenario}`);

async function foundBy(folder: string, guard: Guard): Promise<string | undefined> {
  for (const finder of guard.foundBy) {
    if (values.quick && 'scenario' in finder) continue;
    if (await notices(folder, finder)) return finderText(finder);
  }
  return undefined;
}

/** What notices a missing guard must pass while the guard is there. */
async function failing(folder: string, asked: readonly Guard[]): Promise<readonly string[]> {
  const all = new Map(asked.flatMap((guard) => guard.foundBy.map((one) => [finderText(one), one] as const)));
  const bad: string[] = [];
  for (const [text, finder] of all) {
    if (values.quick && 'scenario' in finder) continue;
    if (await notices(folder, finder)) bad.push(text);
  }
  return bad;
}

const folder = await copy();
try {
  const asked = guards.filter(({ name }) => name.includes(values.only));
  const bad = await failing(folder, asked);
  for (const text of bad) console.log(`fails already with every guard in it: ${text}`);
  let missed = bad.length;
  for (const guard of asked) {
    const by = await without(folder, guard, () => foundBy(folder, guard));
    if (by === undefined) missed += 1;
    console.log(`${by === undefined ? 'NOT NOTICED' : 'noticed    '}  ${guard.name}  [${by ?? guard.file}]`);
  }
  console.log(`${asked.length} guards, ${missed} problems`);
  process.exitCode = missed === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
