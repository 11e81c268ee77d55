import {
  type Certificate,
  caName,
  type Finding,
  isAhead,
  outputOf,
  type PlanContext,
} from '@trustloom/core/adapter';
import type { AlbStep, DesiredCrl, StoredCrl, StoredStore } from '../../model.ts';
import { goesWithoutConsent, supersedes } from './newest.ts';
import { addCrl, readmitCrls, removeSuperseded, type StepWhere } from './steps.ts';

/** Which store, and what else is done to it. */
export interface CrlsWhere extends StepWhere {
  /** The CAs that stand in the store when CRLs are added: it takes those of no other. */
  readonly cas: readonly Certificate[];
  /** Steps after which those CAs stand there. */
  readonly after: readonly string[];
  /** The step that removes CAs in the same plan. */
  readonly removal?: readonly string[];
  readonly context: Pick<PlanContext, 'now' | 'stateLost'>;
}

/** The writes for the CRL of one CA. */
export interface IssuerPlan {
  readonly wanted: DesiredCrl;
  /** Superseded CRLs that go first, so that there are never more than two of one key. */
  readonly drops: readonly AlbStep[];
  readonly adds: readonly AlbStep<'add-crl'>[];
  readonly removes: readonly AlbStep[];
  readonly findings: readonly Finding[];
  /** Those that make room without a consent: by `drops`, and by `removes`. */
  readonly dropped: readonly StoredCrl[];
  readonly removed: readonly StoredCrl[];
  /** Those that go by consent. */
  readonly readmitted: readonly StoredCrl[];
}

/**
 * The writes for the CRL of one CA: the newer is added, its count is verified, and only then the
 * older goes.
 *
 * @param stored the CRLs of the same key in the store
 */
export function planIssuer(
  wanted: DesiredCrl,
  stored: readonly StoredCrl[],
  store: StoredStore | undefined,
  where: CrlsWhere,
  leafLifeMs?: number,
): IssuerPlan {
  const { issuer, crl } = wanted;
  const newer = stored.find(
    (one) =>
      one.crl !== undefined && supersedes(one.crl, crl, issuer) && !isAhead(one.crl, where.context.now),
  );
  const present = stored.find((one) => one.crl?.sha256 === crl.sha256);
  if (newer !== undefined) return goBack(wanted, newer, present, where);
  const older = stored.filter((one) => one !== present);
  const covered = older.filter((one) => goesWithoutConsent(one, wanted, where.context, leafLifeMs));
  const [latest, ...rest] = [...covered].sort(
    (a, b) => (b.crl?.thisUpdate ?? 0) - (a.crl?.thisUpdate ?? 0) || b.id - a.id,
  );
  const drops =
    present !== undefined || latest === undefined || rest.length === 0
      ? []
      : [removeSuperseded('drop-crls', wanted, rest, { id: latest.id, entries: latest.entries }, where)];
  // The store takes a CRL only of a CA that it holds.
  const after = [...(hasCa(store, issuer) ? [] : where.after), ...drops.map(({ id }) => id)];
  const add = present ?? addCrl(wanted, latest?.crl, { ...where, after });
  const plan = { wanted, drops, adds: 'kind' in add ? [add] : [], dropped: drops.length === 0 ? [] : rest };
  if (present !== undefined && present.entries !== crl.entryCount)
    return {
      ...plan,
      removes: [],
      findings: older.length === 0 ? [] : [miscounted(wanted, present)],
      removed: [],
      readmitted: [],
    };
  const removed = drops.length > 0 && latest !== undefined ? [latest] : covered;
  const readmitted = older.filter((one) => !covered.includes(one));
  const [seen, first] = [countOf(wanted, add), plan.adds.map(({ id }) => id)];
  return {
    ...plan,
    removes: [
      ...(removed.length === 0 ? [] : [removeSuperseded('remove-crls', wanted, removed, seen, where, first)]),
      ...(readmitted.length === 0 ? [] : [readmitCrls(wanted, readmitted, seen, where, first)]),
    ],
    findings: [],
    removed,
    readmitted,
  };
}

/**
 * What is wanted is an earlier issue than what is in force: taking it readmits, and needs the
 * consent to it.
 */
function goBack(
  wanted: DesiredCrl,
  newer: StoredCrl,
  present: StoredCrl | undefined,
  where: CrlsWhere,
): IssuerPlan {
  const { issuer, crl } = wanted;
  const add = present ?? addCrl(wanted, newer.crl, where, 'readmit');
  const adds = 'kind' in add ? [add] : [];
  const first = adds.map(({ id }) => id);
  return {
    wanted,
    drops: [],
    adds,
    removes: [readmitCrls(wanted, [newer], countOf(wanted, add), where, first, [crl.sha256])],
    findings: [
      {
        code: 'crl-older',
        severity: 'warning',
        about: crl.sha256,
        message: `the CRL of ${caName(issuer)} is older than the one in force, which stays; only --allow readmit:${crl.sha256} takes it`,
        source: 'RFC 5280, 5.2.3',
      },
    ],
    dropped: [],
    removed: [],
    readmitted: [newer],
  };
}

/** The wanted CRL as the store should show it: one that stands there, or that a step adds. */
function countOf({ crl }: DesiredCrl, from: StoredCrl | AlbStep<'add-crl'>) {
  return { id: 'kind' in from ? outputOf(from, 'id') : from.id, entries: crl.entryCount };
}

function hasCa(store: StoredStore | undefined, { keySha256 }: Certificate): boolean {
  return store?.cas.some((ca) => ca.keySha256 === keySha256) ?? false;
}

function miscounted({ issuer, crl }: DesiredCrl, present: StoredCrl): Finding {
  return {
    code: 'crl-count-differs',
    severity: 'warning',
    about: crl.sha256,
    message: `the CRL of ${caName(issuer)} has ${crl.entryCount} entries, but the service counts ${present.entries}; the older CRL stays beside it`,
  };
}
