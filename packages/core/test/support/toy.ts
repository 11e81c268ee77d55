import { z } from 'zod';
import { type Certificate, defineAdapter, type Facts, type JsonObject, type Step } from '../../src/index.ts';

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
  /** Its grants are told as nobody's concern yet. */
  unawaited?: true;
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

/** An adapter over toys by target name: the planner and the engine are the same for all services. */
export function toyAdapter(toys: Readonly<Record<string, Toy>>) {
  return defineAdapter<
    { readonly region: string; readonly inventory?: boolean | undefined },
    Desired,
    Toy,
    JsonObject
  >({
    facts: toyFacts,
    key: 'toy',
    target: z.strictObject({ region: z.string(), inventory: z.boolean().optional() }),
    place: ({ region }) => ({ region }),
    readsInventory: ({ inventory }) => inventory === true,
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
    async observe(_target, io) {
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
    plan(desired, toy, _target, { name }) {
      const step = (
        id: string,
        effect: Step['effect'],
        things: readonly string[],
        after: readonly string[] = [],
      ): Step => ({
        id,
        effect,
        things,
        mends: `${id} is missing`,
        action: 'toy:Write',
        input: { id },
        after,
      });
      if (desired === undefined)
        return {
          steps:
            toy.cas.length === 0
              ? []
              : [
                  {
                    ...step(
                      'forget',
                      'remove',
                      toy.cas.map(({ sha256 }) => sha256),
                    ),
                    wholeTarget: true,
                  },
                ],
          findings: [],
        };
      const added = desired.cas.filter(({ sha256 }) => !toy.cas.some((ca) => ca.sha256 === sha256));
      const extra = toy.cas.filter(({ sha256 }) => !desired.cas.some((ca) => ca.sha256 === sha256));
      const lists = desired.lists.filter(({ sha256 }) => !toy.lists.includes(sha256));
      const letGo = desired.letGo.filter((sha256) => toy.lists.includes(sha256));
      const grant =
        added.length > 0
          ? [
              {
                ...step(
                  'grant',
                  'grant',
                  added.map(({ sha256 }) => sha256),
                ),
                ...(toy.unawaited === undefined ? {} : { unawaited: toy.unawaited }),
              },
            ]
          : [];
      return {
        steps: [
          ...(extra.length > 0
            ? [
                step(
                  'remove',
                  'remove',
                  extra.map(({ sha256 }) => sha256),
                  grant.map(({ id }) => id),
                ),
              ]
            : []),
          ...(toy.enforcing
            ? []
            : [
                step(
                  'enforce',
                  'enforce',
                  [`${name} mode=on`],
                  [...grant.map(({ id }) => id), ...lists.map(({ sha256 }) => `list:${sha256}`)],
                ),
              ]),
          ...grant,
          ...lists.map(({ sha256, issuer, entries }) => ({
            ...step(
              `list:${sha256}`,
              'revoke',
              [sha256],
              grant.map(({ id }) => id),
            ),
            revocation: { issuer, added: entries, removed: 0, entries, serials: [] },
          })),
          ...letGo.map((sha256) => step(`let-go:${sha256}`, 'readmit', [sha256])),
        ],
        findings: [],
      };
    },
    async perform({ id, things, effect }, _target, io) {
      await io.paced('write', async () => undefined);
      const toy = toyOf(toys, io.context.name);
      const fault = toy.faults.shift();
      if (fault !== undefined) throw fault;
      toy.log.push(id);
      toy.pending = toy.lazy;
      if (effect === 'revoke') toy.lists = [...toy.lists, ...things];
      if (effect === 'readmit') toy.lists = toy.lists.filter((sha256) => !things.includes(sha256));
      if (effect === 'enforce') toy.enforcing = true;
      if (effect === 'remove') toy.cas = toy.cas.filter(({ sha256 }) => !things.includes(sha256));
      if (effect === 'grant')
        toy.cas = [...toy.cas, ...granted.filter(({ sha256 }) => things.includes(sha256))];
      return { result: {}, settles: true };
    },
  });
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
