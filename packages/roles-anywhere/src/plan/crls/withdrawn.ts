import { caName, isOlderIssue } from '@trustloom/core/adapter';
import type { DesiredAnchor, StoredCrl } from '../../model.ts';
import { disableCrl, type IssuerPlan } from './of-issuer.ts';

/** Keys of CAs of which nothing but withdrawn CRLs is known. */
export function keysWithdrawn({ withdrawn }: DesiredAnchor): readonly string[] {
  return [...new Set(withdrawn.map(({ keySha256 }) => keySha256))];
}

/** What it takes that an anchor comes in force without withdrawn CRLs. */
export function consentsToWithdrawn(wanted: DesiredAnchor): readonly string[] {
  return wanted.withdrawn.filter(({ entries }) => entries > 0).map(({ sha256 }) => `readmit:${sha256}`);
}

/** Disables the CRLs of a key, by consent. One that the CA issued later stays in force. */
export function planWithdrawn(
  { withdrawn }: DesiredAnchor,
  key: string,
  held: readonly StoredCrl[],
): IssuerPlan {
  const ofKey = withdrawn.filter(({ keySha256 }) => keySha256 === key);
  const [first] = ofKey;
  const issuer = first?.issuerCrl === undefined ? (first?.issuer ?? 'a CA') : caName(first.issuerCrl.issuer);
  const steps = held
    .filter(
      ({ enabled, crl }) => enabled && crl !== undefined && !ofKey.every((one) => isOlderIssue(one, crl)),
    )
    .map(({ id }) =>
      disableCrl({ id }, issuer, {
        id: `withdraw-crl:${id}`,
        effect: 'readmit',
        affects: ofKey.map(({ sha256 }) => sha256),
        reason: 'its enforcement was withdrawn, and it still refuses whom it names',
        // A refresh may have put a newer one of the same CA in its place meanwhile.
        replacesRevocation: true,
      }),
    );
  return { steps };
}
