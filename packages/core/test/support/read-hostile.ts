/** Reads files one after the other, whole, and lists in DER as they come, too; prints what became of each and what it took: `CA FILE...`. */
import { createReadStream, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { isTrustloomError, judgeCrl, parseCrl, readCertificate, readPem, scanCrl } from '../../src/index.ts';

const [caFile = '', ...files] = process.argv.slice(2);
const [ca] = readPem(readFileSync(caFile), caFile);
const issuer = readCertificate(ca?.der ?? new Uint8Array());

/** The code that something ends in, or what it gives. */
async function endOf(work: () => number | Promise<number>): Promise<string | number> {
  try {
    return await work();
  } catch (error) {
    if (isTrustloomError(error)) return error.code;
    return String(error);
  }
}

function whole(file: string): number {
  const crl = parseCrl(readFileSync(file), file);
  const judged = judgeCrl({ crl, issuer, now: crl.thisUpdate });
  if (judged.outcome !== 'refused') throw new Error('a list of somebody else was taken');
  crl.has('41');
  return crl.entryCount;
}

for (const file of files) {
  const cpu = process.cpuUsage();
  const isDer = basename(file).endsWith('.der');
  const end = await endOf(() => whole(file));
  const cost = process.cpuUsage(cpu);
  globalThis.gc?.();
  const again = process.cpuUsage();
  const scanned = isDer
    ? await endOf(async () => (await scanCrl(createReadStream(file), { issuers: [issuer] })).entryCount)
    : end;
  const scanCost = process.cpuUsage(again);
  globalThis.gc?.();
  const ms = ({ user, system }: NodeJS.CpuUsage) => Math.round((user + system) / 1000);
  const peakMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ end, ms: ms(cost), scanned, scanMs: ms(scanCost), peakMb })}\n`);
}
