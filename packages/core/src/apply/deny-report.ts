import type { Content } from '../adapter/content.ts';
import type { ServiceInfo } from '../adapter/service-info.ts';
import type { IssuerCrl } from '../crl/crl.ts';
import type { DenyEntry } from '../crl/deny-list.ts';
import { crlIssuer } from '../crl/verify-crl.ts';
import type { Finding } from '../errors/finding.ts';
import type { JsonObject } from '../util/json.ts';
import { type Instant, isoTime } from '../util/time.ts';
import { type Certificate, uniqueCertificates } from '../x509/certificate.ts';
import { reach } from '../x509/reach.ts';
import type { DenyChange } from './deny.ts';
import type { Refreshed } from './refresh.ts';
import type { Report } from './report.ts';

/** What a change of the deny list came to on one target, by what was read back of it. */
export interface DeniedTarget {
  readonly name: string;
  readonly service: string;
  /**
   * `in force`: it was read back there, and everything that leads in asks it. `waits for the CA`:
   * the service takes only CRLs that the CA signed. `nothing checks`: the target names nothing that
   * would, so they are admitted. `not reached`: no CA that stands there admits such clients. `not
   * looked at`: it could not be read. `not in force`: see `why`.
   */
  readonly state:
    | 'in force'
    | 'waits for the CA'
    | 'nothing checks'
    | 'not reached'
    | 'not looked at'
    | 'not in force';
  /** Why it is not in force, in words; absent where it is. */
  readonly why?: string;
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
}

/** What a change of the deny list came to, target by target. */
export interface DenyReport {
  readonly formatVersion: 1;
  readonly change: 'revoke' | 'unrevoke';
  readonly entries: readonly DenyEntry[];
  readonly targets: readonly DeniedTarget[];
  /** How the serials were read, and what is not known of them. */
  readonly findings: readonly Finding[];
  readonly refresh: Report;
  /** Every reason for an exit code other than 0, in words. */
  readonly problems: readonly string[];
  /** 0 in force everywhere; 1 not everywhere, or an error; 3 refused by a safety rule. */
  readonly exitCode: Report['exitCode'];
}

/** What a refresh came to, as far as this reads it. */
export interface LookedAt extends Pick<Refreshed, 'report' | 'contents'> {
  readonly targets: readonly { readonly name: string; readonly bound: { readonly info: ServiceInfo } }[];
}

/** What entries are looked up in. */
export interface DenyReportParts {
  readonly known: readonly Certificate[];
  readonly crls: readonly IssuerCrl[];
  readonly now: Instant;
}

/**
 * What holds where, now that the deny list has changed: by what was read back of each target, not
 * by what its service could or what was written.
 */
export function denyReport(
  change: 'revoke' | 'unrevoke',
  { entries, findings }: DenyChange,
  { report, targets: seen, contents }: LookedAt,
  parts: DenyReportParts,
): DenyReport {
  const targets = seen.map(({ name, bound: { info } }): DeniedTarget => {
    const content = contents.get(name);
    const sessions = change === 'revoke' ? info.sessions : undefined;
    return {
      name,
      service: info.service,
      ...(change === 'revoke'
        ? revokedState(content, info, entries, parts)
        : liftedState(content, info, entries)),
      gaps: content?.enforcement?.gaps ?? [],
      residualAccess: change === 'revoke' ? info.residualAccess : [],
      ...(sessions === undefined
        ? {}
        : {
            sessionsUntil: isoTime(parts.now + sessions.maxMs),
            denyPolicy: sessions.denyPolicy(entries.map(({ serial }) => serial)),
          }),
    };
  });
  const own = targets.flatMap(({ name, state, why }) =>
    why === undefined || (change === 'unrevoke' && state === 'waits for the CA') ? [] : [`${name}: ${why}`],
  );
  const problems = [...new Set([...own, ...report.problems])];
  const exitCode = report.exitCode === 0 && problems.length > 0 ? 1 : report.exitCode;
  return { formatVersion: 1, change, entries, targets, findings, refresh: report, problems, exitCode };
}

type Stands = Pick<DeniedTarget, 'state' | 'why'>;

const unseen: Stands = {
  state: 'not looked at',
  why: 'it could not be read back, so what is in force there is not known',
};

function revokedState(
  content: Content | undefined,
  info: ServiceInfo,
  entries: readonly DenyEntry[],
  parts: DenyReportParts,
): Stands {
  if (content === undefined) return unseen;
  const open = content.attachments.find(({ enforcing }) => !enforcing);
  if (open !== undefined)
    return { state: 'not in force', why: `${open.id} requires no certificate, so nobody is refused there` };
  const reached = entries.filter((entry) => reaches(content, info, entry, parts.known));
  if (reached.length === 0) return { state: 'not reached' };
  if (info.capabilities.revocation === 'crl') return byCrl(content, reached, parts);
  const {
    mechanism,
    state,
    gaps: [gap] = [],
  } = content.enforcement ?? { mechanism: 'none', state: 'none', gaps: [] };
  if (mechanism === 'none')
    return {
      state: 'nothing checks',
      why: 'nothing checks revocation there, so revoked clients are admitted',
    };
  const missing = reached.filter((entry) => !isHeld(content, entry));
  if (missing.length > 0)
    return { state: 'not in force', why: `${serialsOf(missing)} not found there when it was read back` };
  if (state === 'enforced') return { state: 'in force' };
  return {
    state: 'not in force',
    why: `not in force on every way in: ${gap ?? 'the check is not asked everywhere'}`,
  };
}

/** The service looks at CRLs alone; what they name is known where they can be read. */
function byCrl(content: Content, entries: readonly DenyEntry[], parts: DenyReportParts): Stands {
  const unnamed = entries.filter((entry) => namedByCrl(content, entry, parts) !== true);
  if (unnamed.length === 0) return { state: 'in force' };
  const isRead = unnamed.every((entry) => namedByCrl(content, entry, parts) === false);
  return {
    state: 'waits for the CA',
    why: isRead
      ? `the service takes only CRLs that the CA signed, and none in force names ${serialsOf(unnamed)}: revoke at the CA, then refresh`
      : `the service takes only CRLs that the CA signed, and whether one in force names ${serialsOf(unnamed)} is not known: revoke at the CA, then refresh`,
  };
}

/** Undefined: a CRL of the CA is in force whose entries are not known here. */
function namedByCrl(
  { crls }: Content,
  { caKey, serial }: DenyEntry,
  { known, crls: accepted }: DenyReportParts,
): boolean | undefined {
  const names = new Set(
    known.filter(({ keySha256 }) => keySha256 === caKey).map(({ subject }) => subject.text),
  );
  const answers = crls
    .filter(({ inForce, issuer }) => inForce && names.has(issuer))
    .map((held) => {
      const crl = held.crl ?? accepted.find((one) => one.crl.sha256 === held.sha256)?.crl;
      return crl === undefined ? undefined : crlIssuer(crl, known)?.keySha256 === caKey && crl.has(serial);
    });
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

function liftedState(content: Content | undefined, info: ServiceInfo, entries: readonly DenyEntry[]): Stands {
  if (content === undefined) return unseen;
  if (info.capabilities.revocation === 'crl')
    return { state: 'waits for the CA', why: 'a CRL of the CA may name it still' };
  const held = entries.filter((entry) => isHeld(content, entry));
  if (held.length > 0)
    return { state: 'not in force', why: `${serialsOf(held)} still refused there when it was read back` };
  return { state: (content.enforcement?.mechanism ?? 'none') === 'none' ? 'nothing checks' : 'in force' };
}

function isHeld({ denials = [] }: Content, { caKey, serial }: DenyEntry): boolean {
  return denials.some((one) => one.caKey === caKey && one.serial === serial);
}

/** Whether clients of the CA are admitted by what stands there; where that is not known, they are. */
function reaches(
  { cas }: Content,
  { capabilities }: ServiceInfo,
  { caKey }: DenyEntry,
  known: readonly Certificate[],
): boolean {
  if (cas === 'unknown') return true;
  const anchors = cas.flatMap(
    ({ certificate, sha256 }) => certificate ?? known.find((one) => one.sha256 === sha256) ?? [],
  );
  if (anchors.length < cas.length) return true;
  const all = uniqueCertificates([...known, ...anchors]);
  return reach({ anchors, known: all, chain: capabilities.chain }).some(({ ca }) => ca.keySha256 === caKey);
}

function serialsOf(entries: readonly DenyEntry[]): string {
  const [first, ...more] = entries;
  return more.length === 0 ? `serial ${first?.serial ?? ''}` : `${entries.length} of the serials`;
}
