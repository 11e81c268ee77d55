import type { ServiceInfo } from '../adapter/service-info.ts';
import { type DenyEntry, denyEntry, normalSerial, withDenied, withoutDenied } from '../crl/deny-list.ts';
import { TrustloomError } from '../errors/error.ts';
import { caName } from '../kit/ca-words.ts';
import type { RevocationState, TrustloomState } from '../state/state.ts';
import type { JsonObject } from '../util/json.ts';
import { type Instant, isoTime } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { isIssuedBy } from '../x509/reach.ts';
import type { Report, TargetReport } from './report.ts';

/** More entries at once than this want the consent `many:<count>`. */
const manyEntries = 10;

/** Which certificates are to be refused at once. */
export interface DenyRequest {
  /** Serials in hex, in any notation. */
  readonly serials?: readonly string[];
  /**
   * The CA that issued these serials: SHA-256 of its certificate, or the beginning of it; not
   * needed where only one CA is known.
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

/** What a change of the deny list came to, target by target. */
export interface DenyReport {
  readonly formatVersion: 1;
  readonly change: 'revoke' | 'unrevoke';
  readonly entries: readonly DenyEntry[];
  readonly targets: readonly {
    readonly name: string;
    readonly service: string;
    /**
     * `in force`; `waits for the CA`: the service takes only CRLs that the CA signed; `nothing
     * checks`: the target names nothing that would, so they are admitted; `not in force`: see `gaps` and
     * the report.
     */
    readonly state: 'in force' | 'waits for the CA' | 'nothing checks' | 'not in force';
    /** Ways in that nothing checks, in words. */
    readonly gaps: readonly string[];
    /** What the certificates keep, and until when. */
    readonly residualAccess: readonly string[];
    /**
     * Sessions that the service handed out on them end by then, in ISO time, if no new ones are
     * handed out.
     */
    readonly sessionsUntil?: string;
    /** IAM policy that ends those sessions now: for the roles that the certificates could have. */
    readonly denyPolicy?: JsonObject;
  }[];
  readonly refresh: Report;
  readonly exitCode: Report['exitCode'];
}

/**
 * Writes the deny list, whoever holds the lease: an emergency does not wait. Gives the entries that
 * it was about.
 */
export async function changeDenyList(
  change: 'revoke' | 'unrevoke',
  request: DenyRequest,
  parts: { readonly known: readonly Certificate[]; readonly state: TrustloomState; readonly now: Instant },
): Promise<readonly DenyEntry[]> {
  const { by, why, serials = [], certificates = [] } = request;
  const said = { by, why, now: parts.now };
  const entries = [
    ...[...new Set(serials.map(normalSerial))].map((serial) =>
      denyEntry(serial, caOf(request.ca, parts.known), said),
    ),
    ...certificates.map((leaf) =>
      denyEntry(leaf.serial, issuerOf(leaf, parts.known), { ...said, notAfter: leaf.notAfter }),
    ),
  ];
  const count = `many:${entries.length}`;
  if (change === 'revoke' && entries.length > manyEntries && !request.allow?.includes(count))
    throw new TrustloomError(
      'consent-missing',
      `${entries.length} entries at once; pass --allow ${count} if that is meant`,
      { context: { missing: count } },
    );
  await parts.state.revocation.amend((current) => ({
    ...current,
    deny: entries.reduce(change === 'revoke' ? withDenied : withoutDenied, current.deny),
    ...releasedAfter(change, current, entries, parts.now),
  }));
  return entries;
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

/**
 * What holds where, now that the deny list has changed: by what each target was seen to have, not
 * by what its service could.
 */
export function denyReport(
  change: 'revoke' | 'unrevoke',
  entries: readonly DenyEntry[],
  refresh: Report,
  infoOf: (target: string) => ServiceInfo | undefined,
  now: Instant,
): DenyReport {
  const targets = refresh.targets.map((target) => {
    const { name, service, content } = target;
    const info = infoOf(name);
    const sessions = change === 'revoke' ? info?.sessions : undefined;
    return {
      name,
      service,
      state: denyState(target, info),
      gaps: content?.enforcement?.gaps ?? [],
      residualAccess: change === 'revoke' ? (info?.residualAccess ?? []) : [],
      ...(sessions === undefined
        ? {}
        : {
            sessionsUntil: isoTime(now + sessions.maxMs),
            denyPolicy: sessions.denyPolicy(entries.map(({ serial }) => serial)),
          }),
    };
  });
  return { formatVersion: 1, change, entries, targets, refresh, exitCode: refresh.exitCode };
}

function denyState(
  { content, state, remaining }: TargetReport,
  info: ServiceInfo | undefined,
): DenyReport['targets'][number]['state'] {
  if (info?.capabilities.revocation === 'crl') return 'waits for the CA';
  const { mechanism, state: enforced } = content?.enforcement ?? { mechanism: 'none', state: 'not-enforced' };
  if (mechanism === 'none') return 'nothing checks';
  return state === 'in-sync' && remaining.length === 0 && enforced === 'enforced'
    ? 'in force'
    : 'not in force';
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

/**
 * The CA that is meant: by the beginning of its digest, or the only one there is that issues
 * certificates.
 */
function caOf(wanted: string | undefined, known: readonly Certificate[]): Certificate {
  const found = known.filter(({ sha256 }) => wanted === undefined || sha256.startsWith(wanted.toLowerCase()));
  const keys = new Map(found.map((ca) => [ca.keySha256, ca]));
  const [only] = keys.values();
  if (only !== undefined && keys.size === 1) return only;
  const all = known.map(caName).join(', ');
  const asked = wanted === undefined ? 'several CAs are known' : `no single CA begins with ${wanted}`;
  throw new TrustloomError('ca-unknown', `${asked}; name one of: ${all}`);
}
