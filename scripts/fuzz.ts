/**
 * Tampered CRLs for as long as wanted, beside openssl and Python's cryptography where they are
 * installed: `npm run fuzz -- --minutes 10 --seed 1`. The seed names the run; a fault is printed
 * with the bytes that make it, and exits with 1.
 */
import { parseArgs } from 'node:util';
import {
  fault,
  hasOpenssl,
  hasPython,
  mutant,
  ownReading,
  pythons,
  seeded,
} from '../packages/core/test/support/fuzz.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string', default: '1' } },
});
for (const [name, there] of [
  ['openssl', hasOpenssl],
  ['python3 cryptography', hasPython],
] as const)
  if (!there) console.log(`skipped: ${name} is not installed`);
const random = seeded(Number(values.seed));
const until = Date.now() + Number(values.minutes) * 60_000;
let [tried, taken] = [0, 0];
while (Date.now() < until) {
  const crls = Array.from({ length: 2_000 }, () => mutant(random));
  const readings = crls.map(ownReading);
  const other = hasPython ? pythons(crls) : [];
  crls.forEach((bytes, index) => {
    const what = hasPython ? fault(bytes, readings[index], other[index]) : undefined;
    if (what === undefined) return;
    console.log(`${what}: ${Buffer.from(bytes).toString('hex')}`);
    process.exitCode = 1;
  });
  tried += crls.length;
  taken += readings.filter((one) => one !== undefined).length;
}
console.log(`seed ${values.seed}: ${tried} CRLs, ${taken} of them taken`);
