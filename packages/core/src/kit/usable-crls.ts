import type { ServiceInfo } from '../adapter/service-info.ts';
import type { Trust } from '../adapter/target.ts';
import type { IssuerCrl, WithdrawnCrl } from '../crl/crl.ts';
import type { Code } from '../errors/codes.ts';
import { checkCrl, type RuleFinding } from '../preflight/index.ts';
import { defined } from '../util/defined.ts';
import type { Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { reach } from '../x509/reach.ts';
import { sortCertificates } from '../x509/trust-bundle.ts';

/** A CRL that may be attached, and the CA that signed it. */
export type UsableCrl = Pick<IssuerCrl, 'issuer' | 'crl'>;

/** A CA of which no CRL may be attached: what is in force stays. */
export interface UnusableCrl {
  readonly issuer: Certificate;
  /** Why: the code of the finding about the CRL. */
  readonly why: Code;
  /** Most entries of any of its CRLs; absent where one of them is not available. */
  readonly entries?: number;
}

/** What is known of the CRLs of some CAs, for a service that takes CRLs as they are signed. */
export interface AttachableCrls {
  readonly usable: readonly UsableCrl[];
  /** One row a CA key, and none of a key that has a usable CRL. */
  readonly unusable: readonly UnusableCrl[];
  /** CRLs whose enforcement was withdrawn by consent, of CAs that have no other. */
  readonly withdrawn: readonly WithdrawnCrl[];
}

/** All CRLs of a definition, sorted out. */
export interface JudgedCrls extends AttachableCrls {
  /** What the rules say of the CRLs of a CA, by its key; about expired ones it was said before. */
  readonly findings: ReadonlyMap<string, readonly RuleFinding[]>;
}

/**
 * Which CRLs may be attached to a target of a service that checks CRLs itself, and which not: those
 * that have expired or have not begun (what a service does with such a CRL is unknown), and those
 * that the service refuses. Sorted by key, then by digest. Pure.
 *
 * @see docs/decisions/kit-of-adapters.md
 * @example
 * const { usable, unusable, findings } = usableCrls(trust, albInfo, now)
 */
export function usableCrls(
  { cas, known, revocation }: Pick<Trust, 'cas' | 'known' | 'revocation'>,
  info: ServiceInfo,
  now: Instant,
): JudgedCrls {
  const judged = [...revocation.crls].sort(byKey).map((one) => judge(one, info, now));
  const issuers = new Map(
    [...sortCertificates([...cas, ...known])].reverse().map((ca) => [ca.keySha256, ca]),
  );
  const keys = new Set([...judged.map(keyOf), ...revocation.unread.keys()]);
  const rows = [...keys].sort().map((key) => ({ key, of: judged.filter((one) => keyOf(one) === key) }));
  const unusable = rows.flatMap(({ key, of }): readonly UnusableCrl[] => {
    if (of.some(({ why }) => why === undefined)) return [];
    const reason = revocation.unread.get(key);
    const first = of.find(({ crl }) => crl.scope === 'complete') ?? of[0];
    const [issuer, why] = [first?.issuer ?? issuers.get(key), first?.why ?? reason];
    if (issuer === undefined || why === undefined) return [];
    const entries = reason === undefined ? Math.max(...of.map(({ crl }) => crl.entryCount)) : undefined;
    return [{ issuer, why, ...defined({ entries }) }];
  });
  const usable = judged.filter(({ why }) => why === undefined);
  const named = new Set([...usable, ...unusable].map(keyOf));
  return {
    usable: usable.map(({ issuer, crl }) => ({ issuer, crl })),
    unusable,
    withdrawn: revocation.withdrawn.filter(({ keySha256 }) => !named.has(keySha256)),
    findings: new Map(rows.map(({ key, of }) => [key, findingsOf(of)])),
  };
}

/**
 * SHA-256 of the keys of all CAs whose clients are admitted when these anchors are trusted, sorted.
 *
 * @example
 * const reached = new Set(reachedKeys(anchors, known, albInfo))
 */
export function reachedKeys(
  anchors: readonly Certificate[],
  known: readonly Certificate[],
  { capabilities: { chain } }: ServiceInfo,
): readonly string[] {
  return reach({ anchors, known, chain })
    .map(({ ca }) => ca.keySha256)
    .sort();
}

interface Judged extends UsableCrl {
  /** Why it may not be attached. */
  readonly why: Code | undefined;
  readonly found: readonly RuleFinding[];
}

function judge({ issuer, crl, expired }: IssuerCrl, info: ServiceInfo, now: Instant): Judged {
  const found = checkCrl(crl, info, now);
  const refused = found.find(({ severity }) => severity === 'error')?.code;
  // Clocks differ, and a service may take a CRL that has not begun for no CRL at all: it waits.
  const early = crl.thisUpdate > now ? 'crl-not-yet-valid' : undefined;
  return { issuer, crl, why: refused ?? (expired ? 'crl-expired' : early), found };
}

/**
 * Beside the complete CRL of a CA its partitions and delta CRLs are not missed; only it may be
 * behind.
 */
function findingsOf(ofKey: readonly Judged[]): readonly RuleFinding[] {
  const hasComplete = ofKey.some(({ crl }) => crl.scope === 'complete');
  return ofKey
    .flatMap(({ found }) => found)
    .filter(({ code }) => code !== 'crl-expired')
    .map((one) => (hasComplete && one.code === 'crl-partial' ? { ...one, severity: 'warning' } : one));
}

function keyOf({ issuer }: Pick<UsableCrl, 'issuer'>): string {
  return issuer.keySha256;
}

function byKey(a: UsableCrl, b: UsableCrl): number {
  const [one, other] = [a, b].map(({ issuer, crl }) => `${issuer.keySha256} ${crl.sha256}`);
  return one === other ? 0 : (one ?? '') < (other ?? '') ? -1 : 1;
}
