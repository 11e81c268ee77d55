import { request } from 'node:https';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { createUploads, openAws } from '@trustloom/aws';
import type { Effect, Io, Json, JsonObject, ObjectLocation, Step, Trust } from '@trustloom/core';
import { startLocalAws } from '@trustloom/local-aws';
import { createTestClock, makeAlb, makeBucket, type TestLeaf } from '@trustloom/testkit';
import { alb } from '../../src/index.ts';
import { context } from './story.ts';

const order: readonly Effect[] = [
  'revoke',
  'label',
  'grant',
  'enforce',
  'remove',
  'open',
  'readmit',
  'clean',
];

/** A load balancer on a fresh local AWS, real clients to knock with, and an engine in small that performs every step of a plan. */
export async function openLive(target: Readonly<Record<string, Json>> = {}) {
  const clock = createTestClock();
  const local = await startLocalAws({ clock });
  const { place } = context;
  const bucket = await makeBucket({ local, ...place });
  const { listenerArn, doorArn, dnsName } = await makeAlb({ local, ...place });
  const { credentials } = local.clientConfig('sts', place);
  const aws = openAws({
    env: {
      ...local.env,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    accounts: [{ name: 'apps', id: place.account }],
    version: '0.0.0-test',
    clock,
    random: () => 0,
  });
  const uploads = createUploads(aws, { definition: context.definition });
  const elb = aws.client(ElasticLoadBalancingV2Client, 'Elastic Load Balancing v2', place);
  const bound = alb({ client: () => elb }).bind({ listeners: [listenerArn], ...target }, context);
  let notes: JsonObject = {};
  const io: Io = {
    context,
    signal: new AbortController().signal,
    clock,
    get notes() {
      return notes;
    },
    paced: (_family, send) => send(),
    shared: (_key, read) => read(),
    afterWrite: false,
    readObject: (location) => uploads.read(place, 'apps', location),
    files: uploads.files(place, 'apps'),
  };
  const observe = async () => {
    local.settle();
    return bound.observe(io);
  };
  const plan = async (trust: Trust | undefined) => {
    const observation = await observe();
    const rendering = trust === undefined ? undefined : bound.render(trust, clock.now());
    const planned = bound.plan(rendering, observation, clock.now());
    return { ...planned, artifacts: [...(rendering?.artifacts ?? []), ...(planned.artifacts ?? [])] };
  };
  return {
    local,
    /** What a team has beside Trustloom: its own way to the bucket. */
    bucket,
    listenerArn,
    doorArn,
    dnsName,
    elb,
    /** Looks at once, settled or not. */
    look: () => bound.observe(io),
    /** Looks when all has settled. */
    observe,
    plan,
    /** Performs a plan; `after` is called when what each step began has settled. */
    async apply(trust: Trust | undefined, after?: (step: Step) => Promise<void>): Promise<readonly Step[]> {
      const { steps, artifacts } = await plan(trust);
      const results = new Map<string, JsonObject>();
      const places = new Map<string, Required<ObjectLocation>>();
      for (const artifact of artifacts)
        places.set(artifact.sha256, await uploads.put(place, 'apps', artifact));
      const done: Step[] = [];
      for (let step = next(steps, done); step !== undefined; step = next(steps, done)) {
        const input = resolve(step.input, results, places) as JsonObject;
        const receipt = await bound.perform({ ...step, input }, io);
        results.set(step.id, receipt.result);
        notes = { ...notes, ...receipt.notes };
        local.settle();
        done.push(step);
        await after?.(step);
      }
      return done;
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
    async close() {
      aws.close();
      await local.close();
    },
  };
}

function next(steps: readonly Step[], done: readonly Step[]): Step | undefined {
  const ready = ({ after = [] }: Step) =>
    after.every((id) => done.some((one) => one.id === id) || !steps.some((one) => one.id === id));
  return steps
    .filter((step) => !done.includes(step) && ready(step))
    .sort((a, b) => order.indexOf(a.effect) - order.indexOf(b.effect))[0];
}

function resolve(
  value: Json,
  results: ReadonlyMap<string, JsonObject>,
  places: ReadonlyMap<string, Required<ObjectLocation>>,
): Json {
  if (Array.isArray(value)) return value.map((item: Json) => resolve(item, results, places));
  if (typeof value !== 'object' || value === null) return value;
  const { $artifact, $ref, get, ...rest } = value as JsonObject;
  if (typeof $artifact === 'string') return { ...places.get($artifact) };
  if (typeof $ref === 'string' && typeof get === 'string') return results.get($ref)?.[get] ?? null;
  return Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, resolve(item, results, places)]));
}
