import { onlyRevokedCas } from '../adapter/only-revoked-cas.ts';
import type { Trust, WaitingCa } from '../adapter/target.ts';
import type { RevocationSet } from '../crl/crl.ts';
import { deniedNow } from '../crl/deny-list.ts';
import { mergeCrls } from '../crl/merged.ts';
import type { TargetDefinition } from '../definition/definition.ts';
import type { LockEntry } from '../definition/lock.ts';
import { type Finding, isBlocking } from '../errors/finding.ts';
import { caName } from '../kit/ca-words.ts';
import { defined } from '../util/defined.ts';
import type { Certificate } from '../x509/certificate.ts';
import { isIssuedBy, reach } from '../x509/reach.ts';
import { sortCertificates } from '../x509/trust-bundle.ts';
import type { Gathered, Loaded, Offer } from './load.ts';
import { type ResolvedCrls, resolveCrls } from './resolve-crls/index.ts';
import { withoutCrls } from './resolve-crls/none.ts';
import { waitingCas } from './resolve-crls/required.ts';

/** What definition, lock, sources and state say together, before any service is asked. */
export interface ResolvedTrust {
  /** By the name of the target, also of one that leaves; absent when nothing may be trusted there (a finding says why). */
  readonly trusts: ReadonlyMap<string, Trust>;
  /** Every CA known: the lock in any state, and what sources offer. One per SHA-256. */
  readonly known: readonly Certificate[];
  /** CAs offered that the lock does not know. */
  readonly proposals: readonly Offer[];
  /** CRLs in force, with those that the state does not have yet. */
  readonly crls: ResolvedCrls;
  /** The longest life of a client certificate by CA key, where the definition says it. */
  readonly leafLifeMs: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
}

/**
 * Pure: who is trusted where, and which CRLs are in force, by definition.
 *
 * @param allow the consents given
 */
export function resolveTrust(loaded: Loaded, allow: ReadonlySet<string>): ResolvedTrust {
  const { identified, lock, gathered } = loaded;
  const offered = gathered.offers.map(({ certificate }) => certificate);
  const known = sortCertificates([...lock.entries.map(({ certificate }) => certificate), ...offered]);
  const crls = resolveCrls(loaded, known, allow);
  const revokedCas = known.filter((ca) => isRevoked(ca, crls));
  const waiting = waitingCas(loaded, known, crls, allow);
  const parts = { ...loaded, known, crls, revokedCas, waiting };
  const targets = [
    ...identified.named.map(({ target }) => ({ name: target.name, ...trustOn(target, parts) })),
    // What was said of a target that leaves was said of it while it stood in the definition.
    ...identified.leaving.map(({ name, row }) => ({
      name,
      ...trustOn({ ...row, name }, parts),
      findings: [],
    })),
  ];
  const inLock = new Set(lock.entries.map(({ sha256 }) => sha256));
  const proposals = gathered.offers
    .filter(({ certificate }) => !inLock.has(certificate.sha256))
    .map((offer) => [`${offer.group} ${offer.certificate.sha256}`, offer] as const);
  return {
    trusts: new Map(targets.flatMap(({ name, trust }) => (trust === undefined ? [] : [[name, trust]]))),
    known,
    leafLifeMs: leafLives(loaded, new Set(known.map(({ keySha256 }) => keySha256))),
    proposals: [...new Map(proposals).values()],
    crls,
    findings: [...gathered.findings, ...crls.findings, ...targets.flatMap(({ findings }) => findings)],
  };
}

/** What is the same for every target. */
interface TargetParts extends Loaded {
  readonly known: readonly Certificate[];
  readonly crls: ResolvedCrls;
  readonly revokedCas: readonly Certificate[];
  readonly waiting: readonly WaitingCa[];
}

/** What counts of a target for who is trusted there. */
type TrustingTarget = Pick<TargetDefinition, 'name' | 'trust' | 'config' | 'at'>;

/** Who is trusted on one target. */
function trustOn(
  target: TrustingTarget,
  parts: TargetParts,
): { readonly trust?: Trust; readonly findings: readonly Finding[] } {
  const { definition, lock, gathered, known, revokedCas, now } = parts;
  const casOf = (state: LockEntry['state']) =>
    sortCertificates(
      lock.entries
        .filter((entry) => entry.state === state && target.trust.includes(entry.group))
        .map(({ certificate }) => certificate),
    );
  const named = casOf('trusted').filter(({ notAfter }) => notAfter > now);
  const retired = casOf('retired');
  const isRevokedCa = ({ sha256 }: Certificate) => revokedCas.some((ca) => ca.sha256 === sha256);
  const revoked = named.filter(isRevokedCa);
  const good = named.filter((ca) => !isRevokedCa(ca));
  const findings = [
    ...revoked.map((ca) => caRevoked(target, ca)),
    ...(named.length > 0 && good.length === 0 ? [onlyRevokedCas(target.name)] : []),
    ...(named.length === 0 ? nothingTrusted(target, gathered) : []),
  ];
  // A retired or revoked CA stands where it is until its removal is consented to; till then its CRL
  // moves on. Where only retired ones are left, the error above keeps every other write from
  // happening; where only revoked ones are, nobody new is trusted.
  const cas = [good, named, retired].find((some) => some.length > 0);
  if (cas === undefined) return { findings };
  const keys = crlKeys([...named, ...retired], known);
  const groups = definition.groups
    .filter(({ name }) => target.trust.includes(name))
    .map(({ name, leavesHaveOcsp }) => {
      const inventory = gathered.inventories.find(({ group }) => group === name)?.inventory;
      const cas = lock.entries.filter(({ group }) => group === name).map(({ sha256 }) => sha256);
      return { name, cas, ...defined({ inventory, leavesHaveOcsp }) };
    });
  const waiting = parts.waiting.filter((one) => cas.some(({ sha256 }) => sha256 === one.sha256));
  const trust = { cas, revoked, waiting, known, revocation: revocationOf(target, keys, parts), groups };
  const wanted = lock.entries.filter(({ certificate }) => named.includes(certificate));
  const own = definition.groups.filter(({ name }) => target.trust.includes(name));
  return { trust, findings: [...findings, ...withoutCrls(target, own, wanted, trust)] };
}

/** What is in force of the keys that matter on one target. */
function revocationOf(
  { config }: TrustingTarget,
  keys: ReadonlySet<string>,
  { definition, lock, revocation, crls, revokedCas, now }: TargetParts,
): RevocationSet {
  const { crls: ofStore, withdrawn, unread, retained } = crls;
  return {
    crls: ofStore.filter(({ issuer }) => keys.has(issuer.keySha256)),
    withdrawn: withdrawn.filter(({ keySha256 }) => keys.has(keySha256)),
    unread: new Map([...unread].filter(([key]) => keys.has(key))),
    retained: new Map(
      [...retained]
        .filter(([key, serials]) => keys.has(key) && serials.length > 0)
        .map(([key, serials]) => [key, serials.map(({ serial }) => serial)]),
    ),
    denied: deniedNow(revocation.deny, now, config.ignoreExpiry === true).filter(({ caKey }) =>
      keys.has(caKey),
    ),
    released: revocation.released ?? [],
    leafLifeMs: leafLives({ definition, lock }, keys),
    revokedCas,
    graceMs: definition.revocation.graceMs,
  };
}

/** The longest life of a client certificate, of each key whose groups all say it. */
function leafLives(
  { definition, lock }: Pick<Loaded, 'definition' | 'lock'>,
  keys: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  return new Map(
    [...keys].flatMap((key): readonly (readonly [string, number])[] => {
      const groups = lock.entries.filter(({ certificate }) => certificate.keySha256 === key);
      const lives = groups.map(
        ({ group }) => definition.groups.find(({ name }) => name === group)?.leafLifeMs,
      );
      const said = lives.filter((life) => life !== undefined);
      return said.length === 0 || said.length < lives.length ? [] : [[key, Math.max(...said)]];
    }),
  );
}

/**
 * A CA certificate is revoked when the CRL of the CA that issued it says so. It stays so when
 * enforcement of that CRL is withdrawn: whoever admits clients again has said nothing of a CA.
 */
function isRevoked(ca: Certificate, { crls, withdrawn, retained }: ResolvedCrls): boolean {
  const all = [...crls, ...withdrawn.flatMap(({ issuerCrl }) => issuerCrl ?? [])];
  const issuers = new Set(
    all.filter(({ issuer }) => isIssuedBy(ca, issuer)).map(({ issuer }) => issuer.keySha256),
  );
  return [...issuers].some(
    (key) =>
      mergeCrls(all.filter(({ issuer }) => issuer.keySha256 === key)).has(ca.serial) ||
      (retained.get(key)?.some(({ serial }) => serial === ca.serial) ?? false),
  );
}

/**
 * Keys whose CRLs matter where these CAs are trusted: of the CAs, of what can reach them, and of
 * what issued them.
 */
function crlKeys(cas: readonly Certificate[], known: readonly Certificate[]): ReadonlySet<string> {
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

function caRevoked(target: TrustingTarget, ca: Certificate): Finding {
  return {
    code: 'ca-revoked',
    severity: 'error',
    target: target.name,
    about: ca.sha256,
    message: `${target.name}: ${caName(ca)} is revoked by its issuer and is trusted no longer; where it stands, it goes with --allow remove:${ca.sha256}`,
    source: 'RFC 5280, 6.1.3 (a)(3)',
  };
}

/**
 * When a source is in error, that is what matters; that nothing is trusted only follows from it.
 */
function nothingTrusted(
  { name, trust, at }: TrustingTarget,
  { findings, offers }: Gathered,
): readonly Finding[] {
  if (findings.some(isBlocking)) return [];
  const next = offers.some(({ group }) => trust.includes(group))
    ? 'Run `trustloom accept` to see what the sources offer.'
    : 'Name a source that offers one, then run `trustloom accept`.';
  return [
    {
      code: 'empty-bundle',
      severity: 'error',
      target: name,
      message: `${name}: no CA of ${trust.join(', ')} is accepted; an empty trust store would lock everyone out. ${next}`,
      ...defined({ at }),
    },
  ];
}
