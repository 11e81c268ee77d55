/**
 * A random walk of valid and invalid calls by four clients at once: `npm run soak -- [--minutes 10]
 * [--seed 1]`. Ends with exit 0 when nothing crashed, nothing leaked above 20 MB, and the state
 * equals a replay of the accepted calls.
 */
import { parseArgs } from 'node:util';
import { soak } from './walk.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes ?? 10);
const seed = Number(values.seed ?? 1);
const MOST_LEAK_MB = 20;

const { accepted, refused, defects, replayed, leakMb, rssMb } = await soak({
  length: { ms: minutes * 60_000 },
  seed,
});
process.stdout.write(`seed ${seed}, ${minutes} minutes: ${accepted} writes accepted, ${refused} calls refused
state equals the replay: ${replayed ? 'yes' : 'NO'}
heap grew by ${leakMb.toFixed(1)} MB, of ${MOST_LEAK_MB} at most; resident at the end: ${rssMb.toFixed(0)} MB
${defects
  .slice(0, 20)
  .map((defect) => `defect: ${defect}\n`)
  .join('')}`);
process.exitCode = defects.length === 0 && replayed && leakMb <= MOST_LEAK_MB ? 0 : 1;
