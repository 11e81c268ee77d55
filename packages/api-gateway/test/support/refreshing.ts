import type { Trust } from '@trustloom/core';
import { planCrls } from '../../src/plan/crls/index.ts';
import { createDecide, type Verdict } from '../../src/revocation/authorizer/decide.ts';
import { openSerialSet } from '../../src/revocation/authorizer/serial-set.ts';
import { desiredManifest } from '../../src/revocation/index.ts';
import { readPublished } from '../../src/revocation/published.ts';
import { context, memoryBucket, target } from './memory.ts';

/** How a plan is made, and which of its steps run. */
export interface RefreshOptions {
  readonly now: number;
  readonly stateLost?: boolean;
  /** Effects that run besides `revoke`. */
  readonly allow?: readonly string[];
  /** Name of the target in the definition. */
  readonly name?: string;
}

/** A bucket that is published to again and again, and the authorizer on it. */
export function openPublisher(files = new Map<string, Uint8Array>()) {
  const bucket = memoryBucket(files);
  const published = () => readPublished(target, bucket.io);
  const planFor = async (trust: Trust, { now, stateLost = false, name = 'edge' }: RefreshOptions) =>
    planCrls(
      { manifest: desiredManifest(trust), authorizer: target.authorizer },
      await published(),
      new Set(),
      target,
      {
        ...context,
        now,
        name,
        stateLost,
      },
    );
  return {
    files,
    published,
    plan: planFor,
    /** Does what `refresh` does, and what the consents given allow besides; gives what is left. */
    async refresh(trust: Trust, options: RefreshOptions) {
      const plan = await planFor(trust, options);
      const runs = (effect: string) => effect === 'revoke' || options.allow?.includes(effect);
      const left = plan.steps.findIndex(({ effect }) => !runs(effect));
      const steps = left < 0 ? plan.steps : plan.steps.slice(0, left);
      await bucket.perform({ ...plan, steps });
      return plan.steps.slice(steps.length).map(({ effect, affects }) => [effect, affects] as const);
    },
    /** A function that starts now; a set that cannot be read refuses everybody, as there. */
    async decide(pem: string, now: number): Promise<Verdict['reason']> {
      const found = await published();
      if (found?.manifest === undefined) return 'no-set';
      const named = found.manifest.keys.flatMap(({ sets }) => sets);
      if (!named.every(({ sha256 }) => found.sets.has(sha256))) return 'no-set';
      const sets = new Map([...found.sets].map(([sha256, body]) => [sha256, openSerialSet(body)]));
      return createDecide(found.manifest, sets)(pem, now).reason;
    },
    /** Deletes every set, as a lifecycle rule may. */
    deleteSets() {
      for (const key of [...files.keys()]) if (key.includes('/sets/')) files.delete(key);
    },
  };
}
