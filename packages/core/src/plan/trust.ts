import type { Trust } from '../adapter/contract.ts';
import { type Instant, isoTime } from '../base/time.ts';
import type { Certificate } from '../bundle/certificate.ts';
import { isIssuedBy, reach } from '../bundle/reach.ts';
import { judgeCrl } from '../crl/accept.ts';
import type { RevocationList } from '../crl/crl.ts';
import { crlIssuer } from '../crl/verify-crl.ts';
import type { Definition, TargetDefinition } from '../definition/definition.ts';
import type { Lock } from '../definition/lock.ts';
import type { CodeFacts } from '../errors/code-facts.ts';
import { type Code, codes } from '../errors/codes.ts';
import type { Finding } from '../errors/finding.ts';
import type { AcceptedList, RevocationRecord } from '../record/record.ts';
import type { Gathered, Offer } from './gather.ts';

/** What definition, lock and sources say together, before any service is asked. */
export interface TrustView {
  /** By target name; absent when nothing may be trusted there (a finding says why). */
  readonly trusts: ReadonlyMap<string, Trust>;
  /** Every CA known: the lock in any state, and what sources offer. One per SHA-256. */
  readonly known: readonly Certificate[];
  /** CAs offered that the lock does not know. */
  readonly proposals: readonly Offer[];
  /** Accepted lists that the record does not have yet, by SHA-256 of the issuer's key. */
  readonly acceptedLists: Readonly<Record<string, AcceptedList>>;
  readonly findings: readonly Finding[];
}

/** Pure: who is trusted where, and which lists are in force, by definition. */
export function trustView(input: {
  readonly definition: Definition;
  readonly lock: Lock;
  readonly gathered: Gathered;
  readonly record: RevocationRecord;
  readonly now: Instant;
}): TrustView {
  const { definition, lock, gathered, now } = input;
  const locked = new Map(lock.entries.map((entry) => [entry.sha256, entry]));
  const known = [
    ...new Map(
      [
        ...lock.entries.map(({ certificate }) => certificate),
        ...gathered.offers.map(({ certificate }) => certificate),
      ].map((ca) => [ca.sha256, ca]),
    ).values(),
  ].sort(bySha256);
  const revocation = judgeLists(input, known);
  const findings: Finding[] = [...gathered.findings, ...revocation.findings];
  const trusts = new Map<string, Trust>();
  for (const target of definition.targets) {
    const cas = trustedOn(target, lock, now);
    if (cas.length === 0) {
      // When a source is in error, that is the news; that nothing is trusted only follows from it.
      if (gathered.findings.every(({ severity, code }) => severity !== 'error' || refusedAlone(code))) {
        const offered = gathered.offers.some(({ group }) => target.trust.includes(group));
        findings.push(nothingTrusted(target, offered));
      }
      continue;
    }
    // A retired CA stands where it is until its removal is consented to; till then its list moves on.
    const standing = lock.entries.filter(
      ({ state, group }) => state === 'retired' && target.trust.includes(group),
    );
    const wanted = listKeys([...cas, ...standing.map(({ certificate }) => certificate)], known);
    trusts.set(target.name, {
      cas,
      known,
      revocation: {
        lists: revocation.lists.filter(({ issuer }) => wanted.has(issuer.keySha256)),
        kept: new Map([...revocation.kept].filter(([key]) => wanted.has(key))),
      },
    });
  }
  const proposals = [
    ...new Map(
      gathered.offers
        .filter(({ certificate }) => !locked.has(certificate.sha256))
        .map((offer) => [`${offer.group} ${offer.certificate.sha256}`, offer]),
    ).values(),
  ];
  return { trusts, known, proposals, acceptedLists: revocation.accepted, findings };
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
    ...(target.at === undefined ? {} : { at: target.at }),
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

interface Judged {
  readonly lists: readonly RevocationList[];
  readonly kept: ReadonlyMap<string, string>;
  readonly accepted: Readonly<Record<string, AcceptedList>>;
  readonly findings: readonly Finding[];
}

/** Per issuer key the newest acceptable list; a refused one leaves what is in force. */
function judgeLists(
  {
    gathered,
    record,
    now,
  }: { readonly gathered: Gathered; readonly record: RevocationRecord; readonly now: Instant },
  known: readonly Certificate[],
): Judged {
  const lists = new Map<string, RevocationList>();
  const kept = new Map<string, string>();
  const findings: Finding[] = [];
  const newestFirst = [...gathered.lists].sort(
    (a, b) => b.crl.thisUpdate - a.crl.thisUpdate || (a.crl.sha256 < b.crl.sha256 ? -1 : 1),
  );
  for (const { crl, from } of newestFirst) {
    const issuer = crlIssuer(crl, known);
    if (issuer === undefined) {
      findings.push({
        code: 'crl-unknown-issuer',
        severity: 'error',
        thing: crl.sha256,
        message: `${from}: no CA that is accepted or offered signed this list (issuer ${crl.issuer.text}); it is not used. Accept its CA, or remove the address.`,
        source: 'RFC 5280, 6.3.3 (f)',
      });
      continue;
    }
    const key = issuer.keySha256;
    if (lists.has(key)) continue;
    const inForce = record.lists[key];
    const judged = judgeCrl({
      crl,
      issuer,
      now,
      ...(inForce === undefined
        ? {}
        : { inForce: { ...inForce, thisUpdate: Date.parse(inForce.thisUpdate) } }),
    });
    findings.push(
      ...judged.findings.map((finding) => ({ ...finding, message: `${from}: ${finding.message}` })),
    );
    if (judged.verdict === 'refused') {
      kept.set(key, judged.findings[0]?.code ?? 'crl-older');
      continue;
    }
    kept.delete(key);
    lists.set(key, { issuer, crl, expired: crl.nextUpdate !== undefined && crl.nextUpdate <= now });
  }
  const sorted = [...lists.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    lists: sorted.map(([, list]) => list),
    kept,
    accepted: Object.fromEntries(
      sorted
        .filter(([key, { crl }]) => record.lists[key]?.sha256 !== crl.sha256)
        .map(([key, list]) => [key, acceptedList(list)]),
    ),
    findings,
  };
}

function acceptedList({ issuer, crl }: RevocationList): AcceptedList {
  return {
    sha256: crl.sha256,
    issuer: issuer.subject.text,
    ...(crl.number === undefined ? {} : { number: crl.number }),
    thisUpdate: isoTime(crl.thisUpdate),
    ...(crl.nextUpdate === undefined ? {} : { nextUpdate: isoTime(crl.nextUpdate) }),
    entries: crl.entryCount,
  };
}

function bySha256(a: Certificate, b: Certificate): number {
  return a.sha256 < b.sha256 ? -1 : a.sha256 > b.sha256 ? 1 : 0;
}
