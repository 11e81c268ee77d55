/**
 * CRLs in this process: reading, verifying, finding, comparing; against C, SHA-256 and the usual
 * libraries.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Crl, diffCrls, readCertificate, readCrl, verifyCrl } from '@trustloom/core';
import { crlOf } from '../data.ts';
import { type Answer, answerOf, sameAnswer } from '../lib/answer.ts';
import { type Effort, type Measured, median, type Skipped, type Suite } from '../lib/measured.ts';
import { coldMs, compared, has, inProcess, inRow, pair, printed, selfTimed } from '../lib/pair.ts';

const yardsticks = join(import.meta.dirname, '../yardsticks');

async function measure({ quick }: Effort): Promise<readonly (Measured | Skipped)[]> {
  const [large, huge, runs] = quick ? ([100_000, 100_000, 5] as const) : ([500_000, 1_000_000, 11] as const);
  // Before this process takes memory by the hundred megabytes, which its children would wait for.
  const cold = [await small(10), await small(1_000)];
  const crlData = await crlOf(large);
  const ca = readCertificate(crlData.caDer());
  const der = crlData.der();
  const crl = readCrl(der);
  const scan = inProcess(() => readCrl(der));
  const hash = inProcess(() => createHash('sha256').update(der).digest());
  const verified = inProcess(() => {
    if (verifyCrl(readCrl(der), ca) !== 'valid') throw new Error('not valid');
  });
  return [
    await againstC(crlData.derFile, crl, () => readCrl(der), runs),
    compared('crl/verify-vs-sha256', await pair(verified, hash, runs)),
    ...(await differences(large, scan, runs)),
    ...(await lookUps(huge)),
    ...cold,
  ];
}

async function againstC(file: string, crl: Crl, work: () => unknown, runs: number) {
  const id = 'crl/scan-vs-c';
  if (!has('gcc', '--version')) return { id, skipped: 'no gcc' };
  const program = join(import.meta.dirname, '../.cache/walk');
  execFileSync('gcc', ['-O3', '-o', program, join(yardsticks, 'walk.c')]);
  const args = [file, String(crl.entries.start), String(crl.entries.end), '7'];
  sameAnswer('walk.c', printed<Answer>(program, args), answerOf(crl));
  // The program takes the middle of seven runs in a row, so that ours are as warm as its own.
  return compared(id, await pair(inRow(work, 7), selfTimed(program, args), runs));
}

/** 1 % gone and 1 % new: what comparing costs over reading both. */
async function differences(count: number, scan: ReturnType<typeof inProcess>, runs: number) {
  const first = (await crlOf(count)).der();
  const both = async (issue: 'next' | 'shuffled') => {
    const other = (await crlOf(count, issue)).der();
    const change = diffCrls(readCrl(first), readCrl(other));
    if (change.added !== count / 100 || change.removed !== count / 100) throw new Error('the CRLs differ');
    return inProcess(() => {
      const [older, newer] = [readCrl(first), readCrl(other)];
      diffCrls(older, newer);
    });
  };
  const twoScans = async () => {
    const [one, two] = [await scan(), await scan()];
    return { wall: one.wall + two.wall, cpu: one.cpu + two.cpu, peak: 0 };
  };
  return [
    compared('crl/diff-in-order', await pair(await both('next'), twoScans, runs)),
    compared('crl/diff-any-order', await pair(await both('shuffled'), twoScans, Math.ceil(runs / 2))),
  ];
}

/** Half hits, half misses, at random. */
async function lookUps(count: number): Promise<readonly Measured[]> {
  const crl = readCrl((await crlOf(count)).der());
  const asked: Uint8Array[] = [];
  let position = 0;
  crl.eachSerial((der, start, end) => {
    position += 1;
    if (position % Math.ceil(count / 20_000) !== 0) return;
    const serial = Uint8Array.from(der.subarray(start, end));
    asked.push(
      serial,
      Uint8Array.from(serial, (byte, index) => (index === 5 ? byte ^ 0x55 : byte)),
    );
  });
  const shuffled = asked
    .map((serial, index) => ({ serial, at: (index * 7_919) % asked.length }))
    .sort((a, b) => a.at - b.at)
    .map(({ serial }) => serial);
  // One behind the other, as they are asked: the look-up is timed, not the way to the questions.
  const questions = Buffer.concat(shuffled);
  const before = memory();
  crl.hasInteger(Uint8Array.of(1));
  const index = memory() - before;
  const all = () => {
    let found = 0;
    let at = 0;
    for (const { length } of shuffled) {
      found += Number(crl.hasInteger(questions, at, at + length));
      at += length;
    }
    return found;
  };
  if (all() !== shuffled.length / 2) throw new Error('a look-up was wrong');
  const load = randomLoadNs(crl.der.length);
  const times = Array.from({ length: 15 }, () => {
    const start = performance.now();
    all();
    return ((performance.now() - start) / shuffled.length) * 1e6;
  });
  const heap = process.memoryUsage().heapUsed;
  for (let round = 0; round < 20; round += 1) all();
  const made = Math.max(0, process.memoryUsage().heapUsed - heap) / (20 * shuffled.length);
  return [
    { id: 'crl/look-up-ns', value: median(times), note: `${count} entries, half of them hits` },
    {
      id: 'crl/look-up-loads',
      value: median(times) / load,
      note: `one load after the other from as much memory as the CRL takes: ${Math.round(load)} ns each`,
    },
    { id: 'crl/look-up-bytes', value: Math.round(made), note: 'heap growth for each look-up' },
    { id: 'crl/index-bytes', value: index / count, note: 'for each entry, beside the file' },
  ];
}

/**
 * What the machine itself asks for: each load from another line of memory, which only the one
 * before names.
 */
function randomLoadNs(bytes: number): number {
  const line = 16;
  const cells = new Int32Array(Math.floor(bytes / 4 / line) * line);
  const lines = cells.length / line;
  // A step without a divisor in common with the number of lines visits them all.
  let step = Math.floor(lines * 0.618);
  while (gcd(step, lines) !== 1) step += 1;
  for (let at = 0; at < lines; at += 1) cells[at * line] = ((at + step) % lines) * line;
  const loads = 200_000;
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    let at = 0;
    for (let load = 0; load < loads; load += 1) at = cells[at] as number;
    const wall = performance.now() - start;
    if (at % line !== 0) throw new Error('a load was wrong');
    return (wall / loads) * 1e6;
  });
  return median(times);
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

function memory(): number {
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

/** The common case, as a process meets it for the first time; the key is read with it. */
async function small(count: number): Promise<Measured> {
  const crlData = await crlOf(count);
  const value = coldMs(crlData.derFile, crlData.caFile);
  return { id: `crl/cold-${count}-ms`, value, note: 'first CRL of a process: read and verified' };
}

/** CRLs in one process. */
export const crl: Suite = { name: 'crl', measure };
