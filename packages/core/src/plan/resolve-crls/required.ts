import type { NamedCa, WaitingCa } from '../../adapter/target.ts';
import { crlIssuer } from '../../crl/verify-crl.ts';
import type { GroupDefinition, SourceAddress } from '../../definition/definition.ts';
import { caName } from '../../kit/ca-words.ts';
import { type Certificate, uniqueCertificates } from '../../x509/certificate.ts';
import { reach } from '../../x509/reach.ts';
import type { Loaded, OfferedCrl } from '../load.ts';
import type { CrlsInForce } from './in-force.ts';

/** What is in force of the CRLs of a run. */
type InForce = Pick<CrlsInForce, 'crls' | 'withdrawn'>;

/**
 * CAs that are granted nowhere anew, since what their group promised of CRLs was never read
 * (docs/decisions/crl-required.md).
 *
 * A group whose every address gave a CRL that is in force keeps its promise: a CA of it that has no
 * CRL was never said to have one. Where any address gave none, each of its CAs without a complete
 * CRL in force may be the one that it was to come from.
 *
 * @param allow the consents given; `unlisted:<sha256>` lets a CA come without a CRL
 */
export function waitingCas(
  { definition, lock, gathered }: Loaded,
  known: readonly Certificate[],
  inForce: InForce,
  allow: ReadonlySet<string>,
): readonly WaitingCa[] {
  return definition.groups.flatMap((group) => {
    const given = gathered.crls.filter((crl) => crl.group === group.name);
    const sources = unsettled(group, given, known, inForce).map(({ text }) => text);
    if (sources.length === 0) return [];
    const stateOf = (ca: Certificate) => lock.entries.find(({ sha256 }) => sha256 === ca.sha256)?.state;
    const own = lock.entries
      .filter((entry) => entry.group === group.name && entry.state === 'trusted')
      .map(({ certificate }) => certificate);
    // Clients of a CA that nobody accepted yet are admitted through the CA above it, too.
    const below = reach({ anchors: own, known, chain: 'any-anchor' })
      .map(({ ca }) => ca)
      .filter((ca) => stateOf(ca) === undefined);
    const unlisted = uniqueCertificates([...own, ...below]).filter(
      (ca) => !hasCrl(ca, inForce) && !allow.has(`unlisted:${ca.sha256}`),
    );
    return own.flatMap((ca): readonly WaitingCa[] => {
      const of = unlisted.filter((one) => isLinked(ca, one, known));
      return of.length === 0
        ? []
        : [{ ...named(ca), keySha256: ca.keySha256, unlisted: of.map(named), sources }];
    });
  });
}

/** The addresses of a group that gave nothing, or nothing that is in force. */
function unsettled(
  { crls: addresses }: GroupDefinition,
  given: readonly OfferedCrl[],
  known: readonly Certificate[],
  inForce: InForce,
): readonly SourceAddress[] {
  return addresses.filter(({ text }) => {
    const read = given.filter(({ from }) => from === text || from.startsWith(`${text}@`));
    return read.length === 0 || read.some((offered) => !isUsed(offered, known, inForce));
  });
}

/** It is in force itself, or its CA has a complete CRL that is. */
function isUsed({ crl }: OfferedCrl, known: readonly Certificate[], inForce: InForce): boolean {
  const parts = inForce.crls.filter(({ expired }) => !expired);
  // A delta CRL says nothing without its base.
  if (crl.scope !== 'delta' && parts.some((one) => one.crl.sha256 === crl.sha256)) return true;
  const issuer = crlIssuer(crl, known);
  return issuer !== undefined && hasCrl(issuer, inForce);
}

/** A complete CRL of its key is in force, or was, until its enforcement was withdrawn by consent. */
function hasCrl({ keySha256 }: Certificate, { crls, withdrawn }: InForce): boolean {
  return (
    crls.some(
      ({ issuer, crl, expired }) => issuer.keySha256 === keySha256 && crl.scope === 'complete' && !expired,
    ) || withdrawn.some((one) => one.keySha256 === keySha256)
  );
}

/**
 * The clients of the one are admitted through the other, or the CRL of the one would say whether
 * the other is revoked: one key, or one above the other.
 */
function isLinked(ca: Certificate, unlisted: Certificate, known: readonly Certificate[]): boolean {
  return isBelow(ca, unlisted, known) || isBelow(unlisted, ca, known);
}

function isBelow(lower: Certificate, upper: Certificate, known: readonly Certificate[]): boolean {
  const reached = reach({ anchors: [upper], known: [...known, lower], chain: 'any-anchor' });
  return reached.some(({ ca }) => ca.keySha256 === lower.keySha256);
}

function named(ca: Certificate): NamedCa {
  return { sha256: ca.sha256, name: caName(ca) };
}
