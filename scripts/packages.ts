/**
 * What users install: every package is built and packed, judged by publint and attw, and all of
 * them are installed together in an empty project, where the README's library example runs against
 * `trustloom local`, as ESM and as CommonJS, and type-checks.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startScenario } from './scenario.ts';

const exec = promisify(execFile);
const pnpm = 'pnpm@10.34.9';
const root = resolve(import.meta.dirname, '..');

/** Complaints about the packages; none is what it should be. */
export async function checkPackages(): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-packages-'));
  try {
    const names = await readdir(join(root, 'packages'));
    await run(
      'npx',
      ['-y', pnpm, '-r', '--workspace-concurrency=2', '--filter=./packages/*', 'run', 'build'],
      root,
    );
    const tarballs = await pack(folder);
    if (tarballs.length !== names.length)
      return [`packages: ${tarballs.length} of ${names.length} were packed`];
    const judged = await twoAtATime(tarballs, judge);
    return [...judged.flat(), ...(await checkConsumer(folder, tarballs))];
  } catch (error) {
    return [`packages: ${said(error)}`];
  } finally {
    await rm(folder, { recursive: true, force: true });
    // The command of a clone runs from source while nothing is built.
    for (const name of await readdir(join(root, 'packages')))
      await rm(join(root, 'packages', name, 'dist'), { recursive: true, force: true });
  }
}

/** Packs all packages at once; gives the files. */
async function pack(folder: string): Promise<readonly string[]> {
  await run('npx', ['-y', pnpm, '-r', '--filter=./packages/*', 'pack', '--pack-destination', folder], root);
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith('.tgz'))
    .sort()
    .map((file) => join(folder, file));
}

/** More at a time than there are cores to think of only makes each of them wait. */
async function twoAtATime<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all([worker(), worker()]);
  return results;
}

async function judge(tarball: string): Promise<readonly string[]> {
  const name = basename(tarball);
  const tool = (command: string, ...args: readonly string[]) =>
    exec(join(root, 'node_modules/.bin', command), [tarball, ...args], { cwd: root }).then(
      () => [],
      (error: unknown) => [`${command} ${name}: ${said(error)}`],
    );
  const { stdout } = await exec('tar', ['-xzOf', tarball, 'package/package.json']);
  return [
    ...(await tool('publint', '--strict')),
    ...(await tool('attw', '--profile', 'node16', '--quiet')),
    ...(/"dependencies": \{[^}]*"@trustloom\/(local-aws|testkit)"/.test(stdout) && !name.includes('testkit')
      ? [`${name}: everybody who installs it would install what is for trying and testing`]
      : []),
    ...(/workspace:|catalog:|@trustloom\/source/.test(stdout)
      ? [`${name}: the packed package.json has names of the workspace`]
      : []),
  ];
}

/** The README's example, in an empty project with the tarballs. */
async function checkConsumer(folder: string, tarballs: readonly string[]): Promise<readonly string[]> {
  const project = join(folder, 'project');
  await mkdir(project);
  await writeFile(
    join(project, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, version: '1.0.0' }),
  );
  await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs], project);
  const example = await readmeExample();
  await writeFile(join(project, 'example.mjs'), wrap(example, 'esm'));
  await writeFile(join(project, 'example.cjs'), wrap(example, 'cjs'));
  await writeFile(join(project, 'example.mts'), wrap(example, 'esm'));
  const types = join(root, 'packages/trustloom/test/types');
  const programs = await readdir(types);
  for (const name of programs) await cp(join(types, name), join(project, name));
  await mkdir(join(project, 'node_modules/@types'), { recursive: true });
  await symlink(join(root, 'node_modules/@types/node'), join(project, 'node_modules/@types/node')).catch(
    () => undefined,
  );
  const complaints: string[] = [];
  const typecheck = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--lib',
    'es2023,esnext.disposable',
    '--types',
    'node',
    '--skipLibCheck',
    ...['example.mts', ...programs].map((name) => join(project, name)),
  ];
  await exec(join(root, 'node_modules/.bin/tsc'), typecheck, { cwd: project }).catch((error: unknown) =>
    complaints.push(`a program of a user does not type-check: ${said(error)}`),
  );
  const command = join(project, 'node_modules/trustloom/bin/trustloom.mjs');
  for (const file of ['example.mjs', 'example.cjs']) {
    await using scenario = await startScenario(command);
    await cp(scenario.folder, project, { recursive: true });
    const settings = {
      cwd: project,
      env: { ...process.env, ...scenario.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    };
    try {
      await exec(process.execPath, [command, 'accept', '--all'], settings);
      const { stdout } = await exec(process.execPath, [file], settings);
      if (!stdout.includes('edge')) complaints.push(`${file} printed no plan`);
    } catch (error) {
      complaints.push(`${file}: ${said(error)}`);
    }
    if (!(await scenario.enforcing()))
      complaints.push(`${file}: the listener does not verify clients afterwards`);
    await rm(join(project, 'trustloom.lock'), { force: true });
  }
  return complaints;
}

/** The first TypeScript block of the README that imports the library. */
async function readmeExample(): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const block = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)]
    .map(([, code = '']) => code)
    .find((code) => code.includes("from 'trustloom'"));
  if (block === undefined) throw new Error('the README has no library example');
  return block;
}

function wrap(example: string, format: 'esm' | 'cjs'): string {
  const [, names = '', rest = ''] = /^import \{ ([^}]+) \} from 'trustloom'\n([\s\S]*)$/.exec(example) ?? [];
  const header =
    format === 'esm' ? `import { ${names} } from 'trustloom';` : `const { ${names} } = require('trustloom');`;
  return `${header}\nasync function main() {\n${rest}\n}\nmain().catch((error) => { console.error(error); process.exitCode = 1; });\n`;
}

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await exec(command, [...args], {
    cwd,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, CI: 'true' },
  });
  return stdout;
}

function said(error: unknown): string {
  const {
    stdout = '',
    stderr = '',
    message = String(error),
  } = error as { stdout?: string; stderr?: string; message?: string };
  return `${message}\n${stdout}${stderr}`.slice(0, 4_000);
}
