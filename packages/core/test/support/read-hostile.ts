/** Reads files one after the other; prints what became of each and what it took: `CA FILE...`. */
import { readFileSync } from 'node:fs';
import { isTrustloomError, judgeCrl, parseCrl, readCertificate, readPem } from '../../src/index.ts';

const [caFile = '', ...files] = process.argv.slice(2);
const [ca] = readPem(readFileSync(caFile), caFile);
const issuer = readCertificate(ca?.der ?? new Uint8Array());

/** The code that something ends in, or what it gives. */
function endOf(work: () => number): string | number {
  try {
    return work();
  } catch (error) {
    if (isTrustloomError(error)) return error.code;
    return String(error);
  }
}

function whole(file: string): number {
  const crl = parseCrl(readFileSync(file), file);
  const judged = judgeCrl({ crl, issuer, now: crl.thisUpdate });
  if (judged.outcome !== 'refused') throw new Error('a CRL of somebody else was taken');
  crl.has('41');
  return crl.entryCount;
}

for (const file of files) {
  const cpu = process.cpuUsage();
  const end = endOf(() => whole(file));
  const cost = process.cpuUsage(cpu);
  globalThis.gc?.();
  const ms = ({ user, system }: NodeJS.CpuUsage) => Math.round((user + system) / 1000);
  const peakMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ end, ms: ms(cost), peakMb })}\n`);
}
