import type { Finding } from '../../errors/finding.ts';
import type { Certificate } from '../../x509/certificate.ts';
import type { Loaded } from '../load.ts';
import { crlFindings } from './findings.ts';
import { type CrlsInForce, crlsInForce } from './in-force.ts';
import { attributeCrls } from './issuers.ts';
import { judgeRow } from './judge.ts';
import { retainSerials } from './retain.ts';

/** All CRLs, resolved. */
export interface ResolvedCrls extends CrlsInForce {
  readonly findings: readonly Finding[];
}

/**
 * The way of a CRL, per row of the state: whose it is, whether it is taken, what stays refused of what left
 * it, and what is in force then. Pure.
 *
 * @param known every CA known
 * @param allow the consents given
 */
export function resolveCrls(
  loaded: Loaded,
  known: readonly Certificate[],
  allow: ReadonlySet<string>,
): ResolvedCrls {
  const { definition, lock, now } = loaded;
  const attributed = attributeCrls(loaded, known);
  const judged = attributed.rows.map((row) => judgeRow(row, { definition, now, allow }));
  const retained = judged.map((row) => retainSerials(row, now));
  const inForce = crlsInForce(retained, { issuers: attributed.issuers, lock, now, allow });
  return { ...inForce, findings: crlFindings(attributed, judged, inForce, known) };
}
