import { type Clients, clientsOf } from './clients.ts';
import { putMaterials } from './materials.ts';
import { cloudfrontMoves } from './moves-cloudfront.ts';
import { elbMoves } from './moves-elb.ts';
import { otherMoves } from './moves-others.ts';
import { knock, type Plane, sendBroken } from './noise.ts';
import { type Server, startServer } from './process.ts';
import { seeded } from './random.ts';
import type { Chooser, Kind, Resource, Step, Values } from './step.ts';

const MOVES = [...elbMoves, ...cloudfrontMoves, ...otherMoves];
const ACCOUNTS = ['111111111111', '222222222222'] as const;
const CLIENTS = 4;
/** Of each kind in each account, so that what is held stays of a size. */
const MOST = 5;

/** What a walk came to. */
export interface Outcome {
  readonly accepted: number;
  readonly refused: number;
  /** Answers that no service gives: a failure of the emulator, or no answer at all. */
  readonly defects: readonly string[];
  /** Whether the state equals that of a replay of the accepted calls. */
  readonly replayed: boolean;
  /** Growth of the heap in use between two empty states, in MB. */
  readonly leakMb: number;
  readonly rssMb: number;
}

/** What is known about a resource that another client has removed in the meantime. */
const GONE: Values = { id: 'gone', arn: 'arn:aws:gone', etag: 'E0000000000000', data: 'KV0' };

interface Memory {
  readonly heap: number;
  readonly rss: number;
}

const MB = 1024 * 1024;
/** How often the data planes are looked up. */
const LOOK_MS = 1_000;
const pause = (ms: number) => new Promise<false>((resolve) => setTimeout(() => resolve(false), ms));

/** How long to walk: milliseconds, or calls. */
export type Length = { readonly ms: number } | { readonly calls: number };

const part = (length: Length, share: number): Length =>
  'ms' in length ? { ms: length.ms * share } : { calls: length.calls * share };

/** Walks: a tenth to warm up, the rest to be replayed. */
export async function soak(options: { readonly length: Length; readonly seed: number }): Promise<Outcome> {
  const now = Date.now();
  const server = await startServer(now);
  try {
    const warm = await walk(server, part(options.length, 0.1), options.seed);
    await server.ask('reset');
    const before = await server.ask<Memory>('memory');
    const walked = await walk(server, part(options.length, 0.9), options.seed + 1);
    const state = await server.ask<string>('state');
    await server.ask('reset');
    const after = await server.ask<Memory>('memory');
    return {
      accepted: walked.order.length,
      refused: walked.refused,
      defects: [...warm.defects, ...walked.defects],
      replayed: state === (await replay(walked, now)),
      leakMb: (after.heap - before.heap) / MB,
      rssMb: after.rss / MB,
    };
  } finally {
    await server.stop();
  }
}

interface Walked {
  /** Accepted writing calls, in the order in which the server carried them out. */
  readonly order: readonly Step[];
  readonly refused: number;
  readonly defects: readonly string[];
}

async function walk(server: Server, length: Length, seed: number): Promise<Walked> {
  const begin = performance.now();
  let calls = 0;
  const going = () => {
    calls += 1;
    return 'ms' in length ? performance.now() - begin < length.ms : calls <= length.calls;
  };
  /** By request id: the server counts them in the order in which it carries requests out. */
  const accepted = new Map<string, Step>();
  const defects: string[] = [];
  const resources = new Map<Resource, Values>();
  let [count, refused] = [0, 0];
  let planes: readonly Plane[] = [];
  const look = async () => {
    planes = await server.ask<readonly Plane[]>('edges');
  };
  for (const account of ACCOUNTS) await putMaterials(clientsOf(server.url, account), account);

  const client = async (index: number) => {
    const account = ACCOUNTS[index % ACCOUNTS.length] ?? ACCOUNTS[0];
    const clients = clientsOf(server.url, account);
    const random = seeded(seed * CLIENTS + index);
    const number = (below: number) => Math.floor(random() * below);
    const mine = (kind: Kind) =>
      [...resources.keys()].filter((one) => one.kind === kind && one.account === account);
    const choose: Chooser = {
      account,
      chance: (odds) => random() < odds,
      number,
      pick: (kind) => mine(kind)[number(mine(kind).length)],
      make(kind) {
        if (mine(kind).length >= MOST) return undefined;
        count += 1;
        return { kind, account, number: count };
      },
    };
    while (going()) {
      const step = MOVES[number(MOVES.length)]?.(choose);
      if (choose.chance(0.05)) {
        const status = await sendBroken(server.url, number(100));
        if (status < 400 || (status >= 500 && status !== 501)) defects.push(`a broken request: ${status}`);
      }
      const plane = planes[number(planes.length)];
      if (plane?.protocol === 'https' && choose.chance(0.05)) await knock(plane, number(3));
      if (step === undefined) continue;
      try {
        const { requestId, values } = await step.send(clients, (resource) => resources.get(resource) ?? GONE);
        if (step.writes) accepted.set(requestId ?? '', step);
        learn(resources, step, values);
      } catch (error) {
        refused += 1;
        const status = statusOf(error);
        if (status === undefined || (status >= 500 && status !== 501)) defects.push(String(error));
      }
    }
  };
  const walking = Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
  const done = walking.then(() => true);
  while (!(await Promise.race([done, pause(LOOK_MS)]))) await look();
  const order = [...accepted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, step]) => step);
  return { order, refused, defects };
}

function learn(resources: Map<Resource, Values>, { resource, fate }: Step, values: Values): void {
  if (resource === undefined) return;
  if (fate === 'gone') resources.delete(resource);
  else if (fate === 'made' || resources.has(resource)) resources.set(resource, values);
}

/** The state that the accepted calls alone lead to. */
async function replay({ order }: Walked, now: number): Promise<string> {
  const server = await startServer(now);
  try {
    const clients = new Map<string, Clients>(
      ACCOUNTS.map((account) => [account, clientsOf(server.url, account)]),
    );
    for (const [account, one] of clients) await putMaterials(one, account);
    const resources = new Map<Resource, Values>();
    for (const step of order) {
      const mine = clients.get(step.account);
      if (mine === undefined) continue;
      const { values } = await step.send(mine, (resource) => resources.get(resource) ?? {});
      // Some deletions are accepted twice, so what is gone keeps its name.
      if (step.fate !== 'gone') learn(resources, step, values);
    }
    return await server.ask<string>('state');
  } finally {
    await server.stop();
  }
}

const statusOf = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && '$metadata' in error
    ? (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode
    : undefined;
