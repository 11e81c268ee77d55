import {
  AddTagsCommand,
  type ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Certificate, defineService, type ServiceIo, sha256Hex } from '@trustloom/core/adapter';
import { beforeAll, describe, expect, it } from 'vitest';
import { contractLaws, type Fixtures, makeFixtures, openWorld } from '../src/index.ts';
import { type FakeStep, fakeSpec, type Spec } from './fake-adapter.ts';
import { fakeOptions } from './fake-options.ts';

type Steps = readonly FakeStep[];

/** An adapter whose plans are changed after the fact. */
const replanned =
  (change: (steps: Steps) => Steps) =>
  (spec: Spec): Partial<Spec> => ({
    plan: (...given) => {
      const planned = spec.plan(...given);
      return { ...planned, steps: change(planned.steps) };
    },
  });

/** An adapter that does something besides while it observes. */
const observing =
  (doing: (client: ElasticLoadBalancingV2Client, arn: string, io: ServiceIo) => Promise<unknown>) =>
  (spec: Spec): Partial<Spec> => ({
    async observe(target, client, io) {
      const seen = await spec.observe(target, client, io);
      await doing(client, seen.state.store?.arn ?? '', io);
      return seen;
    },
  });

const without = (action: string) =>
  replanned((steps) => steps.filter((step) => step.input.action !== action));

const dropFirst = replanned((steps) =>
  steps
    .map((step) =>
      step.input.action === 'RemoveTrustStoreRevocations'
        ? { ...step, effect: 'revoke' as const, after: [] }
        : step,
    )
    .sort((a, b) => Number(b.id.startsWith('drop:')) - Number(a.id.startsWith('drop:'))),
);

const isAttach = ({ action, arn }: FakeStep['input']) => action === 'ModifyListener' && arn !== undefined;

/** So that no two plans are alike. */
let plans = 0;

/** Planted faults: what is broken, the law that must notice, and how it is broken. */
const faults: readonly (readonly [
  what: string,
  law: string,
  message: RegExp,
  change: (spec: Spec) => Partial<Spec>,
])[] = [
  [
    'forgets the CRLs',
    'converges',
    /after the first run: the CRLs in force/,
    without('AddTrustStoreRevocations'),
  ],
  ['never attaches', 'converges', /after the first run: the CAs in force/, without('ModifyListener')],
  [
    'plans for ever',
    'converges',
    /a second run must plan nothing/,
    (spec) => ({
      async observe(target, client, io) {
        const seen = await spec.observe(target, client, io);
        return { ...seen, state: { ...seen.state, attached: false } };
      },
    }),
  ],
  [
    'needs the state to find its store again',
    'converges',
    /with the state lost: a second run must plan nothing/,
    (spec) => ({
      async observe(target, client, io) {
        const seen = await spec.observe(target, client, io);
        return io.notes.made === true ? seen : { ...seen, state: { attached: false } };
      },
      perform: {
        send: async (...given) => ({ ...(await spec.perform.send(...given)), notes: { made: true } }),
      },
    }),
  ],
  [
    'removes the old CRL before it adds the new one',
    'changes',
    /a revocation was lifted on the way/,
    dropFirst,
  ],
  [
    'asks for certificates before its CRLs are there',
    'revoked-refused',
    /serial 20d1c0ffee5e41a1 is admitted after step attach/,
    replanned((steps) =>
      steps.map((step) => {
        if (step.id === 'attach') return { ...step, after: ['create'] };
        return step.input.action === 'AddTrustStoreRevocations' && steps.some(({ id }) => id === 'attach')
          ? { ...step, effect: 'cleanup' as const, after: ['attach'] }
          : step;
      }),
    ),
  ],
  [
    'detaches before it changes the bundle',
    'changes',
    /dropped on the way/,
    (spec) => ({
      plan(desired, observed, target, context) {
        const planned = spec.plan(desired, observed, target, context);
        if (desired === undefined || !planned.steps.some(({ id }) => id === 'bundle')) return planned;
        const base = {
          kind: 'send',
          affects: [],
          summary: '',
          reason: '',
          action: 'elasticloadbalancing:ModifyListener',
        } as const;
        const input = { action: 'ModifyListener', listener: target.listener };
        const off: FakeStep = { ...base, id: 'off', effect: 'tag', input };
        const arn = observed.store?.arn ?? '';
        const on: FakeStep = { ...base, id: 'on', effect: 'cleanup', input: { ...input, arn } };
        return { ...planned, steps: [off, ...planned.steps, on] };
      },
    }),
  ],
  ['leaves its store behind', 'leaves', /objects of ours are left/, without('DeleteTrustStore')],
  [
    'tags while it observes',
    'observing-writes-nothing',
    /once it holds: a call that writes/,
    observing(async (client, arn) => {
      if (arn !== '')
        await client.send(new AddTagsCommand({ ResourceArns: [arn], Tags: [{ Key: 'seen', Value: 'yes' }] }));
    }),
  ],
  [
    'writes twice in one step',
    'one-write-a-step',
    /step attach made 2 writes/,
    (spec) => ({
      perform: {
        async send(sent, client, io) {
          const receipt = await spec.perform.send(sent, client, io);
          if (isAttach(sent)) await spec.perform.send(sent, client, io);
          return receipt;
        },
      },
    }),
  ],
  [
    'puts what is no JSON into a step',
    'one-write-a-step',
    /does not survive JSON/,
    replanned((steps) =>
      steps.map((step) =>
        Object.assign({}, step, { revocation: Object.assign({}, step.revocation, { at: new Date(0) }) }),
      ),
    ),
  ],
  [
    'takes a store that exists for finished',
    'stops-anywhere',
    /from empty, stopped before step 2/,
    (spec) => ({
      plan(desired, observed, target, context) {
        const started = desired !== undefined && observed.store !== undefined && !observed.attached;
        return started ? { steps: [], findings: [] } : spec.plan(desired, observed, target, context);
      },
    }),
  ],
  [
    'knows its store by the answer alone',
    'lost-answers',
    /DuplicateTrustStoreName/,
    (spec) => ({
      async observe(target, client, io) {
        const seen = await spec.observe(target, client, io);
        return io.notes.arn === undefined ? { ...seen, state: { attached: false } } : seen;
      },
      perform: {
        async send(sent, client, io) {
          const receipt = await spec.perform.send(sent, client, io);
          return { ...receipt, notes: { ...receipt.output } };
        },
      },
    }),
  ],
  [
    'calls a lost answer final',
    'lost-answers',
    /answer to create lost: must end in an error of ours/,
    (spec) => ({
      perform: {
        send: (...given) =>
          spec.perform.send(...given).catch((error: unknown) => {
            throw new Error(`failed: ${String(error)}`);
          }),
      },
    }),
  ],
  [
    'renders in the order of the input',
    'input-order',
    /deep-equal/,
    (spec) => ({
      render(trust, target, context) {
        const rendering = spec.render(trust, target, context);
        const body = trust.cas.map(({ pem }) => pem).join('');
        const bundle = { sha256: sha256Hex(body), kind: 'bundle', body } as const;
        return {
          ...rendering,
          desired: { ...rendering.desired, bundle: { sha256: bundle.sha256, kind: 'bundle' } },
          artifacts: [bundle, ...rendering.artifacts.slice(1)],
        };
      },
    }),
  ],
  [
    'sorts its input in place',
    'purity',
    /read only/,
    (spec) => ({
      render(trust, target, context) {
        (trust.cas as Certificate[]).sort();
        return spec.render(trust, target, context);
      },
    }),
  ],
  [
    'plans otherwise each time',
    'purity',
    /strictly equal/,
    replanned((steps) => {
      plans += 1;
      return steps.map((step) => ({ ...step, summary: `${step.summary} ${plans}` }));
    }),
  ],
  [
    'calls AccessDenied something else',
    'errors',
    /access-denied: must end in an error of ours/,
    (spec) => ({
      observe: (...given) =>
        spec.observe(...given).catch(() => {
          throw new TypeError('no');
        }),
    }),
  ],
  [
    'does not list an action',
    'permissions',
    /not in info.permissions/,
    (spec) => ({ info: { ...spec.info, permissions: { ...spec.info.permissions, refresh: [] } } }),
  ],
  [
    'looks at the number of CRLs alone',
    'edits-undone',
    /a CA that nobody accepted takes the place of the bundle: not noticed/,
    replanned((steps) => (steps.length === 1 && steps[0]?.id === 'bundle' ? [] : steps)),
  ],
  [
    'changes the listener of somebody else',
    'foreign-untouched',
    /strictly equal/,
    (spec) => ({
      perform: {
        async send(sent, client, io) {
          const receipt = await spec.perform.send(sent, client, io);
          if (!isAttach(sent) || sent.arn === undefined) return receipt;
          const arn = io.value(sent.arn);
          const { DescribeLoadBalancersCommand, DescribeListenersCommand } = await import(
            '@aws-sdk/client-elastic-load-balancing-v2'
          );
          const { LoadBalancers = [] } = await client.send(
            new DescribeLoadBalancersCommand({ Names: ['other'] }),
          );
          const found = await client.send(
            new DescribeListenersCommand({ LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn }),
          );
          const other = found.Listeners?.find(({ Protocol }) => Protocol === 'HTTPS')?.ListenerArn;
          await client.send(
            new ModifyListenerCommand({
              ListenerArn: other,
              MutualAuthentication: { Mode: 'verify', TrustStoreArn: arn },
            }),
          );
          return receipt;
        },
      },
    }),
  ],
];

describe('the suite catches an adapter that', () => {
  let fixtures: Fixtures;
  beforeAll(async () => {
    fixtures = await makeFixtures();
  });

  const lawOf = (id: string) => contractLaws.find((one) => one.id === id);
  const broken = (change: (spec: Spec) => Partial<Spec>) =>
    fakeOptions(defineService({ ...fakeSpec, ...change(fakeSpec) }));

  it.each(faults)('%s (law %s)', async (_, id, message, change) => {
    await expect(lawOf(id)?.check(() => openWorld(broken(change)), fixtures)).rejects.toThrow(message);
  });

  it('locks the good out on the way, where AWS refuses those of a CA without a CRL (law revoked-refused)', async () => {
    const checked = lawOf('revoked-refused')?.check(() => openWorld(broken(dropFirst), 'refuse'), fixtures);
    await expect(checked).rejects.toThrow(/serial 20d1c0ffee5e41a0 is refused after step drop:/);
  });

  it('breaks any law, each of which has a fault planted', () => {
    const planted = new Set(faults.map(([, law]) => law));
    expect(contractLaws.map(({ id }) => id).filter((id) => !planted.has(id))).toEqual([]);
  });
});
