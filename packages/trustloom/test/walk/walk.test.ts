import { seedCertificates } from '@trustloom/testkit';
import { expect, test } from 'vitest';
import { seedOfRun } from '../../../../scripts/test-seed.ts';
import { scenarioOf } from './scenario.ts';
import { scenarioText } from './shrink.ts';
import { walk } from './walk.ts';

/** Processor time of all scenarios, in milliseconds: two minutes of a machine that does nothing else. */
const budgetMs = 120_000;
const mostScenarios = 24;

test('scenarios of whole worlds: who is revoked stays refused, who is good stays admitted, reports say what clients see', async () => {
  const spent = () => process.cpuUsage(start).user / 1000;
  const start = process.cpuUsage();
  let done = 0;
  for (; done < mostScenarios && spent() < budgetMs; done += 1) {
    const seed = `${seedOfRun()}.${done + 1}`;
    seedCertificates(`walk ${seed}`);
    const scenario = scenarioOf(seed, 8);
    const walked = await walk(scenario);
    // The shortest scenario that breaks the same rule: npm run walk -- --scenario <seed>
    expect(walked.breaches, scenarioText({ scenario, walked })).toEqual([]);
  }
  expect(done).toBeGreaterThan(0);
});
