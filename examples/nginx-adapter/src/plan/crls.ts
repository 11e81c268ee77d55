import { type Crl, count, crlIssuer, isOlderIssue, outputOf, type Step } from '@trustloom/core/adapter';
import type { Desired, NginxSteps, Observed } from '../model.ts';
import { crlFile, type NginxTarget } from '../target.ts';

type WriteCrls = Step<NginxSteps, 'write-crls'>;

/** The writes on the file of CRLs. */
export interface CrlPlan {
  /** Refuses more, and nobody less: before any CA is trusted. */
  readonly revoke: readonly WriteCrls[];
  /** Takes CRLs away: after the CAs are gone that they speak of. */
  readonly drop: readonly WriteCrls[];
}

/** A CRL with the key of its issuer; undefined when no known CA signed it. */
interface AttributedCrl {
  readonly crl: Crl;
  readonly key: string | undefined;
}

/**
 * One file holds all CRLs, so each write puts a whole file in place. The first has, of each key,
 * the newest of what is there and what is wanted; the second has what is wanted.
 */
export function planCrls(desired: Desired, { crls: stored }: Observed, target: NginxTarget): CrlPlan {
  const cas = [...desired.known, ...desired.cas];
  const present = (stored?.content ?? []).map((crl) => ({ crl, key: crlIssuer(crl, cas)?.keySha256 }));
  const wanted = desired.crls.map(({ issuer, crl }) => ({ crl, key: issuer.keySha256 }));
  const all = [...present, ...without(wanted, present)];
  const newest = all.filter((one) => !all.some((other) => isSameKey(one, other) && isOlder(one, other)));
  const last = [...wanted, ...without(newest, wanted).filter((one) => stays(one, wanted, desired))];
  const file = crlFile(target);
  const write = (
    rows: readonly AttributedCrl[],
    replaces: WriteCrls['input']['replaces'],
    envelope: Omit<WriteCrls, 'kind' | 'action' | 'input'>,
  ): WriteCrls => ({
    ...envelope,
    kind: 'write-crls',
    action: 'file:Replace',
    input: { file, replaces, crls: rows.map(({ crl }) => crl) },
  });
  const added = without(newest, present);
  const revoke =
    (added.length > 0 || stored?.content === undefined) &&
    write(newest, stored?.sha256, {
      id: 'write-crls',
      effect: 'revoke',
      affects: digests(added),
      summary: `write ${file} with ${words(added)}`,
      reason:
        stored?.content === undefined ? 'there is no file that can be read' : 'the CRLs in force are older',
    });
  const dropped = without(newest, last);
  const back = without(last, newest);
  // An older CRL that comes back is named by itself, as its acceptance was.
  const lifted = dropped.filter(
    (one) => isInForce(one, desired) && !back.some((other) => isSameKey(one, other)),
  );
  const matters = [...back, ...lifted];
  const drop =
    dropped.length + back.length > 0 &&
    write(last, revoke ? outputOf(revoke, 'sha256') : stored?.sha256, {
      id: 'drop-crls',
      effect: matters.length > 0 ? 'readmit' : 'cleanup',
      affects: digests(matters.length > 0 ? matters : dropped),
      summary: `take ${words(dropped)} out of ${file}`,
      reason: matters.length > 0 ? 'the definition does not name it any more' : 'its CA is not trusted here',
      after: revoke ? [revoke.id] : [],
    });
  return { revoke: revoke ? [revoke] : [], drop: drop ? [drop] : [] };
}

/** Nothing that is in force goes only because nobody named it, unless its enforcement was withdrawn. */
function stays(
  { key }: AttributedCrl,
  wanted: readonly AttributedCrl[],
  { reached, withdrawn }: Desired,
): boolean {
  if (key === undefined || !reached.has(key)) return false;
  return !withdrawn.has(key) && wanted.every((one) => one.key !== key);
}

/** It may refuse somebody who would be admitted without it. */
function isInForce({ crl, key }: AttributedCrl, { reached }: Desired): boolean {
  return crl.entryCount > 0 && (key === undefined || reached.has(key));
}

const isSameKey = (one: AttributedCrl, other: AttributedCrl) =>
  one.key !== undefined && one.key === other.key;
const isOlder = ({ crl }: AttributedCrl, { crl: other }: AttributedCrl) => isOlderIssue(crl, other);
const digests = (rows: readonly AttributedCrl[]) => rows.map(({ crl }) => crl.sha256);

/** Those of the first that the second lacks. */
function without(rows: readonly AttributedCrl[], others: readonly AttributedCrl[]): readonly AttributedCrl[] {
  const there = new Set(digests(others));
  return rows.filter(({ crl }) => !there.has(crl.sha256));
}

function words(rows: readonly AttributedCrl[]): string {
  const entries = rows.reduce((sum, { crl }) => sum + crl.entryCount, 0);
  return `${count(rows.length)} CRL${rows.length === 1 ? '' : 's'}, ${count(entries)} revoked`;
}
