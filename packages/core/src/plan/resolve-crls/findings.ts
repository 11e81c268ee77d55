import type { IssuerCrl } from '../../crl/crl.ts';
import { looseDeltas } from '../../crl/merged.ts';
import type { Finding } from '../../errors/finding.ts';
import { caName, caNameOfKey } from '../../kit/ca-words.ts';
import { unknownIssuer } from '../../kit/unknown-issuer.ts';
import type { Certificate } from '../../x509/certificate.ts';
import type { CrlsInForce } from './in-force.ts';
import type { AttributedCrls, CrlRow } from './issuers.ts';
import type { JudgedRow } from './judge.ts';
import type { MissedCrls } from './publication.ts';

/** What is to be known about the CRLs of a run; nothing is decided by it. */
export function crlFindings(
  { unused }: AttributedCrls,
  rows: readonly JudgedRow[],
  { crls, withdrawn: withdrawnCrls, missed }: CrlsInForce,
  known: readonly Certificate[],
): readonly Finding[] {
  const withdrawn = new Set(withdrawnCrls.map(({ sha256 }) => sha256));
  return [
    ...rows.flatMap((row) => copyLost(row, known)),
    ...unused.map((one) => unusedCrl(one, known)),
    ...rows.flatMap(({ refused }) => refused.flatMap(({ findings }) => findings)),
    // That it has ended is why enforcement of a CRL was withdrawn.
    ...rows.flatMap(({ taken }) =>
      taken === undefined || withdrawn.has(taken.crl.sha256) ? [] : taken.findings,
    ),
    ...missed.flatMap(publicationStopped),
    ...withoutBase(crls),
  ];
}

function copyLost({ slot, stored, copy }: CrlRow, known: readonly Certificate[]): readonly Finding[] {
  if (stored === undefined) return [];
  const name = caNameOfKey(slot.keySha256, known, stored.issuer);
  const texts = {
    crl: `the state's copy of the CRL in force of ${name} is missing or changed; a newer CRL cannot be compared with it`,
    retained: `the state's copy of the serials that left the CRL of ${name} is missing or changed; they are refused no longer`,
  };
  return copy.lost.map((what) => ({
    code: 'crl-copy-lost',
    severity: 'warning',
    about: stored.sha256,
    message: texts[what],
  }));
}

function unusedCrl(
  { offered: { crl, from }, proposed }: AttributedCrls['unused'][number],
  known: readonly Certificate[],
): Finding {
  if (proposed !== undefined)
    return {
      code: 'crl-issuer-not-accepted',
      severity: 'warning',
      about: crl.sha256,
      message: `${from}: the CRL of ${caName(proposed)} is used as soon as that CA is accepted (trustloom accept ${proposed.sha256.slice(0, 8)})`,
      source: 'RFC 5280, 6.3.3 (f)',
    };
  return unknownIssuer(crl, from, known, 'CA that is accepted or offered');
}

function publicationStopped({ cas, missed, stopped }: MissedCrls): readonly Finding[] {
  const remove = cas.map(({ sha256 }) => `--allow remove:${sha256}`).join(' ');
  const readmit = missed.map(({ row }) => `--allow readmit:${row.sha256}`).join(' ');
  const withdraw = stopped ? `; or admit whom the CRL refuses (${readmit})` : '';
  return missed.map(({ row }) => ({
    code: 'crl-publication-stopped',
    severity: 'error',
    about: row.sha256,
    message: `${cas.map(caName).join(', ')} publishes no CRLs any more: its last ended at ${row.nextUpdate} and stays in force. Ways out: name a second source of its CRL (\`crls\`); or remove the CA (trustloom retire, then ${remove})${withdraw}`,
    source: 'RFC 5280, 5.1.2.5',
  }));
}

/** Delta CRLs that do not fit the base that is available. */
function withoutBase(crls: readonly IssuerCrl[]): readonly Finding[] {
  const keys = new Set(crls.map(({ issuer }) => issuer.keySha256));
  const loose = [...keys].flatMap((key) =>
    looseDeltas(crls.filter(({ issuer }) => issuer.keySha256 === key)),
  );
  return loose.map(({ issuer, crl }) => ({
    code: 'crl-delta-base',
    severity: 'warning',
    about: crl.sha256,
    message: `the delta CRL of ${caName(issuer)} builds on number ${crl.baseNumber}, and no complete CRL so new is available; it is not used`,
    source: 'RFC 5280, 5.2.4',
  }));
}
