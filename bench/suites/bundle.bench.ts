/** Bundles of CA certificates: reading and every check, against @peculiar/x509 and Python. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkCertificate, parseBundle } from '@trustloom/core';
import { createTestCa } from '@trustloom/testkit';
import { albInfo } from '../../packages/alb/src/service.ts';
import type { Effort, Measured, Skipped, Suite } from '../lib/measured.ts';
import { coldMs, compared, has, inProcess, inRow, pair, printed, selfTimed } from '../lib/pair.ts';

const yardsticks = join(import.meta.dirname, '../yardsticks');
const cache = join(import.meta.dirname, '../.cache');
const now = Date.parse('2026-11-24T00:00:00Z');

/** Self-signed CAs with P-256 keys, as PEM. */
async function bundleOf(count: number): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const file = join(cache, `${count}.bundle.pem`);
  if (existsSync(file)) return file;
  const pems: string[] = [];
  for (let index = 0; index < count; index += 1)
    pems.push(
      (await createTestCa({ subject: `CN=CA ${index},O=Bench`, key: 'P-256', clock: { now: () => now } }))
        .pem,
    );
  writeFileSync(file, pems.join(''));
  return file;
}

async function measure({ quick }: Effort): Promise<readonly (Measured | Skipped)[]> {
  const [count, runs] = quick ? [100, 5] : [1_000, 9];
  const cold = coldMs(await bundleOf(10));
  const file = await bundleOf(count);
  const bytes = readFileSync(file);
  const read = () => {
    const { certificates } = parseBundle(bytes, file);
    for (const one of certificates) checkCertificate(one, albInfo, now);
    return certificates;
  };
  if (read().length !== count) throw new Error('certificates are missing');
  // As warm as a process that has planned before; `cold-10-ms` is the other end.
  for (let run = 0; run < 10; run += 1) read();
  const checks = inRow(read, 7);
  const signed = inProcess(() => {
    if (!read().every(({ selfSigned }) => selfSigned)) throw new Error('a signature does not verify');
  });
  const peculiar = [join(yardsticks, 'peculiar.mjs'), 'bundle', file];
  if (printed<{ readonly count: number }>(process.execPath, peculiar).count !== count)
    throw new Error('@peculiar/x509 read another number of CAs');
  const against = await pair(checks, selfTimed(process.execPath, peculiar), Math.min(runs, 5));
  return [
    {
      id: 'bundle/checks-ms',
      value: (against.a.wall * 1_000) / count,
      note: `for 1,000 of ${count} certificates`,
    },
    compared('bundle/times-faster-than-peculiar', against, 'wall', 'factor'),
    await againstPython(file, count, signed, runs),
    { id: 'bundle/cold-10-ms', value: cold, note: 'first bundle of a process; needs `npm run build`' },
  ];
}

async function againstPython(
  file: string,
  count: number,
  signed: ReturnType<typeof inProcess>,
  runs: number,
) {
  const id = 'bundle/signatures-vs-python';
  if (!has('python3', '-c', 'import cryptography')) return { id, skipped: 'no python3 with cryptography' };
  const script = [join(yardsticks, 'python.py'), 'bundle', file];
  if (printed<{ readonly count: number }>('python3', script).count !== count)
    throw new Error('python read another number of certificates');
  return compared(id, await pair(signed, selfTimed('python3', script), runs));
}

/** Bundles of CA certificates. */
export const bundle: Suite = { name: 'bundle', measure };
