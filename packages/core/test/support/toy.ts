import { z } from 'zod';
import type { Service, ServicePlan } from '../../src/adapter/contract.ts';
import { defineService } from '../../src/adapter/define-service.ts';
import type { Effect, Step } from '../../src/adapter/step.ts';
import type { Certificate, Facts } from '../../src/index.ts';

/** What the toy service holds, in memory: CAs and lists by digest, and whether it enforces. */
export interface Toy {
  cas: readonly Certificate[];
  lists: readonly string[];
  enforcing: boolean;
  ignoresExpiry: boolean;
  /** Steps performed, in order. */
  readonly log: string[];
  /** Thrown by the next writes, one each. */
  readonly faults: Error[];
  /** How many looks it takes until a write has settled. */
  lazy: number;
  /** No target waits for its grants before it begins to enforce. */
  nonBlocking?: true;
  pending: number;
}

export function createToy(): Toy {
  return {
    cas: [],
    lists: [],
    enforcing: false,
    ignoresExpiry: false,
    log: [],
    faults: [],
    lazy: 0,
    pending: 0,
  };
}

export const toyFacts: Facts = {
  service: 'toy',
  title: 'Toy',
  capabilities: {
    chain: 'any-anchor',
    intermediateAnchors: true,
    revocation: 'list',
    emptyCrl: true,
    crlIssuerInStore: false,
    bundleReadable: true,
    modes: ['on', 'off'],
  },
  verdicts: {},
  limits: {},
  rates: { write: { burst: 2, perSecond: 0.5, actions: ['Write'], source: 'made up', checked: '2026-11' } },
  permissions: { observe: [], refresh: [], apply: ['toy:Write'] },
  outlives: [],
  settle: { everyMs: 1_000, expectMs: 0, limitMs: 60_000, source: 'made up' },
};

interface Desired {
  readonly cas: readonly Certificate[];
  readonly lists: readonly { readonly sha256: string; readonly issuer: string; readonly entries: number }[];
  readonly letGo: readonly string[];
}

/** The one kind of write: what it changes stands in its input. */
interface Steps {
  write: {
    input: { readonly id: string; readonly effect: Effect; readonly affects: readonly string[] };
    output: object;
  };
}

type ToyStep = Step<Steps>;

/** A service over toys by target name: the planner and the engine are the same for all services. */
export function toyService(toys: Readonly<Record<string, Toy>>): Service {
  return defineService<
    { readonly region: string; readonly inventory?: boolean | undefined },
    Desired,
    Toy,
    undefined,
    Steps
  >({
    key: 'toy',
    facts: toyFacts,
    schema: () => z.strictObject({ region: z.string(), inventory: z.boolean().optional() }),
    place: ({ region }) => ({ region }),
    readsInventory: ({ inventory }) => inventory === true,
    connect: async () => undefined,
    render: (trust) => ({
      desired: {
        cas: trust.cas,
        lists: trust.revocation.lists.map(({ crl, issuer }) => ({
          sha256: crl.sha256,
          issuer: issuer.subject.text,
          entries: crl.entryCount,
        })),
        letGo: trust.revocation.letGo.map(({ sha256 }) => sha256),
      },
      anchors: trust.cas,
      artifacts: [],
      findings: [],
    }),
    async observe(_target, _port, io) {
      await io.paced('read', async () => undefined);
      const toy = toyOf(toys, io.context.name);
      const pending = toy.pending > 0 ? ['toy is busy'] : [];
      if (toy.pending > 0) toy.pending -= 1;
      return {
        state: { ...toy },
        pending,
        holds: {
          exists: toy.cas.length > 0,
          cas: toy.cas.map((certificate) => ({
            sha256: certificate.sha256,
            subject: certificate.subject.text,
            certificate,
          })),
          crls: [],
          attachments: [
            {
              id: io.context.name,
              mode: toy.enforcing ? 'on' : 'off',
              enforcing: toy.enforcing,
              ignoresExpiry: toy.ignoresExpiry,
            },
          ],
          doors: [],
          endpoints: [],
          findings: [],
        },
      };
    },
    plan: (desired, toy, _target, { name }) =>
      desired === undefined ? leavePlan(toy) : toyPlan(desired, toy, name),
    perform: {
      async write({ id, effect, affects }, _port, io) {
        await io.paced('write', async () => undefined);
        const toy = toyOf(toys, io.context.name);
        const fault = toy.faults.shift();
        if (fault !== undefined) throw fault;
        toy.log.push(id);
        toy.pending = toy.lazy;
        if (effect === 'revoke') toy.lists = [...toy.lists, ...affects];
        if (effect === 'readmit') toy.lists = toy.lists.filter((sha256) => !affects.includes(sha256));
        if (effect === 'enforce') toy.enforcing = true;
        if (effect === 'remove') toy.cas = toy.cas.filter(({ sha256 }) => !affects.includes(sha256));
        if (effect === 'grant')
          toy.cas = [...toy.cas, ...granted.filter(({ sha256 }) => affects.includes(sha256))];
        return { output: {}, settles: true };
      },
    },
  });
}

const idsOf = (things: readonly { readonly sha256: string }[]) => things.map(({ sha256 }) => sha256);

function step(
  id: string,
  effect: Effect,
  affects: readonly string[],
  after: readonly string[] = [],
): ToyStep {
  const words = { summary: `do ${id}`, reason: `${id} is missing` };
  return {
    kind: 'write',
    id,
    effect,
    affects,
    ...words,
    action: 'toy:Write',
    input: { id, effect, affects },
    after,
  };
}

function leavePlan({ cas }: Toy): ServicePlan<ToyStep> {
  const forget = { ...step('forget', 'remove', idsOf(cas)), wholeTarget: true };
  return { steps: cas.length === 0 ? [] : [forget], findings: [] };
}

function toyPlan(desired: Desired, toy: Toy, name: string): ServicePlan<ToyStep> {
  const held = idsOf(toy.cas);
  const added = idsOf(desired.cas).filter((sha256) => !held.includes(sha256));
  const extra = held.filter((sha256) => !idsOf(desired.cas).includes(sha256));
  const lists = desired.lists.filter(({ sha256 }) => !toy.lists.includes(sha256));
  const letGo = desired.letGo.filter((sha256) => toy.lists.includes(sha256));
  const nonBlocking = toy.nonBlocking === undefined ? {} : { nonBlocking: toy.nonBlocking };
  const grant = added.length > 0 ? [{ ...step('grant', 'grant', added), ...nonBlocking }] : [];
  const granting = grant.map(({ id }) => id);
  const revoke = lists.map(({ sha256, issuer, entries }) => ({
    ...step(`list:${sha256}`, 'revoke', [sha256], granting),
    revocation: { issuer, added: entries, removed: 0, entries, serials: [] },
  }));
  const enforce = step(
    'enforce',
    'enforce',
    [`${name} mode=on`],
    [...granting, ...revoke.map(({ id }) => id)],
  );
  return {
    steps: [
      ...(extra.length > 0 ? [step('remove', 'remove', extra, granting)] : []),
      ...(toy.enforcing ? [] : [enforce]),
      ...grant,
      ...revoke,
      ...letGo.map((sha256) => step(`let-go:${sha256}`, 'readmit', [sha256])),
    ],
    findings: [],
  };
}

/** Certificates that a toy may be given: a service would read them from the artifact. */
const granted: Certificate[] = [];

/** Makes certificates known to all toys. */
export function stock(...cas: readonly Certificate[]): void {
  granted.push(...cas);
}

function toyOf(toys: Readonly<Record<string, Toy>>, name: string): Toy {
  const toy = toys[name];
  if (toy === undefined) throw new Error(`no toy ${name}`);
  return toy;
}
