/**
 * Walks through whole worlds on the local AWS, with real clients at every site, for as long as
 * wanted: `npm run walk -- --scenarios 100 --seed 7 --commands 8`. Each scenario comes from its seed
 * alone, which is printed; a breach is shrunk to the shortest scenario, printed as commands, and exits
 * with 1. One scenario again: `--scenario 7.13`.
 */
import { parseArgs } from 'node:util';
import { seedDefaultRandom } from '../packages/local-aws/src/random.ts';
import { seedCertificates } from '../packages/testkit/src/seed.ts';
import { scenarioOf } from '../packages/trustloom/test/walk/scenario.ts';
import { scenarioText, shrink } from '../packages/trustloom/test/walk/shrink.ts';
import { walk } from '../packages/trustloom/test/walk/walk.ts';

const { values } = parseArgs({
  options: {
    scenarios: { type: 'string', default: '20' },
    seed: { type: 'string', default: process.env.TRUSTLOOM_SEED ?? '1' },
    commands: { type: 'string', default: '8' },
    from: { type: 'string', default: '1' },
    scenario: { type: 'string' },
    shrink: { type: 'string', default: '60' },
    verbose: { type: 'boolean', default: false },
  },
});
const first = Number(values.from);
const seeds =
  values.scenario === undefined
    ? Array.from({ length: Number(values.scenarios) }, (_, index) => `${values.seed}.${first + index}`)
    : [values.scenario];
let [broken, commands, looks] = [0, 0, 0];
const start = performance.now();
for (const seed of seeds) {
  seedCertificates(`walk ${seed}`);
  seedDefaultRandom(`walk ${seed}`);
  const scenario = scenarioOf(seed, Number(values.commands));
  const walked = await walk(scenario);
  commands += walked.commands;
  looks += walked.looks;
  if (values.verbose) console.log(scenarioText({ scenario, walked }));
  if (walked.breaches.length === 0) {
    console.log(`${seed} ok, ${walked.commands} commands`);
    continue;
  }
  broken += 1;
  if (!values.verbose) console.log(scenarioText({ scenario, walked }));
  if (Number(values.shrink) === 0) continue;
  console.log('the shortest:');
  console.log(scenarioText(await shrink({ scenario, walked }, Number(values.shrink))));
}
const seconds = Math.round((performance.now() - start) / 1000);
console.log(
  `${seeds.length} scenarios (${seeds[0]} to ${seeds.at(-1)}), ${commands} commands, ${looks} looks, ${seconds} s: ${broken} broken`,
);
process.exitCode = broken === 0 ? 0 : 1;
