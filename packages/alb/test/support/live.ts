import { request } from 'node:https';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { createUploads, openAws } from '@trustloom/aws';
import type { JsonObject, ObjectLocation, Trust } from '@trustloom/core';
import {
  type BoundStep,
  type Effect,
  isOutput,
  type SdkClient,
  type StepEnvelope,
  type StepIo,
  type Value,
} from '@trustloom/core/adapter';
import { startLocalAws } from '@trustloom/local-aws';
import { createTestClock, makeAlb, makeBucket, type TestLeaf } from '@trustloom/testkit';
import { alb } from '../../src/index.ts';
import { context } from './scenario.ts';

const order: readonly Effect[] = [
  'revoke',
  'tag',
  'grant',
  'enforce',
  'remove',
  'relax',
  'readmit',
  'cleanup',
];

/**
 * A load balancer on a fresh local AWS, real clients to knock with, and an engine in small that
 * performs every step of a plan.
 */
export async function openLive(target: object = {}) {
  const clock = createTestClock();
  const local = await startLocalAws({ clock });
  const { accountRegion } = context;
  const bucket = await makeBucket({ local, ...accountRegion });
  const { listenerArn, bypassArn, dnsName } = await makeAlb({ local, ...accountRegion });
  const { credentials } = local.clientConfig('sts', accountRegion);
  const aws = openAws({
    env: {
      ...local.env,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    accounts: [{ name: 'apps', id: accountRegion.account }],
    version: '0.0.0-test',
    clock,
    random: () => 0,
  });
  const elb = aws.client(ElasticLoadBalancingV2Client, 'Elastic Load Balancing v2', accountRegion);
  const uploads = createUploads(aws, { definition: context.definition });
  const bound = alb.bind({ listeners: [listenerArn], ...target }, context);
  let notes: JsonObject = {};
  const files = new Map<string, Required<ObjectLocation>>();
  let outputs = new Map<string, object>();
  const io: StepIo = {
    context,
    signal: new AbortController().signal,
    clock,
    get notes() {
      return notes;
    },
    rateLimited: (_family, send) => send(),
    shared: (_key, read) => read(),
    afterWrite: false,
    readObject: (location) => uploads.read(accountRegion, 'apps', location),
    files: uploads.files(accountRegion, 'apps'),
    // The port asks for this class only.
    client: <C extends SdkClient>() => elb as SdkClient as C,
    fetch,
    value<V>(value: Value<V>): V {
      return isOutput(value) ? Reflect.get(outputs.get(value.outputOf) ?? {}, value.field) : value;
    },
    uploaded({ sha256 }) {
      const file = files.get(sha256);
      if (file === undefined) throw new TypeError(`the file ${sha256} is not among those of the step`);
      return file;
    },
  };
  const look = (trust?: Trust, target = bound, as = io) => {
    const rendered = target.render(trust, clock.now());
    return { rendered, observed: rendered.observe(as) };
  };
  const observe = async (trust?: Trust, target = bound, as = io) => {
    local.settle();
    const { rendered, observed } = look(trust, target, as);
    return { rendered, ...(await observed) };
  };
  const plan = async (trust: Trust | undefined) => {
    const { rendered, plan } = await observe(trust);
    const planned = plan(clock.now());
    return {
      bound: planned.steps,
      steps: planned.steps.map(({ step }) => step),
      artifacts: [...(rendered.rendering?.artifacts ?? []), ...(planned.artifacts ?? [])],
    };
  };
  const close = async () => {
    aws.close();
    await local.close();
  };
  return {
    local,
    /** What a team has beside Trustloom: its own way to the bucket. */
    bucket,
    listenerArn,
    bypassArn,
    dnsName,
    elb,
    /** Looks at once, settled or not. */
    look: () => look().observed,
    /** Looks when all has settled. */
    observe: (trust?: Trust) => observe(trust),
    /** Looks as another target of the same load balancer. */
    as(other: object, ids: Partial<typeof context & { readonly definitionId: string }> = {}) {
      const whose = { ...context, ...ids };
      const also = alb.bind({ listeners: [listenerArn], ...other }, whose);
      return { observe: (trust?: Trust) => observe(trust, also, { ...io, context: whose }) };
    },
    plan,
    /** Performs a plan; `after` is called when what each step began has settled. */
    async apply(
      trust: Trust | undefined,
      after?: (step: StepEnvelope) => Promise<void>,
    ): Promise<readonly StepEnvelope[]> {
      const { bound: steps, artifacts } = await plan(trust);
      outputs = new Map();
      const done: BoundStep[] = [];
      for (let next = nextOf(steps, done); next !== undefined; next = nextOf(steps, done)) {
        const { step } = next;
        files.clear();
        for (const artifact of artifacts)
          if (step.files?.some(({ sha256 }) => sha256 === artifact.sha256))
            files.set(artifact.sha256, await uploads.put(accountRegion, 'apps', artifact));
        const receipt = await next.perform(io);
        outputs.set(step.id, receipt.output);
        notes = { ...notes, ...receipt.notes };
        local.settle();
        done.push(next);
        await after?.(step);
      }
      return done.map(({ step }) => step);
    },
    /** HTTP status that a client gets; 0 when the connection ended without one. */
    knock(leaf?: TestLeaf): Promise<number> {
      const edge = local.edges().find(({ resource }) => resource === listenerArn);
      if (edge === undefined) throw new TypeError('the listener has no edge');
      const identity = leaf === undefined ? {} : { cert: leaf.chainPem, key: leaf.keyPem };
      return new Promise((done) => {
        const { host, port, caPem: ca, hosts } = edge;
        const call = request({ host, port, ca, servername: hosts[0], agent: false, ...identity });
        call.on('response', (response) => {
          response.resume().on('end', () => done(response.statusCode ?? 0));
        });
        call.on('error', () => done(0));
        call.end();
      });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function nextOf(steps: readonly BoundStep[], done: readonly BoundStep[]): BoundStep | undefined {
  const isLeft = (id: string) => steps.some((one) => one.step.id === id && !done.includes(one));
  return steps
    .filter((one) => !done.includes(one) && !one.step.after?.some(isLeft))
    .sort((a, b) => order.indexOf(a.step.effect) - order.indexOf(b.step.effect))[0];
}
