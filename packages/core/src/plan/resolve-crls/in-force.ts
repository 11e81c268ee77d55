import type { IssuerCrl, RevocationSet, UnreadReason, WithdrawnCrl } from '../../crl/crl.ts';
import type { RetainedSerial } from '../../crl/retained.ts';
import { crlIssuer } from '../../crl/verify-crl.ts';
import type { Lock } from '../../definition/lock.ts';
import type { CrlSlot, NewlyAccepted } from '../../state/accepted-crls.ts';
import type { KeyedCrl } from '../../state/freshness.ts';
import type { AcceptedCrl } from '../../state/state.ts';
import { defined } from '../../util/defined.ts';
import { type Instant, isoTime } from '../../util/time.ts';
import type { Certificate } from '../../x509/certificate.ts';
import { isWithdrawn, type MissedCrls, missedCrls, type StateRow } from './publication.ts';
import type { RetainedRow } from './retain.ts';

/**
 * What is in force by definition, of all CA keys; sorted by key, of each the complete CRL first.
 */
export interface CrlsInForce extends Pick<RevocationSet, 'crls' | 'unread' | 'withdrawn'> {
  /**
   * Serials that left a CRL and stay refused where Trustloom enforces revocation itself, by CA key.
   */
  readonly retained: ReadonlyMap<string, readonly RetainedSerial[]>;
  /** CRLs that the state does not have yet, by their keys in it. */
  readonly accepted: ReadonlyMap<string, NewlyAccepted>;
  /**
   * Rows whose enforcement this run withdraws, as the state is to have them, by their keys in it.
   */
  readonly withdrawnNow: ReadonlyMap<string, AcceptedCrl>;
  /** Rows of the state as they will be. */
  readonly rows: readonly KeyedCrl[];
  /** CRLs in force that are published no more. */
  readonly missed: readonly MissedCrls[];
}

/** What the run knows besides the CRLs. */
export interface InForceParts {
  /** CAs whose CRLs count. */
  readonly issuers: readonly Certificate[];
  readonly lock: Lock;
  readonly now: Instant;
  readonly allow: ReadonlySet<string>;
}

/**
 * Puts in force what was taken, else what was accepted before, and nothing whose enforcement is
 * withdrawn.
 */
export function crlsInForce(rows: readonly RetainedRow[], parts: InForceParts): CrlsInForce {
  const stateRows = rows.flatMap(({ slot, stored, accepted }): readonly StateRow[] => {
    const row = accepted?.row ?? stored;
    return row === undefined ? [] : [{ slot, row, isNew: accepted !== undefined }];
  });
  const missed = missedCrls(stateRows, parts);
  const withdrawn = isoTime(parts.now);
  const withdrawnNow = new Map(
    missed
      .filter((one) => isWithdrawn(one, parts))
      .flatMap((one) => one.missed.map(({ slot, row }) => [slot.stateKey, { ...row, withdrawn }] as const)),
  );
  const all = rows.map((row) => ({
    ...row,
    ...newestOf(row, parts),
    state: withdrawnNow.get(row.slot.stateKey) ?? row.accepted?.row ?? row.stored,
  }));
  const enforced = all.filter(({ state }) => state?.withdrawn === undefined);
  return {
    crls: enforced.flatMap(({ crl }) => crl ?? []),
    unread: new Map(
      enforced.flatMap(({ slot, unread }) => (unread === undefined ? [] : [[slot.keySha256, unread]])),
    ),
    withdrawn: all.flatMap(({ slot, state, crl }) => withdrawnCrls(slot, state, crl)),
    retained: retainedByKey(all.filter(({ crl }) => crl !== undefined)),
    accepted: new Map(
      rows.flatMap(({ slot, accepted }) => (accepted === undefined ? [] : [[slot.stateKey, accepted]])),
    ),
    withdrawnNow,
    rows: all.flatMap(({ slot: { keySha256, complete }, state }) =>
      state === undefined ? [] : [{ ...state, keySha256, complete }],
    ),
    missed: missed.filter((one) => !isWithdrawn(one, parts)),
  };
}

/** The newest CRL of a row, or why it is not available: it stays in force wherever it is. */
function newestOf(
  { slot, copy, refused, taken }: RetainedRow,
  { issuers, now }: InForceParts,
): { readonly crl?: IssuerCrl; readonly unread?: UnreadReason } {
  const crl = taken?.crl ?? copy.crl;
  const issuer = taken?.issuer ?? (crl === undefined ? undefined : crlIssuer(crl, issuers));
  if (crl === undefined || issuer?.keySha256 !== slot.keySha256)
    return { unread: refused[0]?.reason ?? 'crl-copy-lost' };
  return { crl: { issuer, crl, expired: crl.nextUpdate !== undefined && crl.nextUpdate <= now } };
}

function retainedByKey(rows: readonly RetainedRow[]): CrlsInForce['retained'] {
  const keys = new Set(rows.map(({ slot }) => slot.keySha256));
  const of = (key: string) =>
    rows.filter(({ slot }) => slot.keySha256 === key).flatMap(({ retained }) => retained);
  return new Map([...keys].map((key) => [key, of(key)]));
}

function withdrawnCrls(
  { keySha256 }: CrlSlot,
  state: AcceptedCrl | undefined,
  issuerCrl: IssuerCrl | undefined,
): readonly WithdrawnCrl[] {
  if (state?.withdrawn === undefined) return [];
  const { issuer, sha256, number, entries } = state;
  const [thisUpdate, since] = [Date.parse(state.thisUpdate), Date.parse(state.withdrawn)];
  return [{ keySha256, issuer, sha256, ...defined({ number, issuerCrl }), thisUpdate, entries, since }];
}
