import { makeFixtures } from './fixtures.ts';
import { contractLaws, HookMissing } from './laws/index.ts';
import { type ContractOptions, openWorld } from './world.ts';

/** What the body of a test is given: of vitest, of `node:test`, and of others like them. */
export interface TestContext {
  skip(reason?: string): void;
}

/** What the suite needs of a test runner: vitest's own functions fit, and so do those of others. */
export interface TestRunner {
  describe(name: string, body: () => void): void;
  it: {
    (name: string, body: (context: TestContext) => Promise<void>, timeoutMs?: number): void;
    skip(name: string, body: () => Promise<void>): void;
  };
}

/** A law that takes longer hangs: it takes seconds, and on a busy machine minutes. */
const hangsAfterMs = 600_000;

/**
 * Registers the laws that every adapter must keep, each as one test on fresh worlds. What the
 * service really holds is read off the world, never through the adapter. A law that needs a hook
 * which the world does not give is skipped, with that reason; so is one of `skips`.
 *
 * @example
 * import { describe, it } from 'vitest'
 * runAdapterContract({ describe, it }, {
 *   name: 'alb',
 *   service: alb,
 *   worlds: onLocalAws({
 *     async setup(stage) {
 *       const { local, accountRegion } = stage
 *       const { listenerArn } = await makeAlb({ local, ...accountRegion })
 *       return {
 *         target: { listeners: [listenerArn] },
 *         oracle: albOracle(local, accountRegion, listenerArn),
 *         edits: albEdits(stage, listenerArn),
 *       }
 *     },
 *   }),
 * })
 */
export function runAdapterContract(runner: TestRunner, options: ContractOptions): void {
  const fixtures = once(makeFixtures);
  const { readings = [undefined] } = options.worlds;
  runner.describe(`${options.name}: the adapter contract`, () => {
    for (const law of contractLaws) {
      const reason = options.skips?.[law.id];
      for (const reading of law.bothReadings ? readings : [undefined]) {
        const title = reading === undefined ? law.title : `${law.title} (unknowns: ${reading})`;
        const check = async () => law.check(() => openWorld(options, reading), await fixtures());
        const body = (context: TestContext) =>
          check().catch((error: unknown) => {
            if (!(error instanceof HookMissing)) throw error;
            context.skip(error.message);
          });
        if (reason === undefined) runner.it(title, body, hangsAfterMs);
        else runner.it.skip(`${title} (${reason})`, check);
      }
    }
  });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
