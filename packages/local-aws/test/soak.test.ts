import { expect, test } from 'vitest';
import { soak } from './soak/walk.ts';

/** A short one; `npm run soak` walks for as long as you choose. */
test('a random walk by four clients ends without a defect, and its state is that of a replay', async () => {
  const { accepted, refused, defects, replayed } = await soak({ length: { calls: 400 }, seed: 20_261_126 });
  expect(defects).toEqual([]);
  expect(replayed).toBe(true);
  expect(accepted).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(20);
});
