import type { Content, ObservedAttachment } from '../adapter/content.ts';
import type { ServiceInfo } from '../adapter/service-info.ts';
import type { Lock } from '../definition/lock.ts';
import { caName, caNameOfKey } from '../kit/ca-words.ts';
import type { Certificate } from '../x509/certificate.ts';
import { issuingCas, type ReachedCa, reach } from '../x509/reach.ts';
import type { PlannedStep } from './consent.ts';
import type { Admission, Exposure } from './plan.ts';
import type { RunTarget } from './prepared.ts';
import type { ResolvedTrust } from './resolve-trust.ts';

/** A target as it stands at one moment: what was observed, and what is still to be done. */
interface Moment {
  readonly content: Content;
  /** Steps that are not done yet. */
  readonly open: readonly PlannedStep[];
  /** The certificates by which clients are admitted. */
  readonly anchors: readonly Certificate[];
  /** How the revoked are refused is as it was observed; false: as it was rendered. */
  readonly observed: boolean;
  /** Attachments are as they were observed; false: they came to enforce since. */
  readonly attached: boolean;
}

/** What all targets share. */
export interface AdmissionParts {
  readonly resolved: ResolvedTrust;
  readonly lock: Lock;
}

/** The target as far as admission reads it. */
export type AdmissionTarget = Pick<RunTarget, 'name' | 'bound' | 'rendered' | 'leaving' | 'row'>;

/**
 * Who is wrongly admitted and refused at a target now: by what was observed of it, and by what would
 * have to be done for it to be as defined. Nothing is said of a target that was not looked at.
 */
export function admissionNow(
  target: AdmissionTarget,
  content: Content | undefined,
  steps: readonly PlannedStep[],
  parts: AdmissionParts,
): Admission {
  if (content === undefined) return { exposure: [], lockout: [] };
  const anchors = certificatesIn(content);
  return admissionAt(target, { content, open: steps, anchors, observed: true, attached: true }, parts);
}

/** The same once the steps are done that may run. */
export function admissionAfter(target: RunTarget, parts: AdmissionParts): Admission {
  const { observed, planned, rendered } = target;
  if (observed === undefined) return { exposure: [], lockout: [] };
  const open = planned.steps.filter(({ skipped }) => skipped !== undefined);
  const done = planned.steps.filter(({ skipped }) => skipped === undefined);
  const removed = new Set(done.filter(({ effect }) => effect === 'remove').flatMap(({ affects }) => affects));
  const staying = certificatesIn(observed.content).filter(({ sha256 }) => !removed.has(sha256));
  const isGranting = !open.some(({ effect }) => effect === 'grant');
  // What waits for its first CRL is not granted by this plan.
  const waiting = new Set(
    (parts.resolved.trusts.get(target.name)?.waiting ?? []).map(({ sha256 }) => sha256),
  );
  const coming = (rendered?.rendering?.anchors ?? []).filter(({ sha256 }) => !waiting.has(sha256));
  const anchors = [...(isGranting ? coming : []), ...staying];
  const isDone = done.length > 0 && open.length === 0;
  const attached = !done.some(({ effect }) => effect === 'enforce');
  const moment: Moment = { content: observed.content, open, anchors, observed: !isDone, attached };
  return admissionAt(target, moment, parts);
}

function admissionAt(target: AdmissionTarget, moment: Moment, parts: AdmissionParts): Admission {
  const { name, bound, leaving } = target;
  const { content, anchors } = moment;
  const said = (kind: Exposure['kind'], texts: readonly string[]) =>
    texts.map((text): Exposure => ({ kind, text: `${name}: ${text}` }));
  const around = said(
    'bypass',
    content.bypasses
      .filter(({ state }) => state === 'open')
      .map(({ what, admits }) =>
        admits === 'revoked'
          ? `revoked clients are admitted by another way (${what})`
          : `anybody is admitted around mutual TLS (${what})`,
      ),
  );
  // A target that is on its way out is to ask for nothing in the end.
  const unasked = leaving ? [] : notEnforcing(target, moment);
  const elsewhere = leaving ? [] : withOtherStores(moment);
  const beside = [
    ...said(
      'anybody',
      unasked.map(({ id }) => `anybody is admitted (${id} requires no certificate)`),
    ),
    ...said(
      'unknown',
      elsewhere.map(
        ({ id, otherStore }) =>
          `whose clients are admitted, and whether the revoked are, is not known (${id} verifies clients with ${otherStore}, which is not this target's)`,
      ),
    ),
  ];
  // What the target holds counts where something verifies clients with it.
  const apart = unasked.length + elsewhere.length;
  if (apart > 0 && apart === content.attachments.length)
    return { exposure: [...beside, ...around], lockout: [] };
  const reached = reachedFrom(anchors, bound.info, parts.resolved);
  return {
    exposure: [
      ...beside,
      ...said(
        'unknown',
        content.cas === 'unknown' ? ['whose clients are admitted is not known (it cannot be read)'] : [],
      ),
      ...said('untrusted', untrusted(target, reached, parts)),
      ...said('revoked', revoked(target, moment, reached, parts)),
      ...said('consented', admittedByConsent(target, reached, parts)),
      ...around,
    ],
    lockout: lockedOut(target, moment, reached, parts).map((text) => `${name}: ${text}`),
  };
}

/**
 * Attachments that should require a good certificate, and do not. Where nothing may be trusted yet,
 * there is no step that would change it.
 */
function notEnforcing(
  { rendered }: AdmissionTarget,
  { content: { attachments }, open, attached }: Moment,
): readonly ObservedAttachment[] {
  const waits = open.some(({ effect }) => effect === 'enforce') || rendered?.rendering === undefined;
  return attachments.filter(
    ({ enforcing, shouldEnforce = false }) => !enforcing && (waits || (attached && shouldEnforce)),
  );
}

/** Attachments that require a certificate, and ask somebody else whether it is good. */
function withOtherStores({
  content: { attachments },
  open,
  attached,
}: Moment): readonly ObservedAttachment[] {
  if (!attached && !open.some(({ effect }) => effect === 'enforce')) return [];
  return attachments.filter(({ enforcing, otherStore }) => enforcing && otherStore !== undefined);
}

function untrusted(
  { name, row }: AdmissionTarget,
  reached: readonly ReachedCa[],
  { lock, resolved }: AdmissionParts,
): readonly string[] {
  const keys = new Set(reached.map(({ ca }) => ca.keySha256));
  const trusted = new Set(
    lock.entries.filter(({ state }) => state === 'trusted').map(({ certificate }) => certificate.keySha256),
  );
  const known = new Set(resolved.known.map(({ keySha256 }) => keySha256));
  const foreign = reached.filter(({ ca }) => !known.has(ca.keySha256)).map(({ ca }) => caName(ca));
  // A group that the target trusts no longer, or a CA that came to stand there from another group.
  const ofTarget = new Set(
    lock.entries
      .filter(({ group }) => row?.trust.includes(group))
      .map(({ certificate }) => certificate.keySha256),
  );
  const ofOthers = lock.entries
    .filter(({ certificate: { keySha256 } }) => trusted.has(keySha256) && !ofTarget.has(keySha256))
    .filter(({ certificate: { sha256 } }) =>
      reached.some(({ ca, direct }) => direct && ca.sha256 === sha256),
    );
  return [
    ...(row === undefined ? [] : ofOthers).map(
      ({ group, certificate }) =>
        `clients of ${caName(certificate)} are admitted, of group ${group}, which ${name} does not trust`,
    ),
    ...lock.entries
      .filter(({ state }) => state !== 'trusted')
      .filter(({ certificate: { keySha256 } }) => keys.has(keySha256) && !trusted.has(keySha256))
      .map(({ state, certificate }) => `clients of ${caName(certificate)} (${state}) are admitted`),
    ...[...new Set(foreign)].map((ca) => `clients of ${ca} are admitted, which the definition does not name`),
  ];
}

/** Clients that are revoked and admitted, and why. */
function revoked(
  { name, bound, rendered }: AdmissionTarget,
  { content, open, observed }: Moment,
  reached: readonly ReachedCa[],
  { resolved }: AdmissionParts,
): readonly string[] {
  const { crls = [], revokedCas = [], denied = [] } = resolved.trusts.get(name)?.revocation ?? {};
  const keys = new Set(reached.map(({ ca }) => ca.keySha256));
  const { capabilities } = bound.info;
  const byService = capabilities.revocation === 'crl';
  const isOpen = keys.size > 0 && (denied.length > 0 || crls.some(({ crl }) => crl.entryCount > 0));
  const why = byService || !isOpen ? undefined : unenforced(content, rendered, observed, bound.info);
  const direct = new Set(reached.filter((one) => one.direct).map(({ ca }) => ca.sha256));
  const waiting = open
    .filter(({ effect, revocation }) => effect === 'revoke' && (revocation?.added ?? 0) > 0)
    .flatMap(({ revocation }) => (revocation === undefined ? [] : [revocation]));
  return [
    ...(why === undefined ? [] : [`revoked clients are admitted (${why})`]),
    ...(content.exists ? waiting : []).map(
      ({ added, issuer }) =>
        `${added === 1 ? 'a client' : `${added} clients`} that ${issuer} revoked ${added === 1 ? 'is' : 'are'} admitted (not in force yet)`,
    ),
    ...(byService ? revokedCas : [])
      .filter(({ sha256 }) => direct.has(sha256))
      .map((ca) => `clients of ${caName(ca)} are admitted, although its issuer revoked it`),
  ];
}

/** Clients that are revoked and admitted since enforcement of their CRL was withdrawn. */
function admittedByConsent(
  { name }: AdmissionTarget,
  reached: readonly ReachedCa[],
  { resolved }: AdmissionParts,
): readonly string[] {
  const { withdrawn = [] } = resolved.trusts.get(name)?.revocation ?? {};
  const keys = new Set(reached.map(({ ca }) => ca.keySha256));
  return withdrawn
    .filter(({ keySha256, entries }) => entries > 0 && keys.has(keySha256))
    .map(({ keySha256, issuer }) => caNameOfKey(keySha256, resolved.known, issuer))
    .map((ca) => `clients that ${ca} revoked are admitted (enforcement of its CRL is withdrawn)`);
}

/** Why no check is asked, or not everywhere. */
function unenforced(
  { enforcement }: Content,
  rendered: AdmissionTarget['rendered'],
  observed: boolean,
  { capabilities: { check } }: ServiceInfo,
): string | undefined {
  const mechanism = rendered?.rendering?.mechanism ?? enforcement?.mechanism ?? 'none';
  if (mechanism === 'none') return 'nothing checks CRLs there';
  // What the plan makes is in force once it is done; what its owner attaches stays as it was seen.
  if (!observed && check?.attachedBy !== 'owner') return undefined;
  if (enforcement === undefined || enforcement.state === 'enforced') return undefined;
  const [first = `${check?.title ?? 'the check'} is not asked everywhere`, ...more] = enforcement.gaps;
  return more.length === 0 ? first : `${first}, and ${more.length} more`;
}

function lockedOut(
  { name, rendered }: AdmissionTarget,
  { content, observed }: Moment,
  reached: readonly ReachedCa[],
  { resolved }: AdmissionParts,
): readonly string[] {
  const keys = new Set(reached.map(({ ca }) => ca.keySha256));
  const trust = rendered?.rendering === undefined ? undefined : resolved.trusts.get(name);
  // A CA that only issues other CAs has no clients of its own to lock out.
  const issuing = trust === undefined || content.cas === 'unknown' ? [] : issuingCas(trust.cas, trust.known);
  const asks = content.attachments.length === 0 || content.attachments.some(({ enforcing }) => enforcing);
  const unreached = asks ? issuing.filter(({ keySha256 }) => !keys.has(keySha256)) : [];
  return [
    ...unreached.map((ca) => `clients of ${caName(ca)} find no complete chain`),
    ...(observed ? (content.enforcement?.refusing ?? []) : []),
  ];
}

function reachedFrom(
  anchors: readonly Certificate[],
  { capabilities }: ServiceInfo,
  resolved: ResolvedTrust,
): readonly ReachedCa[] {
  const known = [...new Map([...resolved.known, ...anchors].map((ca) => [ca.sha256, ca])).values()];
  return reach({ anchors, known, chain: capabilities.chain });
}

function certificatesIn({ cas }: Content): readonly Certificate[] {
  return cas === 'unknown' ? [] : cas.flatMap(({ certificate }) => certificate ?? []);
}
