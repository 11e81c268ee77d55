import { describe, expect, test } from 'vitest';
import { openScene, type Scene, writesOf } from './support.ts';

const allow = [
  '--auto-approve',
  '--allow',
  'enforce:web',
  '--allow',
  'enforce:edge',
  '--allow',
  'enforce:api',
];

/** Everything converged, nothing is there twice, and the next plan is empty. */
async function expectConverged(scene: Scene, anchors: number): Promise<void> {
  const again = await scene.trustloom(['apply', ...allow]);
  expect(again, again.err).toMatchObject({ code: 0 });
  const plan = await scene.trustloom(['plan', '--json', ...allow.slice(1)]);
  expect(JSON.parse(plan.out)).toMatchObject({ changes: false });
  const state = scene.local.state();
  const count = <T>(entries: readonly { readonly state: T }[], size: (state: T) => number) =>
    entries.reduce((sum, one) => sum + size(one.state), 0);
  expect(count(state.rolesAnywhere, ({ anchors: found }) => found.size)).toBe(anchors);
  expect(count(state.elbv2, ({ trustStores }) => trustStores.size)).toBe(1);
  expect(count(state.cloudfront, ({ trustStores }) => trustStores.size)).toBe(1);
  expect(enforcing(scene)).toEqual({ web: true, edge: true, api: true });
}

/** Does each target ask for certificates at this instant? */
function enforcing({ local, environment }: Scene) {
  const state = local.state();
  return {
    web: state.cloudfront.some(
      (one) =>
        one.state.distributions.get(environment.web.distributionId)?.config.ViewerMtlsConfig?.Mode ===
        'required',
    ),
    edge: state.elbv2.some(
      (one) => one.state.listeners.get(environment.edge.listenerArn)?.mutual?.Mode === 'verify',
    ),
    api: state.apiGateway.some(
      (one) => one.state.domains.get(environment.api.domain)?.truststore !== undefined,
    ),
  };
}

/** How many writes an uninterrupted run makes: the points are spread over them. */
const firstRun = 26;
const secondRun = 16;
const spread = (writes: number) =>
  [0.05, 0.25, 0.45, 0.65, 0.85].map((part) => Math.max(1, Math.round(writes * part)));

describe('apply, killed at any point and run again, converges', () => {
  test.concurrent.each(spread(firstRun))('the first apply, after %i writes', async (point) => {
    await using scene = await openScene('all-four');
    await scene.trustloom(['accept', '--all']);
    const before = writesOf(scene.local);
    const killed = await scene.trustloom(['apply', ...allow], () => writesOf(scene.local) - before >= point);
    expect(killed.code).toBeNull();
    await expectConverged(scene, 1);
  });

  test.concurrent.each(spread(secondRun))(
    'a re-key, after %i writes; mutual TLS is never off',
    async (point) => {
      await using scene = await openScene('all-four');
      await scene.trustloom(['accept', '--all']);
      expect(await scene.trustloom(['apply', ...allow])).toMatchObject({ code: 0 });
      await scene.ca.rekeyIssuing();
      await scene.ca.dailyRun();
      await scene.trustloom(['accept', '--all']);
      const before = writesOf(scene.local);
      const lapses: unknown[] = [];
      const killed = await scene.trustloom(['apply', ...allow], () => {
        const now = enforcing(scene);
        if (!Object.values(now).every(Boolean)) lapses.push(now);
        return writesOf(scene.local) - before >= point;
      });
      expect(killed.code).toBeNull();
      await expectConverged(scene, 2);
      expect(lapses).toEqual([]);
    },
  );
});
