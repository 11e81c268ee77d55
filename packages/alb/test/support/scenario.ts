import type { PlanContext, StepEnvelope, StepKind, Trust } from '@trustloom/core/adapter';
import { certificateOf, contextOf, crlOf, type IssuedCertificate, type IssuedCrl } from '@trustloom/testkit';
import type { AlbStep, AlbSteps, StoredCrl, StoredListener, StoredStore } from '../../src/model.ts';
import { planAlb } from '../../src/plan/index.ts';
import { renderAlb } from '../../src/render.ts';
import { type AlbTarget, albTarget } from '../../src/target.ts';

/** The target of all plans here. */
export const context = contextOf({ name: 'edge', now: Date.now });

/** ARN of a listener of the load balancer `edge`. */
export const listenerArn = (last = '0000000000000001') =>
  `arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener/app/edge/50dc6c495c0c9188/${last}`;

export const storeArn = (name: string) =>
  `arn:aws:elasticloadbalancing:eu-west-1:222222222222:truststore/${name}/0123456789abcdef`;

export function targetOf(more: Readonly<Record<string, unknown>> = {}): AlbTarget {
  return albTarget().parse({ listeners: [listenerArn()], ...more });
}

export function storeOf(
  cas: readonly IssuedCertificate[],
  crls: readonly StoredCrl[] = [],
  more: Partial<StoredStore> = {},
): StoredStore {
  const name = more.name ?? 'acme-edge-1';
  return {
    arn: storeArn(name),
    name,
    active: true,
    owned: true,
    readable: true,
    cas: cas.map(certificateOf),
    crls,
    otherUsers: [],
    ...more,
  };
}

export function storedCrlOf(id: number, crl: IssuedCrl, entries = crlOf(crl).entryCount): StoredCrl {
  return { id, entries, crl: crlOf(crl) };
}

/** A listener that verifies with a store, or has no mutual TLS. */
export function listenerOf(
  store: StoredStore | undefined,
  more: Partial<StoredListener> = {},
): StoredListener {
  return {
    arn: listenerArn(),
    protocol: 'HTTPS',
    port: 443,
    mode: store === undefined ? 'off' : 'verify',
    store: store?.arn,
    ignoreExpiry: false,
    advertise: false,
    ...more,
  };
}

/**
 * What there is, and under which terms it is planned. Listeners: by default one that verifies with
 * the first store.
 */
export interface Scene {
  readonly stores?: readonly StoredStore[];
  readonly listeners?: readonly StoredListener[];
  readonly target?: AlbTarget;
  readonly terms?: Partial<typeof context & Pick<PlanContext, 'stateLost'>>;
}

/** What is planned for a trust; undefined: the target left the definition. */
export function planOf(trust: Trust | undefined, scene: Scene = {}) {
  const { stores = [], target = targetOf() } = scene;
  const terms = { ...context, ...scene.terms };
  const listeners = scene.listeners ?? [listenerOf(stores[0])];
  const rendering = trust === undefined ? undefined : renderAlb(trust, target, terms);
  const plan = planAlb(rendering?.desired, { stores, listeners }, target, terms);
  const artifacts = new Map(
    [...(rendering?.artifacts ?? []), ...(plan.artifacts ?? [])].map((one) => [one.sha256, one.body]),
  );
  return {
    ...plan,
    reported: plan.steps.map(
      ({ effect, id }) => `${effect} ${id.replace(/:[0-9a-f]{8}\b/, '').replace(/:arn:.*/, '')}`,
    ),
    codes: plan.findings.map(({ code, severity }) => `${code} ${severity}`),
    step: (start: string): AlbStep => {
      const found = plan.steps.find(({ id }) => id.startsWith(start));
      if (found === undefined)
        throw new TypeError(`no step ${start} in ${plan.steps.map(({ id }) => id).join(', ')}`);
      return found;
    },
    /** The PEM of the bundle or CRL that a step uploads. */
    file: ({ files: [file] = [] }: Pick<StepEnvelope, 'files'>): string => {
      const body = file === undefined ? undefined : artifacts.get(file.sha256);
      if (typeof body !== 'string') throw new TypeError('the step uploads no text that the plan gives');
      return body;
    },
  };
}

/** A step as one of its kind. */
export function ofKind<K extends StepKind<AlbSteps>>(kind: K, step: AlbStep | undefined): AlbStep<K> {
  if (step?.kind !== kind) throw new TypeError(`${step?.id} is no ${kind}`);
  return step as AlbStep<K>;
}

/** The bundle of some CAs as it is uploaded. */
export function pemOf(...cas: readonly IssuedCertificate[]): string {
  return cas
    .map(certificateOf)
    .sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
    .map(({ pem }) => pem)
    .join('');
}
