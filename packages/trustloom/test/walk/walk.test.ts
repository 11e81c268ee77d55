import { seedCertificates } from '@trustloom/testkit';
import { expect, test } from 'vitest';
import { seedOfRun } from '../../../../scripts/test-seed.ts';
import { storyText } from './shrink.ts';
import { storyOf } from './story.ts';
import { walk } from './walk.ts';

/** Processor time of all stories, in milliseconds: two minutes of a machine that does nothing else. */
const budgetMs = 120_000;
const mostStories = 24;

test('stories of whole estates: who is revoked stays refused, who is good stays admitted, reports say what clients see', async () => {
  const spent = () => process.cpuUsage(start).user / 1000;
  const start = process.cpuUsage();
  let told = 0;
  for (; told < mostStories && spent() < budgetMs; told += 1) {
    const seed = `${seedOfRun()}.${told + 1}`;
    seedCertificates(`walk ${seed}`);
    const story = storyOf(seed, 8);
    const walked = await walk(story);
    // The shortest story that breaks the same rule: npm run walk -- --story <seed>
    expect(walked.breaches, storyText({ story, walked })).toEqual([]);
  }
  expect(told).toBeGreaterThan(0);
});
