import { crlIssuer } from '../../crl/verify-crl.ts';
import type { Lock } from '../../definition/lock.ts';
import { type CrlCopy, type CrlSlot, slotAt, slotFor } from '../../state/accepted-crls.ts';
import type { AcceptedCrl } from '../../state/state.ts';
import type { Certificate } from '../../x509/certificate.ts';
import { isIssuedBy } from '../../x509/reach.ts';
import type { Loaded, OfferedCrl } from '../load.ts';

/** A CRL with the CA that issued it. */
export interface AttributedCrl extends OfferedCrl {
  readonly issuer: Certificate;
}

/** One row of the state, with what the sources offer for it. */
export interface CrlRow {
  readonly slot: CrlSlot;
  /** Undefined before the first CRL is accepted. */
  readonly stored: AcceptedCrl | undefined;
  readonly copy: CrlCopy;
  readonly offered: readonly AttributedCrl[];
}

/** Every CRL that a source or the state has, by whose it is. */
export interface AttributedCrls {
  /** Sorted by their keys in the state. */
  readonly rows: readonly CrlRow[];
  /** CAs whose CRLs count. */
  readonly issuers: readonly Certificate[];
  /** CRLs of nobody whose CRLs count; with the CA that signed it where that one is offered. */
  readonly unused: readonly { readonly offered: OfferedCrl; readonly proposed: Certificate | undefined }[];
}

/** Whose is each CRL? */
export function attributeCrls(
  { lock, gathered, revocation, copies }: Loaded,
  known: readonly Certificate[],
): AttributedCrls {
  const issuers = crlIssuers(lock, known);
  const all = gathered.crls.map((offered) => ({ offered, issuer: crlIssuer(offered.crl, issuers) }));
  const attributed = all.flatMap(({ offered, issuer }) =>
    issuer === undefined
      ? []
      : [{ stateKey: slotFor(issuer.keySha256, offered.crl).stateKey, crl: { ...offered, issuer } }],
  );
  const stateKeys = [...attributed.map(({ stateKey }) => stateKey), ...Object.keys(revocation.crls)];
  return {
    rows: [...new Set(stateKeys)].sort().map((stateKey) => ({
      slot: slotAt(stateKey),
      stored: revocation.crls[stateKey],
      copy: copies.get(stateKey) ?? { retained: [], lost: [] },
      offered: attributed.filter((one) => one.stateKey === stateKey).map(({ crl }) => crl),
    })),
    issuers,
    unused: all
      .filter(({ issuer }) => issuer === undefined)
      .map(({ offered }) => ({ offered, proposed: crlIssuer(offered.crl, known) })),
  };
}

/**
 * CAs whose CRLs count: those in the lock in any state, and those offered that one of these issued.
 */
function crlIssuers(lock: Lock, known: readonly Certificate[]): readonly Certificate[] {
  const locked = lock.entries.map(({ certificate }) => certificate);
  const below = known.filter((ca) => locked.some((parent) => isIssuedBy(ca, parent)));
  return [...new Map([...locked, ...below].map((ca) => [ca.sha256, ca])).values()];
}
