import { makeFixtures } from './fixtures.ts';
import { contractLaws } from './laws/index.ts';
import { type ContractOptions, openWorld } from './world.ts';

const readings = ['refuse', 'admit'] as const;

/** What the suite needs of a test runner: vitest's own functions fit, and so do those of others. */
export interface TestRunner {
  describe(name: string, body: () => void): void;
  it: {
    (name: string, body: () => Promise<void>, timeoutMs?: number): void;
    skip(name: string, body: () => Promise<void>): void;
  };
}

/**
 * Registers the laws that every adapter must keep, each as one test on fresh local AWSs. What the
 * service really holds is read off the local AWS's raw state, never through the adapter. Nothing
 * but the test runner is needed: no account, no network.
 *
 * @example
 * import { describe, it } from 'vitest'
 * runAdapterContract({ describe, it }, {
 *   name: 'alb',
 *   adapter: (aws) => alb({ client: (place) => aws.client(ElasticLoadBalancingV2Client, 'Elastic Load Balancing v2', place) }),
 *   async setup(stage) {
 *     const { listenerArn } = await makeAlb({ local: stage.local, ...stage.place })
 *     return { target: { listeners: [listenerArn] }, oracle: albOracle(stage.local, stage.place, listenerArn) }
 *   },
 * })
 */
export function runAdapterContract(runner: TestRunner, options: ContractOptions): void {
  const fixtures = once(makeFixtures);
  runner.describe(`${options.name}: the adapter contract`, () => {
    for (const law of contractLaws) {
      const reason = options.skips?.[law.id];
      for (const reading of law.bothReadings ? readings : [undefined]) {
        const title = reading === undefined ? law.title : `${law.title} (unknowns: ${reading})`;
        const body = async () => law.check(() => openWorld(options, reading), await fixtures());
        if (reason === undefined) runner.it(title, body, law.timeoutMs ?? 60_000);
        else runner.it.skip(`${title} (${reason})`, body);
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
