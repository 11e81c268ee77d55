import { type Crl, caName, count, diffCrls, type StepEnvelope, type Value } from '@trustloom/core/adapter';
import type { AlbStep, DesiredCrl, StoredCount, StoredCrl } from '../../model.ts';

/** Where a step on a CRL belongs. */
export interface StepWhere {
  readonly store: Value<string>;
  /** Keeps the ids of steps apart when CRLs of two stores are planned at once. */
  readonly suffix?: string;
}

/** Attaches a CRL. `readmit`: one that is older than what is in force. */
export function addCrl(
  { issuer, crl, file: { sha256, kind } }: DesiredCrl,
  inForce: Crl | undefined,
  { store, after, suffix = '' }: StepWhere & { readonly after: readonly string[] },
  effect: 'revoke' | 'readmit' = 'revoke',
): AlbStep<'add-crl'> {
  const { added, removed, addedSerials: serials } = diffCrls(inForce, crl);
  const entries = crl.entryCount;
  const file = { sha256, kind };
  const earlier = effect === 'readmit' ? 'later than what the definition gives' : 'older';
  return {
    kind: 'add-crl',
    id: `add-crl:${crl.sha256.slice(0, 8)}${suffix}`,
    effect,
    affects: [crl.sha256],
    summary: `attach CRL of ${caName(issuer)}, ${count(entries)} ${entries === 1 ? 'entry' : 'entries'}`,
    reason: inForce === undefined ? 'no CRL of this CA is in force' : `the CRL in force is ${earlier}`,
    action: 'elasticloadbalancing:AddTrustStoreRevocations',
    files: [file],
    input: { store, file },
    ...(after.length === 0 ? {} : { after }),
    revocation: { issuer: issuer.subject.text, added, removed, entries, serials },
  };
}

/** Detaches CRLs that a newer one of the same CA supersedes, once that one is seen with all its entries. */
export function removeSuperseded(
  kind: 'remove-crls' | 'drop-crls',
  { issuer, crl }: DesiredCrl,
  older: readonly StoredCrl[],
  newer: StoredCount,
  where: StepWhere,
  after: readonly string[] = [],
): AlbStep<'remove-crls'> {
  return removeCrls(
    {
      id: `${kind}:${crl.sha256.slice(0, 8)}${where.suffix ?? ''}`,
      effect: 'revoke',
      affects: digests(older),
      summary: `detach ${crls(older.length, 'superseded ')} of ${caName(issuer)}`,
      reason: 'a newer CRL of the same CA takes its place',
      after,
    },
    { store: where.store, ids: older.map(({ id }) => id), newer },
  );
}

/**
 * Detaches CRLs with serials that the CRL that stays does not revoke.
 *
 * @param affects what the consent names; the CRLs themselves unless given
 */
export function readmitCrls(
  { issuer, crl }: DesiredCrl,
  stored: readonly StoredCrl[],
  newer: StoredCount,
  where: StepWhere,
  after: readonly string[],
  affects = digests(stored),
): AlbStep<'remove-crls'> {
  return removeCrls(
    {
      id: `readmit-crls:${crl.sha256.slice(0, 8)}${where.suffix ?? ''}`,
      effect: 'readmit',
      affects,
      summary: `detach ${crls(stored.length)} of ${caName(issuer)}`,
      reason: 'the definition does not give it, and it refuses more than the CRL that it gives',
      after,
    },
    { store: where.store, ids: stored.map(({ id }) => id), newer },
  );
}

/** Detaches CRLs from a store. */
export function removeCrls(
  envelope: Omit<StepEnvelope, 'action' | 'files'>,
  input: Omit<AlbStep<'remove-crls'>['input'], 'forget'>,
): AlbStep<'remove-crls'> {
  return {
    ...envelope,
    kind: 'remove-crls',
    action: 'elasticloadbalancing:RemoveTrustStoreRevocations',
    input: { ...input, forget: envelope.effect === 'revoke' },
  };
}

/** CRLs by their digests, as consents name them; one that cannot be read by its id. */
export function digests(stored: readonly StoredCrl[]): readonly string[] {
  return stored.map(({ crl, id }) => crl?.sha256 ?? String(id));
}

/** `a CRL`, `2 superseded CRLs`. */
export function crls(number: number, which = ''): string {
  return number === 1 ? `${which === '' ? 'a ' : 'the '}${which}CRL` : `${count(number)} ${which}CRLs`;
}
