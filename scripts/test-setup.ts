/**
 * Before each file of tests: every random value comes from one seed and the name of the file. A run
 * with another seed: `TRUSTLOOM_SEED=7 npx vitest run ...`; a failure says with which it happened.
 */
import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect } from 'vitest';
import { seedDefaultRandom } from '../packages/local-aws/src/random.ts';
import { seedCertificates } from '../packages/testkit/src/seed.ts';
import { seedOfRun } from './test-seed.ts';

const { testPath } = expect.getState();
if (testPath === undefined) throw new TypeError('no file of tests is known here');
const file = relative(resolve(import.meta.dirname, '..'), testPath);
const seed = seedOfRun();
const ofFile = `${seed} ${file}`;

seedCertificates(ofFile);
seedDefaultRandom(ofFile);
fc.configureGlobal({ seed: createHash('sha256').update(ofFile).digest().readInt32BE() });

afterEach(({ task }) => {
  if (task.result?.state === 'fail')
    console.error(`failed with TRUSTLOOM_SEED=${seed}: ${file}: ${task.name}`);
});
