import { nobodyLeft } from '../adapter/nobody-left.ts';
import type { Trust, TrustedGroup } from '../adapter/target.ts';
import type { RevocationSet } from '../crl/crl.ts';
import { deniedNow } from '../crl/deny-list.ts';
import { mergeLists } from '../crl/merged.ts';
import type { GroupDefinition, TargetDefinition } from '../definition/definition.ts';
import type { Lock } from '../definition/lock.ts';
import type { CodeFacts } from '../errors/code-facts.ts';
import { type Code, codes } from '../errors/codes.ts';
import type { Finding } from '../errors/finding.ts';
import { defined } from '../util/defined.ts';
import type { Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { isIssuedBy, reach } from '../x509/reach.ts';
import type { Gathered, Offer } from './gather.ts';
import { type JudgedLists, judgeLists, type ListsInput } from './lists.ts';

/** What definition, lock and sources say together, before any service is asked. */
export interface TrustView {
  /** By target name; absent when nothing may be trusted there (a finding says why). */
  readonly trusts: ReadonlyMap<string, Trust>;
  /** Every CA known: the lock in any state, and what sources offer. One per SHA-256. */
  readonly known: readonly Certificate[];
  /** CAs offered that the lock does not know. */
  readonly proposals: readonly Offer[];
  /** Lists in force, key by key, with those that the record does not have yet. */
  readonly lists: JudgedLists;
  readonly findings: readonly Finding[];
}

/** Pure: who is trusted where, and which lists are in force, by definition. */
export function trustView(input: ListsInput): TrustView {
  const { definition, lock, gathered, record, now } = input;
  const locked = new Map(lock.entries.map((entry) => [entry.sha256, entry]));
  const known = [
    ...new Map(
      [
        ...lock.entries.map(({ certificate }) => certificate),
        ...gathered.offers.map(({ certificate }) => certificate),
      ].map((ca) => [ca.sha256, ca]),
    ).values(),
  ].sort(bySha256);
  const lists = judgeLists(input, known);
  const revokedCas = known.filter((ca) => isRevoked(ca, lists));
  const revoked = new Set(revokedCas.map(({ sha256 }) => sha256));
  const findings: Finding[] = [...gathered.findings, ...lists.findings];
  const trusts = new Map<string, Trust>();
  for (const target of definition.targets) {
    const named = trustedOn(target, lock, now);
    const good = named.filter(({ sha256 }) => !revoked.has(sha256));
    const lost = named.filter(({ sha256 }) => revoked.has(sha256));
    findings.push(...lost.map((ca) => caRevoked(target, ca)));
    if (named.length > 0 && good.length === 0) findings.push(nobodyLeft(target.name));
    if (named.length === 0) {
      // When a source is in error, that is the news; that nothing is trusted only follows from it.
      if (gathered.findings.every(({ severity, code }) => severity !== 'error' || refusedAlone(code))) {
        const offered = gathered.offers.some(({ group }) => target.trust.includes(group));
        findings.push(nothingTrusted(target, offered));
      }
    }
    // A retired or revoked CA stands where it is until its removal is consented to; till then its list moves on. Where only retired ones
    // are left, the error above keeps every other write from happening; where only revoked ones are, nobody is let in anew.
    const retired = lock.entries
      .filter(({ state, group }) => state === 'retired' && target.trust.includes(group))
      .map(({ certificate }) => certificate)
      .sort(bySha256);
    const cas = [good, named, retired].find((some) => some.length > 0);
    if (cas === undefined) continue;
    const keys = listKeys([...named, ...retired], known);
    trusts.set(target.name, {
      cas,
      revoked: lost,
      known,
      revocation: {
        ...revocationOf(lists, keys),
        denied: deniedNow(record.deny, now, target.config.ignoreExpiry === true).filter(({ caKey }) =>
          keys.has(caKey),
        ),
        revokedCas,
        graceMs: definition.revocation.graceMs,
      },
      groups: definition.groups
        .filter(({ name }) => target.trust.includes(name))
        .map((group) => trustedGroup(group, gathered)),
    });
  }
  const proposals = [
    ...new Map(
      gathered.offers
        .filter(({ certificate }) => !locked.has(certificate.sha256))
        .map((offer) => [`${offer.group} ${offer.certificate.sha256}`, offer]),
    ).values(),
  ];
  return { trusts, known, proposals, lists, findings };
}

function trustedGroup({ name, leavesHaveOcsp }: GroupDefinition, { inventories }: Gathered): TrustedGroup {
  const own = inventories.find(({ group }) => group === name);
  return {
    name,
    ...(own === undefined ? {} : { inventory: own.inventory }),
    ...defined({ leavesHaveOcsp }),
  };
}

/** What is in force of the keys that matter on one target. */
function revocationOf(
  { lists, kept, letGo, retained }: JudgedLists,
  keys: ReadonlySet<string>,
): Pick<RevocationSet, 'lists' | 'kept' | 'letGo' | 'retained'> {
  return {
    lists: lists.filter(({ issuer }) => keys.has(issuer.keySha256)),
    letGo: letGo.filter(({ keySha256 }) => keys.has(keySha256)),
    kept: new Map([...kept].filter(([key]) => keys.has(key))),
    retained: new Map(
      [...retained]
        .filter(([key, serials]) => keys.has(key) && serials.length > 0)
        .map(([key, serials]) => [key, serials.map(({ serial }) => serial)]),
    ),
  };
}

/**
 * A CA certificate is revoked when the list of the CA that issued it says so. It stays so when that list is let go: whoever lets clients
 * in again has said nothing of a CA.
 */
function isRevoked(ca: Certificate, { letGo, retained, ...judged }: JudgedLists): boolean {
  const lists = [...judged.lists, ...letGo.flatMap(({ list }) => list ?? [])];
  const issuers = new Set(
    lists.filter(({ issuer }) => isIssuedBy(ca, issuer)).map(({ issuer }) => issuer.keySha256),
  );
  return [...issuers].some(
    (key) =>
      mergeLists(lists.filter(({ issuer }) => issuer.keySha256 === key)).has(ca.serial) ||
      (retained.get(key)?.some(({ serial }) => serial === ca.serial) ?? false),
  );
}

function caRevoked(target: TargetDefinition, ca: Certificate): Finding {
  return {
    code: 'ca-revoked',
    severity: 'error',
    target: target.name,
    thing: ca.sha256,
    message: `${target.name}: ${ca.subject.text} is revoked by its issuer and is trusted no longer; where it stands, it goes with --allow remove:${ca.sha256}`,
    source: 'RFC 5280, 6.1.3 (a)(3)',
  };
}

function refusedAlone(code: Code): boolean {
  const facts: CodeFacts = codes[code];
  return facts.alone === true;
}

/** Trusted by the lock, of a group that the target trusts, and not past its end. */
function trustedOn(target: TargetDefinition, lock: Lock, now: Instant): readonly Certificate[] {
  const cas = lock.entries
    .filter(
      (entry) =>
        entry.state === 'trusted' && target.trust.includes(entry.group) && entry.certificate.notAfter > now,
    )
    .map(({ certificate }) => certificate);
  return [...new Map(cas.map((ca) => [ca.sha256, ca])).values()].sort(bySha256);
}

function nothingTrusted(target: TargetDefinition, offered: boolean): Finding {
  const groups = target.trust.join(', ');
  return {
    code: 'empty-bundle',
    severity: 'error',
    target: target.name,
    message: `${target.name}: no CA of ${groups} is accepted; an empty trust store would lock everyone out. ${
      offered
        ? 'Run `trustloom accept` to see what the sources offer.'
        : 'Name a source that offers one, then run `trustloom accept`.'
    }`,
    ...defined({ at: target.at }),
  };
}

/** Keys whose lists matter where these CAs are trusted: of the CAs, of what can reach them, and of what issued them. */
function listKeys(cas: readonly Certificate[], known: readonly Certificate[]): ReadonlySet<string> {
  const reached = reach({ anchors: cas, known, chain: 'any-anchor' }).map(({ ca }) => ca);
  const keys = new Set([...cas, ...reached].map(({ keySha256 }) => keySha256));
  let above = cas;
  while (above.length > 0) {
    above = known.filter(
      (parent) => !keys.has(parent.keySha256) && above.some((child) => isIssuedBy(child, parent)),
    );
    for (const parent of above) keys.add(parent.keySha256);
  }
  return keys;
}

function bySha256(a: Certificate, b: Certificate): number {
  return a.sha256 < b.sha256 ? -1 : a.sha256 > b.sha256 ? 1 : 0;
}
