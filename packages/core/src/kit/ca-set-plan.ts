import type { ServiceInfo } from '../adapter/service-info.ts';
import { checkBundle } from '../preflight/index.ts';
import type { Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { sortCertificates } from '../x509/trust-bundle.ts';
import { caDigests } from './ca-words.ts';

type Cas = readonly Certificate[];

/** One write of a set of CAs. */
export interface CaSetWrite {
  readonly effect: 'grant' | 'remove';
  /** CAs that come with it. */
  readonly added: Cas;
  /** CAs that go with it; a `grant` has none. */
  readonly removed: Cas;
  /** All that is held after it, sorted. */
  readonly content: Cas;
}

/** The way from the CAs that a target holds to those that it should. */
export interface CaSetPlan {
  /** Wanted and not held. */
  readonly added: Cas;
  /** Held and not wanted. */
  readonly extra: Cas;
  /** Wanted, held or both, sorted. */
  readonly union: Cas;
  /** False: the service does not take both sets together, so there is no union on the way. */
  readonly unionFits: boolean;
  /** In order, each after the one before; none when both sets are equal. */
  readonly writes: readonly CaSetWrite[];
}

/** What a set has to fit. */
export interface CaSetLimits {
  readonly info: ServiceInfo;
  readonly now: Instant;
}

/**
 * The union first, so that no client is locked out on the way; the CAs that go, later and by
 * consent. Where the service does not take both sets together, those that go have to go first;
 * where nothing would be left between, one write does both, since no bundle is ever empty. Pure.
 *
 * @see docs/decisions/kit-of-adapters.md
 * @example
 * const { writes } = planCaSet(desired.cas, store.cas, { info: albInfo, now })
 */
export function planCaSet(wanted: Cas, held: Cas, limits: CaSetLimits): CaSetPlan {
  const added = casWithout(wanted, held);
  const extra = casWithout(held, wanted);
  const union = sortCertificates([...wanted, ...extra]);
  const content = sortCertificates(wanted);
  const unionFits = added.length === 0 || extra.length === 0 || fitsTogether(union, limits);
  const plan = { added, extra, union, unionFits };
  if (!unionFits) {
    const left = casWithout(held, extra);
    if (left.length === 0) return { ...plan, writes: [{ effect: 'remove', added, removed: extra, content }] };
    return {
      ...plan,
      writes: [
        { effect: 'remove', added: [], removed: extra, content: sortCertificates(left) },
        { effect: 'grant', added, removed: [], content },
      ],
    };
  }
  const writes: readonly CaSetWrite[] = [
    { effect: 'grant', added, removed: [], content: union },
    { effect: 'remove', added: [], removed: extra, content },
  ];
  return { ...plan, writes: writes.filter((write) => write.added.length + write.removed.length > 0) };
}

/**
 * Those of the first that the second lacks.
 *
 * @example
 * const foreign = casWithout(store.cas, desired.known)
 */
export function casWithout(cas: Cas, others: Cas): Cas {
  const there = new Set(caDigests(others));
  return cas.filter(({ sha256 }) => !there.has(sha256));
}

/** False when the service would refuse that many CAs in one bundle. */
function fitsTogether(cas: Cas, { info, now }: CaSetLimits): boolean {
  return !checkBundle(cas, info, now).some(
    ({ code, severity }) =>
      severity === 'error' && (code === 'too-many-certificates' || code === 'bundle-too-large'),
  );
}
