/**
 * Whole processes from outside, in turn: what users install, against openssl, Python and
 * @peculiar/x509. Needs `npm run build`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseCrl } from '@trustloom/core';
import { type CrlData, crlOf } from '../data.ts';
import { type Answer, answerOf, sameAnswer } from '../lib/answer.ts';
import type { Effort, Measured, Skipped, Suite } from '../lib/measured.ts';
import { compared, has, pair, printed, selfTimed, wholeProcess } from '../lib/pair.ts';

const yardsticks = join(import.meta.dirname, '../yardsticks');
const built = resolve(import.meta.dirname, '../../packages/core/dist/index.js');
const node = process.execPath;

async function measure({ quick }: Effort): Promise<readonly (Measured | Skipped)[]> {
  if (!existsSync(built)) return [{ id: 'crl-process', skipped: 'core is not built: npm run build' }];
  const runs = quick ? 3 : 9;
  const sizes = quick ? [100_000] : [500_000, 1_000_000];
  const figures: (Measured | Skipped)[] = [];
  for (const size of sizes) figures.push(...(await againstOpenssl(size, runs)));
  figures.push(await againstPython(quick ? 100_000 : 500_000, runs));
  figures.push(...(await againstPeculiar(quick ? 10_000 : 500_000)));
  for (const size of [10, 1_000]) {
    const crlData = await crlOf(size);
    const paired = await pair(
      trustloomAnswers(crlData.derFile, crlData),
      wholeProcess(node, ['-e', '0']),
      runs * 2,
    );
    figures.push(compared(`crl-process/${size}-vs-node`, paired));
  }
  return figures;
}

const trustloomAnswers = (file: string, { caFile }: CrlData, ...more: readonly string[]) =>
  wholeProcess(node, [join(yardsticks, 'ours.mjs'), file, caFile, ...more]);

async function againstOpenssl(size: number, runs: number): Promise<readonly (Measured | Skipped)[]> {
  const id = (what: string) => `crl-process/${size / 1_000}k-${what}-vs-openssl`;
  if (!has('openssl', 'version'))
    return ['wall', 'peak'].map((what) => ({ id: id(what), skipped: 'no openssl' }));
  const crlData = await crlOf(size);
  checkOpenssl(crlData);
  const openssl = (file: string, form: string) =>
    wholeProcess('openssl', ['crl', '-inform', form, '-in', file, '-noout', '-CAfile', crlData.caFile]);
  const der = await pair(trustloomAnswers(crlData.derFile, crlData), openssl(crlData.derFile, 'DER'), runs);
  const pem = await pair(trustloomAnswers(crlData.pemFile, crlData), openssl(crlData.pemFile, 'PEM'), runs);
  return [compared(id('wall'), der), compared(id('peak'), der, 'peak'), compared(id('pem'), pem)];
}

/** openssl says that the signature verifies, and names the same number of serials. */
function checkOpenssl(crlData: CrlData): void {
  const args = ['crl', '-inform', 'DER', '-in', crlData.derFile, '-noout', '-CAfile', crlData.caFile];
  const text = execFileSync('openssl', [...args, '-text'], {
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let count = 0;
  for (let at = text.indexOf('Serial Number: '); at !== -1; at = text.indexOf('Serial Number: ', at + 1))
    count += 1;
  if (count !== crlData.serials().length) throw new Error(`openssl read ${count} entries`);
}

async function againstPython(size: number, runs: number): Promise<Measured | Skipped> {
  const id = `crl-process/${size / 1_000}k-wall-vs-python`;
  if (!has('python3', '-c', 'import cryptography')) return { id, skipped: 'no python3 with cryptography' };
  const crlData = await crlOf(size);
  const script = [join(yardsticks, 'python.py'), 'crl', crlData.derFile, crlData.caFile];
  const read = printed<Answer & { readonly valid: boolean }>('python3', script);
  if (!read.valid) throw new Error('python says that the signature is not valid');
  sameAnswer('python', read, answerOf(parseCrl(crlData.der(), 'crl')));
  // Its digest is no part of its time, so that it times itself; ours is the whole process.
  return compared(
    id,
    await pair(trustloomAnswers(crlData.derFile, crlData), selfTimed('python3', script), Math.min(runs, 3)),
  );
}

async function againstPeculiar(size: number): Promise<readonly Measured[]> {
  const crlData = await crlOf(size);
  const script = [join(yardsticks, 'peculiar.mjs'), 'crl', crlData.derFile, crlData.caFile];
  const small = await crlOf(1_000);
  const read = printed<Answer & { readonly valid: boolean }>(node, [
    join(yardsticks, 'peculiar.mjs'),
    'crl',
    small.derFile,
    small.caFile,
  ]);
  if (!read.valid) throw new Error('@peculiar/x509 says that the signature is not valid');
  sameAnswer('@peculiar/x509', read, answerOf(parseCrl(small.der(), 'crl')));
  const ownRun = trustloomAnswers(crlData.derFile, crlData, 'index');
  // Once before it counts: whoever reads the file first waits for the disk.
  await ownRun();
  const paired = await pair(ownRun, wholeProcess(node, ['--max-old-space-size=8000', ...script]), 1, {
    cold: true,
  });
  const base = await wholeProcess(node, ['-e', '0'])();
  const [own, other] = [paired.a.peak - base.peak, paired.b.peak - base.peak];
  return [
    compared(`crl-process/${size / 1_000}k-times-faster-than-peculiar`, paired, 'wall', 'factor'),
    {
      id: `crl-process/${size / 1_000}k-times-less-memory-than-peculiar`,
      value: other / own,
      note: `${Math.round(own)} / ${Math.round(other)} MiB over the ${Math.round(base.peak)} of node itself`,
    },
  ];
}

/** CRLs in whole processes. */
export const crlProcess: Suite = { name: 'crl-process', measure };
