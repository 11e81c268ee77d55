import { type DenyEntry, denyEntry, withDenied, withoutDenied } from '../crl/deny-list.ts';
import { TrustloomError } from '../errors/error.ts';
import type { Finding } from '../errors/finding.ts';
import type { RevocationState, TrustloomState } from '../state/state.ts';
import { type Instant, isoTime } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { isIssuedBy } from '../x509/reach.ts';
import { deniedEntry, denySubject, type IssuedEvidence } from './deny-subject.ts';

/** More entries at once than this want the consent `many:<count>`. */
const manyEntries = 10;

/** Which certificates are to be refused at once. */
export interface DenyRequest {
  /** Serials in hex, in any notation. */
  readonly serials?: readonly string[];
  /** The serials are decimal numbers. */
  readonly decimal?: boolean;
  /**
   * The CA that issued these serials: SHA-256 of its certificate, or the beginning of it. Not
   * needed where a CRL or an inventory names the serial, or where only one CA issues client
   * certificates.
   */
  readonly ca?: string;
  /**
   * Certificates themselves: their CA is found by signature, and their entries go when they end.
   */
  readonly certificates?: readonly Certificate[];
  /** Who asks for it, and why: both are kept. */
  readonly by: string;
  readonly why: string;
  /** Consents: `many:<count>` for more than ten at once. */
  readonly allow?: readonly string[];
}

/** The entries that a change is about, and what is to be said of how they were found. */
export interface DenyChange {
  readonly entries: readonly DenyEntry[];
  readonly findings: readonly Finding[];
}

/**
 * Writes the deny list, whoever holds the lease: an emergency does not wait. Gives the entries that
 * it was about.
 */
export async function changeDenyList(
  change: 'revoke' | 'unrevoke',
  request: DenyRequest,
  parts: { readonly evidence: IssuedEvidence; readonly state: TrustloomState; readonly now: Instant },
): Promise<DenyChange> {
  const { revocation } = parts.state;
  const deny = change === 'unrevoke' ? (await revocation.read()).deny : [];
  const found = changeOf(change, request, deny, parts);
  const { entries } = found;
  const count = `many:${entries.length}`;
  if (change === 'revoke' && entries.length > manyEntries && !request.allow?.includes(count))
    throw new TrustloomError(
      'consent-missing',
      `${entries.length} entries at once; pass --allow ${count} if that is meant`,
      { context: { missing: count } },
    );
  await revocation.amend((current) => ({
    ...current,
    deny: entries.reduce(change === 'revoke' ? withDenied : withoutDenied, current.deny),
    ...releasedAfter(change, current, entries, parts.now),
  }));
  return found;
}

function changeOf(
  change: 'revoke' | 'unrevoke',
  { by, why, serials = [], certificates = [], ...options }: DenyRequest,
  deny: readonly DenyEntry[],
  { evidence, now }: { readonly evidence: IssuedEvidence; readonly now: Instant },
): DenyChange {
  const said = { by, why, now };
  const { known } = evidence;
  const bySerial = serials.map((text) => {
    if (change === 'unrevoke') return deniedEntry(text, options, deny, known);
    const { serial, ca, findings } = denySubject(text, options, evidence);
    return { entry: denyEntry(serial, ca, said), findings };
  });
  const byCertificate = certificates.map((leaf) =>
    denyEntry(leaf.serial, issuerOf(leaf, known), { ...said, notAfter: leaf.notAfter }),
  );
  const all = [...bySerial.map(({ entry }) => entry), ...byCertificate];
  return {
    entries: [...new Map(all.map((one) => [`${one.caKey} ${one.serial}`, one])).values()],
    findings: bySerial.flatMap(({ findings }) => findings),
  };
}

/**
 * What was taken off by name is remembered: a check of ours keeps an entry that the state only
 * does not name.
 */
function releasedAfter(
  change: 'revoke' | 'unrevoke',
  { released = [] }: RevocationState,
  entries: readonly DenyEntry[],
  now: Instant,
): Pick<RevocationState, 'released'> {
  const others = released.filter(
    (one) => !entries.some(({ caKey, serial }) => caKey === one.caKey && serial === one.serial),
  );
  const since = isoTime(now);
  const added = change === 'unrevoke' ? entries.map(({ caKey, serial }) => ({ caKey, serial, since })) : [];
  const all = [...others, ...added];
  return all.length === 0 && released.length === 0 ? {} : { released: all };
}

/** The known CA that issued a certificate. */
function issuerOf(leaf: Certificate, known: readonly Certificate[]): Certificate {
  const issuer = known.find((ca) => isIssuedBy(leaf, ca));
  if (issuer !== undefined) return issuer;
  throw new TrustloomError(
    'ca-unknown',
    `no CA that is accepted or offered issued ${leaf.subject.text} (issuer ${leaf.issuer.text})`,
  );
}
