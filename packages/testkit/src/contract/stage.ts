import type { AccountRegion } from '@trustloom/core';
import type { LocalAws } from '@trustloom/local-aws';
import type { TestClock } from '../clock.ts';

/** A fresh local AWS with a bucket for artifacts, and a clock on which nobody waits. */
export interface Stage {
  readonly local: LocalAws;
  readonly clock: TestClock;
  /** Where the target lies. */
  readonly accountRegion: AccountRegion;
}
