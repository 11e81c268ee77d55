/**
 * Two things measured in turn, A B A B: on a shared machine only the ratio of neighbours means
 * something.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Measured, median } from './measured.ts';

/**
 * What one run took: milliseconds of wall and of all its processors, MiB at its peak (0 where
 * unknown).
 */
export interface Cost {
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
}

/** One run of a thing. */
export type Run = () => Cost | Promise<Cost>;

/** Medians of A over B, run by run. */
export interface Paired {
  readonly a: Cost;
  readonly b: Cost;
  readonly ratio: Cost;
  /** Of the wall ratios: the middle half over the median. */
  readonly spread: number;
  readonly runs: number;
}

/** Runs A and B in turn; the first turn warms both and does not count, unless `cold`. */
export async function pair(a: Run, b: Run, runs: number, options: { cold?: boolean } = {}): Promise<Paired> {
  const costs: { readonly a: Cost; readonly b: Cost }[] = [];
  for (let run = options.cold ? 0 : -1; run < runs; run += 1) {
    const turn = { a: await a(), b: await b() };
    if (run >= 0) costs.push(turn);
  }
  const middle = (of: (turn: (typeof costs)[number], kind: keyof Cost) => number): Cost => ({
    wall: median(costs.map((turn) => of(turn, 'wall'))),
    cpu: median(costs.map((turn) => of(turn, 'cpu'))),
    peak: median(costs.map((turn) => of(turn, 'peak'))),
  });
  const ratio = middle((turn, kind) => (turn.b[kind] === 0 ? 0 : turn.a[kind] / turn.b[kind]));
  const walls = costs.map((turn) => turn.a.wall / turn.b.wall).sort((x, y) => x - y);
  const quarter = (part: number) => walls[Math.min(walls.length - 1, Math.floor(walls.length * part))] ?? 0;
  return {
    a: middle((turn, kind) => turn.a[kind]),
    b: middle((turn, kind) => turn.b[kind]),
    ratio,
    spread: ratio.wall === 0 ? 0 : (quarter(0.75) - quarter(0.25)) / ratio.wall,
    runs,
  };
}

/**
 * A ratio as a figure, with both sides beside it. `factor`: B over A, how many times A is better.
 */
export function compared(
  id: string,
  paired: Paired,
  kind: keyof Cost = 'wall',
  factor: 'ratio' | 'factor' = 'ratio',
): Measured {
  const unit = kind === 'peak' ? 'MiB' : 'ms';
  const spread = Math.round(paired.spread * 100);
  const note = `${short(paired.a[kind])} / ${short(paired.b[kind])} ${unit}, ${paired.runs} runs${
    kind === 'peak'
      ? ''
      : `, spread ${spread} %${spread > 25 ? ': NOISY, run it again on a quiet machine' : ''}`
  }`;
  const ratio = paired.ratio[kind];
  return { id, value: factor === 'ratio' ? ratio : 1 / ratio, note };
}

const short = (value: number) => (value >= 100 ? String(Math.round(value)) : value.toPrecision(3));

/** Something in this process. */
export function inProcess(work: () => unknown): Run {
  return async () => {
    const cpu = process.cpuUsage();
    const start = performance.now();
    await work();
    const wall = performance.now() - start;
    const used = process.cpuUsage(cpu);
    return { wall, cpu: (used.user + used.system) / 1000, peak: 0 };
  };
}

/**
 * The same so many times in a row, of which the middle counts: for what is measured against a
 * program that does so, too.
 */
export function inRow(work: () => unknown, times: number): Run {
  const once = inProcess(work);
  return async () => {
    const costs: Cost[] = [];
    for (let time = 0; time < times; time += 1) costs.push(await once());
    const middle = (kind: keyof Cost) => median(costs.map((cost) => cost[kind]));
    return { wall: middle('wall'), cpu: middle('cpu'), peak: 0 };
  };
}

/**
 * A whole process from outside: start, work, end. Its processor time and peak memory need
 * `/usr/bin/time`.
 *
 * @param env what it has in its environment beside our own
 */
export function wholeProcess(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Run {
  const timed = has('/usr/bin/time', '--version');
  return async () => {
    const start = performance.now();
    const { status, stderr } = await (timed
      ? ended('/usr/bin/time', ['-f', '\ntimed %e %U %S %M', file, ...args], env)
      : ended(file, args, env));
    const wall = performance.now() - start;
    if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${stderr}`);
    const [user = 0, system = 0, peak = 0] = (/\ntimed \S+ (\S+) (\S+) (\S+)/.exec(stderr) ?? [])
      .slice(1)
      .map(Number);
    return { wall, cpu: (user + system) * 1000, peak: peak / 1024 };
  };
}

/** Waits without blocking: what the process talks to may live in this one. */
function ended(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly stderr: string }> {
  return new Promise((done, failed) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.once('error', failed);
    child.once('close', (status) => done({ status, stderr }));
  });
}

/**
 * A program that takes its own time and prints `{"wall": milliseconds}` with whatever else it has
 * to say.
 */
export function selfTimed(file: string, args: readonly string[]): Run {
  return () => {
    const { wall } = printed<{ readonly wall: number }>(file, args);
    return { wall, cpu: wall, peak: 0 };
  };
}

/** The JSON that a program prints. */
export function printed<T>(file: string, args: readonly string[]): T {
  const ran = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (ran.status !== 0) throw new Error(`${file} ${args.join(' ')}: ${ran.stderr}`);
  return JSON.parse(ran.stdout) as T;
}

/** True when a tool is there. */
export function has(file: string, ...args: readonly string[]): boolean {
  const { status, error } = spawnSync(file, args, { stdio: 'ignore' });
  return error === undefined && status === 0;
}

/**
 * What the first work of a process takes in milliseconds (`yardsticks/cold.mjs`): the middle of
 * seven processes.
 */
export function coldMs(...args: readonly string[]): number {
  const program = join(import.meta.dirname, '../yardsticks/cold.mjs');
  return median(
    Array.from(
      { length: 7 },
      () => printed<{ readonly wall: number }>(process.execPath, [program, ...args]).wall,
    ),
  );
}
