import { type Certificate, type Finding, reach, type TargetContext } from '@trustloom/core';
import { albFacts } from './facts.ts';
import type { Desired, DesiredList, Observed, StoredStore } from './state.ts';

/** Keys of the CAs whose clients get in when these stand in a store. */
export function reachedKeys(
  anchors: readonly Certificate[],
  { known }: Pick<Desired, 'known'>,
): ReadonlySet<string> {
  const { chain } = albFacts.capabilities;
  return new Set(reach({ anchors, known, chain }).map(({ ca }) => ca.keySha256));
}

/**
 * Lists that a live store would get too late. The service takes a list only of a CA that it holds (by the cautious reading), so between
 * the CA and its list those would get in whom the CA has revoked. CAs whose clients get in already are not among them.
 */
export function listsInGap(desired: Desired, store: StoredStore, observed: Observed): readonly DesiredList[] {
  const live = observed.listeners.some(({ mode, store: used }) => mode === 'verify' && used === store.arn);
  if (!live || !store.readable) return [];
  const comes = newKeys(desired, store);
  const stands = new Set(desired.cas.map(({ keySha256 }) => keySha256));
  return desired.lists.filter(
    ({ issuer: { keySha256 }, crl }) => crl.entryCount > 0 && stands.has(keySha256) && comes.has(keySha256),
  );
}

/** CAs whose clients would get in although their list was refused, has expired or was let go, and none of theirs is in force. */
export function unguarded(desired: Desired, store: StoredStore | undefined): readonly Certificate[] {
  if (store?.readable === false) return [];
  const comes = newKeys(desired, store);
  return desired.withheld.flatMap((key) => {
    const ca = comes.has(key) ? desired.known.find(({ keySha256 }) => keySha256 === key) : undefined;
    return ca ?? [];
  });
}

/** The consent to trust before the lists are in place, with the reason; none when nothing is exposed. */
export function exposure(
  late: readonly DesiredList[],
  open: readonly Certificate[],
  { name }: TargetContext,
): { readonly consents?: readonly string[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  for (const { issuer, crl } of late)
    findings.push({
      code: 'attachment-external',
      severity: 'warning',
      thing: crl.sha256,
      message: `${name}: for a moment those get in whom ${issuer.subject.text} revoked: the store takes a list only after its CA, and listeners that are external cannot be switched to a second store; it needs the consent open:${name}`,
      source: 'unknown; the cautious reading',
    });
  for (const ca of open)
    findings.push({
      code: 'list-withheld',
      severity: 'warning',
      thing: ca.sha256,
      message: `${name}: those get in whom ${ca.subject.text} revoked, since its list was refused, has expired or was let go; mend the list, or give the consent open:${name}`,
    });
  return findings.length === 0 ? { findings } : { consents: [`open:${name}`], findings };
}

/** Keys that get clients in afterwards and not before, and of which no list is in force. */
function newKeys(desired: Desired, store: StoredStore | undefined): ReadonlySet<string> {
  const before = reachedKeys(store?.cas ?? [], desired);
  const listed = new Set(
    (store?.lists ?? []).flatMap(({ crl }) =>
      desired.lists.filter((list) => list.crl.sha256 === crl?.sha256).map(({ issuer }) => issuer.keySha256),
    ),
  );
  return new Set(
    [...reachedKeys(desired.cas, desired)].filter((key) => !before.has(key) && !listed.has(key)),
  );
}
