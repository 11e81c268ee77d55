import { z } from 'zod';
import type { Service, ServicePlan } from '../../src/adapter/contract.ts';
import { defineService } from '../../src/adapter/define-service.ts';
import type { Effect, Step } from '../../src/adapter/step.ts';
import type { Certificate, Finding, ObservedCrl, ObservedDenial, ServiceInfo } from '../../src/index.ts';

/** What the fake service holds, in memory: CAs and CRLs by digest, and whether it enforces. */
export interface FakeService {
  cas: readonly Certificate[];
  crls: readonly string[];
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
  /** CRLs that it shows as being in force, whatever was written. */
  inForce?: readonly ObservedCrl[];
  /** What a check of its own refuses besides CRLs. */
  denials?: readonly ObservedDenial[];
  /** What it is attached to is gone. */
  gone?: true;
  pending: number;
}

export function createFake(): FakeService {
  return {
    cas: [],
    crls: [],
    enforcing: false,
    ignoresExpiry: false,
    log: [],
    faults: [],
    lazy: 0,
    pending: 0,
  };
}

export const fakeInfo: ServiceInfo = {
  service: 'fake',
  title: 'Fake',
  capabilities: {
    chain: 'any-anchor',
    intermediateAnchors: true,
    revocation: 'crl',
    emptyCrl: true,
    crlIssuerInStore: false,
    bundleReadable: true,
    modes: ['on', 'off'],
  },
  verdicts: {},
  limits: {},
  rates: { write: { burst: 2, perSecond: 0.5, actions: ['Write'], source: 'made up', checked: '2026-11' } },
  permissions: { observe: [], refresh: [], apply: ['fake:Write'] },
  residualAccess: [],
  settle: { everyMs: 1_000, expectMs: 0, limitMs: 60_000, source: 'made up' },
};

interface Desired {
  readonly cas: readonly Certificate[];
  readonly crls: readonly { readonly sha256: string; readonly issuer: string; readonly entries: number }[];
  readonly withdrawn: readonly string[];
}

/** The one kind of write: what it changes stands in its input. */
interface Steps {
  write: {
    input: { readonly id: string; readonly effect: Effect; readonly affects: readonly string[] };
    output: object;
  };
}

type FakeStep = Step<Steps>;

/** A service over fakes by target name: the planner and the engine are the same for all services. */
export function fakeService(fakes: Readonly<Record<string, FakeService>>): Service {
  return defineService<
    {
      readonly region: string;
      readonly inventory?: boolean | undefined;
      readonly attached?: readonly string[] | undefined;
    },
    Desired,
    FakeService,
    undefined,
    Steps
  >({
    key: 'fake',
    info: fakeInfo,
    schema: () =>
      z.strictObject({
        region: z.string(),
        inventory: z.boolean().optional(),
        attached: z.array(z.string()).optional(),
      }),
    accountRegion: ({ region }) => ({ region }),
    attachments: ({ attached = [] }) => attached,
    readsInventory: ({ inventory }) => inventory === true,
    connect: async () => undefined,
    render: (trust) => ({
      desired: {
        cas: trust.cas,
        crls: trust.revocation.crls.map(({ crl, issuer }) => ({
          sha256: crl.sha256,
          issuer: issuer.subject.text,
          entries: crl.entryCount,
        })),
        withdrawn: trust.revocation.withdrawn.map(({ sha256 }) => sha256),
      },
      anchors: trust.cas,
      artifacts: [],
      findings: [],
    }),
    async observe(_target, _port, io) {
      await io.rateLimited('read', async () => undefined);
      const fake = fakeOf(fakes, io.context.id);
      const pending = fake.pending > 0 ? ['fake is busy'] : [];
      if (fake.pending > 0) fake.pending -= 1;
      return {
        state: { ...fake },
        pending,
        content: {
          exists: fake.cas.length > 0,
          owned: fake.cas.length > 0,
          denials: fake.denials ?? [],
          cas: fake.cas.map((certificate) => ({
            sha256: certificate.sha256,
            subject: certificate.subject.text,
            certificate,
          })),
          crls: fake.inForce ?? [],
          attachments: [
            {
              id: io.context.name,
              mode: fake.enforcing ? 'on' : 'off',
              enforcing: fake.enforcing,
              ignoresExpiry: fake.ignoresExpiry,
            },
          ],
          bypasses: [],
          endpoints: [],
          findings: [],
          unmet: fake.gone === undefined ? [] : [attachmentGone],
        },
      };
    },
    plan: (desired, fake, _target, { name }) =>
      desired === undefined ? leavePlan(fake) : fakePlan(desired, fake, name),
    perform: {
      async write({ id, effect, affects }, _port, io) {
        await io.rateLimited('write', async () => undefined);
        const fake = fakeOf(fakes, io.context.id);
        const fault = fake.faults.shift();
        if (fault !== undefined) throw fault;
        fake.log.push(id);
        fake.pending = fake.lazy;
        if (effect === 'revoke') fake.crls = [...fake.crls, ...affects];
        if (effect === 'readmit') fake.crls = fake.crls.filter((sha256) => !affects.includes(sha256));
        if (effect === 'enforce') fake.enforcing = true;
        if (effect === 'remove') fake.cas = fake.cas.filter(({ sha256 }) => !affects.includes(sha256));
        if (effect === 'grant')
          fake.cas = [...fake.cas, ...granted.filter(({ sha256 }) => affects.includes(sha256))];
        return { output: {}, settles: true };
      },
    },
  });
}

const attachmentGone: Finding = {
  code: 'attachment-missing',
  severity: 'error',
  message: 'what the fake is attached to is gone',
};

const idsOf = (affects: readonly { readonly sha256: string }[]) => affects.map(({ sha256 }) => sha256);

function step(
  id: string,
  effect: Effect,
  affects: readonly string[],
  after: readonly string[] = [],
): FakeStep {
  const words = { summary: `do ${id}`, reason: `${id} is missing` };
  return {
    kind: 'write',
    id,
    effect,
    affects,
    ...words,
    action: 'fake:Write',
    input: { id, effect, affects },
    after,
  };
}

function leavePlan({ cas }: FakeService): ServicePlan<FakeStep> {
  const forget = { ...step('forget', 'remove', idsOf(cas)), wholeTarget: true };
  return { steps: cas.length === 0 ? [] : [forget], findings: [] };
}

function fakePlan(desired: Desired, fake: FakeService, name: string): ServicePlan<FakeStep> {
  const held = idsOf(fake.cas);
  const added = idsOf(desired.cas).filter((sha256) => !held.includes(sha256));
  const extra = held.filter((sha256) => !idsOf(desired.cas).includes(sha256));
  const crls = desired.crls.filter(({ sha256 }) => !fake.crls.includes(sha256));
  const withdrawn = desired.withdrawn.filter((sha256) => fake.crls.includes(sha256));
  const nonBlocking = fake.nonBlocking === undefined ? {} : { nonBlocking: fake.nonBlocking };
  const grant = added.length > 0 ? [{ ...step('grant', 'grant', added), ...nonBlocking }] : [];
  const granting = grant.map(({ id }) => id);
  const revoke = crls.map(({ sha256, issuer, entries }) => ({
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
      ...(fake.enforcing ? [] : [enforce]),
      ...grant,
      ...revoke,
      ...withdrawn.map((sha256) => step(`withdraw:${sha256}`, 'readmit', [sha256])),
    ],
    findings: [],
  };
}

/** Certificates that a fake may be given: a service would read them from the artifact. */
const granted: Certificate[] = [];

/** Makes certificates known to all fakes. */
export function stock(...cas: readonly Certificate[]): void {
  granted.push(...cas);
}

function fakeOf(fakes: Readonly<Record<string, FakeService>>, name: string): FakeService {
  const fake = fakes[name];
  if (fake === undefined) throw new Error(`no fake ${name}`);
  return fake;
}
