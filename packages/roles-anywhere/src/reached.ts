import {
  type Certificate,
  type Code,
  checkCrl,
  codes,
  type Finding,
  type Instant,
  type RevocationSet,
  reach,
} from '@trustloom/core';
import { rolesAnywhereFacts } from './facts.ts';
import type { Desired, DesiredList, ReachedLists, WithheldList } from './state.ts';

/**
 * Sorts the lists of a definition into those that can be put in place and those that cannot: refused when they were judged, expired
 * (nobody has told what such a list does there), or too large. Of a CA without a list that can be put in place, what is in force stays.
 */
export function sortLists(
  { lists, kept, letGo }: RevocationSet,
  known: readonly Certificate[],
  now: Instant,
): Desired['revocation'] & { readonly findings: readonly Finding[] } {
  const usable: DesiredList[] = [];
  const withheld: WithheldList[] = [];
  const findings: Finding[] = [];
  for (const { issuer, crl } of lists) {
    // Beside the complete list of a CA, its partitions and delta lists are not missed; only it may be behind.
    const hasSibling =
      crl.scope !== 'complete' &&
      lists.some((one) => one.issuer.keySha256 === issuer.keySha256 && one.crl.scope === 'complete');
    const told = checkCrl(crl, rolesAnywhereFacts, now).map((one) =>
      hasSibling && one.code === 'crl-partial' ? { ...one, severity: 'warning' as const } : one,
    );
    // That a list is expired was told once when it was judged.
    findings.push(...told.filter(({ code }) => code !== 'crl-expired'));
    const error = told.find(({ severity }) => severity === 'error')?.code;
    if (hasSibling) continue;
    if (error === undefined) usable.push({ issuer, crl });
    else withheld.push({ issuer, why: error });
  }
  for (const [key, reason] of kept) {
    const issuer = known.find(({ keySha256 }) => keySha256 === key);
    if (issuer !== undefined && !lists.some((list) => list.issuer.keySha256 === key))
      withheld.push({ issuer, why: isCode(reason) ? reason : 'crl-older' });
  }
  const byKey = (a: WithheldList | DesiredList, b: WithheldList | DesiredList) =>
    a.issuer.keySha256 < b.issuer.keySha256 ? -1 : 1;
  return { lists: usable.sort(byKey), withheld: withheld.sort(byKey), letGo, findings };
}

/** Of all lists, those of the CAs whose clients get in through an anchor with these certificates. */
export function listsReaching(
  anchors: readonly Certificate[],
  known: readonly Certificate[],
  { lists, withheld, letGo }: Desired['revocation'],
): ReachedLists {
  const keys = reach({ anchors, known, chain: rolesAnywhereFacts.capabilities.chain })
    .map(({ ca }) => ca.keySha256)
    .sort();
  return {
    lists: lists.filter(({ issuer }) => keys.includes(issuer.keySha256)),
    withheld: withheld.filter(({ issuer }) => keys.includes(issuer.keySha256)),
    letGo: letGo.filter(({ keySha256 }) => keys.includes(keySha256)),
    keys,
  };
}

function isCode(text: string): text is Code {
  return Object.hasOwn(codes, text);
}
