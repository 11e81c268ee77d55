import type { Trust } from '../adapter/contract.ts';
import type { Facts } from '../adapter/facts.ts';
import { type Instant, isoTime } from '../base/time.ts';
import type { Certificate } from '../bundle/certificate.ts';
import { checkCertificate } from '../bundle/rules/index.ts';
import type { RevocationSet } from '../crl/crl.ts';
import { mergeLists } from '../crl/merged.ts';
import { clientChain } from './chain.ts';

/** One thing that was looked at. */
export interface Reason {
  /** `no`: this alone refuses the client. `unknown`: nobody has told what the service does. */
  readonly says: 'yes' | 'no' | 'unknown';
  readonly what: 'chain' | 'validity' | 'purpose' | 'key' | 'limits' | 'revocation';
  readonly text: string;
}

/** What would become of a client at one target. */
export interface Explanation {
  readonly target: string;
  readonly service: string;
  readonly verdict: 'let in' | 'refused' | 'unknown';
  /** The way to what is trusted there, issuing CA first; empty when there is none. */
  readonly chain: readonly string[];
  readonly reasons: readonly Reason[];
}

/** What `explainTarget` is given about one target. */
export interface ExplainCase {
  readonly leaf: Certificate;
  readonly target: string;
  readonly facts: Facts;
  readonly trust: Trust;
  /** What stands in the store, as rendered. */
  readonly anchors: readonly Certificate[];
  readonly ignoresExpiry: boolean;
  /** True where the revoked are refused: the service checks lists, or a check of ours does. */
  readonly revocationEnforced: boolean;
  readonly now: Instant;
}

const clientAuth = '1.3.6.1.5.5.7.3.2';
const anyPurpose = '2.5.29.37.0';

/**
 * Would this client get in? Offline: from the definition, the lock and the lists alone, with the chain built as the service builds it.
 * Pure. Whoever trusts the answer should probe as well: what a target holds may differ from its definition.
 */
export function explainTarget(input: ExplainCase): Explanation {
  const { leaf, target, facts, trust, anchors, now } = input;
  const chain = clientChain(leaf, anchors, trust.known, facts.capabilities.chain);
  const path = chain?.cas ?? [];
  const reasons: readonly Reason[] = [
    chainReason(chain?.cas, leaf, facts),
    ...validityReasons(input, path),
    ...purposeReasons(leaf),
    ...keyReasons(leaf, facts, now),
    ...depthReasons(path, facts),
    ...(chain === undefined ? [] : revocationReasons(input, path)),
  ];
  const verdict = reasons.some(({ says }) => says === 'no')
    ? 'refused'
    : reasons.some(({ says }) => says === 'unknown')
      ? 'unknown'
      : 'let in';
  return {
    target,
    service: facts.service,
    verdict,
    chain: path.map(({ subject }) => subject.text),
    reasons,
  };
}

function chainReason(
  path: readonly Certificate[] | undefined,
  leaf: Certificate,
  { capabilities, title }: Facts,
): Reason {
  const [issuing] = path ?? [];
  const anchor = path?.at(-1);
  if (anchor !== undefined) {
    const bridged = path?.slice(0, -1) ?? [];
    const sent =
      capabilities.chain === 'any-anchor' && bridged.length > 0
        ? `; the client has to send ${bridged.map(({ subject }) => subject.text).join(', ')}`
        : '';
    return {
      says: 'yes',
      what: 'chain',
      text: `issued by ${issuing?.subject.text}, and ${anchor.subject.text} is trusted here${sent}`,
    };
  }
  const rule =
    capabilities.chain === 'any-anchor'
      ? 'no CA that is trusted here issued it, directly or through a CA that is known'
      : `${title} wants the whole chain in its truststore, up to a self-signed root, and it is not there`;
  return { says: 'no', what: 'chain', text: `${rule} (issuer ${leaf.issuer.text})` };
}

function validityReasons(
  { leaf, ignoresExpiry, now }: ExplainCase,
  path: readonly Certificate[],
): readonly Reason[] {
  const early = [leaf, ...path].find(({ notBefore }) => notBefore > now);
  const late = [leaf, ...path].find(({ notAfter }) => notAfter <= now);
  if (early !== undefined)
    return [
      {
        says: 'no',
        what: 'validity',
        text: `${early.subject.text} is not valid before ${isoTime(early.notBefore)}`,
      },
    ];
  if (late === undefined)
    return [{ says: 'yes', what: 'validity', text: `valid until ${isoTime(leaf.notAfter)}` }];
  const ended = `${late.subject.text} ended at ${isoTime(late.notAfter)}`;
  return ignoresExpiry && late === leaf
    ? [{ says: 'yes', what: 'validity', text: `${ended}, which the target ignores` }]
    : [{ says: 'no', what: 'validity', text: ended }];
}

function purposeReasons({ extendedKeyUsage, keyUsage, isCa }: Certificate): readonly Reason[] {
  const no = (text: string): Reason => ({ says: 'no', what: 'purpose', text });
  const wrong = [
    ...(extendedKeyUsage !== undefined &&
    !extendedKeyUsage.includes(clientAuth) &&
    !extendedKeyUsage.includes(anyPurpose)
      ? [no('its extended key usage does not allow client authentication')]
      : []),
    ...(keyUsage !== undefined && !keyUsage.includes('digitalSignature') && !keyUsage.includes('keyAgreement')
      ? [no('its key usage allows no digital signature')]
      : []),
  ];
  if (wrong.length > 0) return wrong;
  return [
    {
      says: 'yes',
      what: 'purpose',
      text: isCa ? 'a CA certificate, used as a client certificate' : 'may authenticate a client',
    },
  ];
}

/** The rules on keys and signatures are those for CAs: the services name one set of algorithms for both. */
function keyReasons(leaf: Certificate, facts: Facts, now: Instant): readonly Reason[] {
  const about = new Set(['key-algorithm', 'signature-hash', 'unknown-critical-extension']);
  const found = checkCertificate(leaf, facts, now).filter(({ code }) => about.has(code));
  if (found.length === 0) return [{ says: 'yes', what: 'key', text: `${leaf.key.name} key` }];
  return found.map(({ message, unknown, severity }) => ({
    says: unknown || severity !== 'error' ? 'unknown' : 'no',
    what: 'key',
    text: message,
  }));
}

function depthReasons(path: readonly Certificate[], { limits, title }: Facts): readonly Reason[] {
  const max = limits.chainDepth?.max;
  if (max === undefined || path.length <= max) return [];
  return [{ says: 'no', what: 'limits', text: `${path.length} CAs in the chain; ${title} follows ${max}` }];
}

/** Every certificate of the chain below the anchor, against the lists, what left them, and the deny list. */
function revocationReasons(input: ExplainCase, path: readonly Certificate[]): readonly Reason[] {
  const { leaf, trust, revocationEnforced, facts } = input;
  const pairs = [leaf, ...path.slice(0, -1)].map((child, index) => ({ child, issuer: path[index] }));
  const found = pairs.flatMap(({ child, issuer }) =>
    issuer === undefined
      ? []
      : saysOf(child, issuer, trust.revocation, facts.capabilities.revocation !== 'list'),
  );
  const revoked = found.filter(({ says }) => says === 'no');
  if (revoked.length === 0) return [...found, ...staleReasons(input, path)];
  if (revocationEnforced) return revoked;
  return revoked.map(({ text, what }) => ({
    says: 'yes' as const,
    what,
    text: `${text}, but nothing refuses the revoked on this target`,
  }));
}

function saysOf(
  child: Certificate,
  issuer: Certificate,
  { lists, retained, denied }: RevocationSet,
  ownCheck: boolean,
): readonly Reason[] {
  const key = issuer.keySha256;
  // A service that checks lists itself has the complete one alone.
  const ours = lists.filter(
    ({ issuer: by, crl }) => by.keySha256 === key && (ownCheck || crl.scope === 'complete'),
  );
  const list = ours.find(({ crl }) => crl.scope !== 'delta');
  const no = (text: string): Reason => ({
    says: 'no',
    what: 'revocation',
    text: `${child.subject.text}: ${text}`,
  });
  if (mergeLists(ours).has(child.serial))
    return [no(`serial ${child.serial} stands in the list of ${issuer.subject.text}`)];
  if (ownCheck && retained.get(key)?.includes(child.serial))
    return [no(`serial ${child.serial} left the list of ${issuer.subject.text} and is still refused here`)];
  const entry = denied.find(({ caKey, serial }) => caKey === key && serial === child.serial);
  if (ownCheck && entry !== undefined) return [no(`on the deny list since ${entry.since} (${entry.why})`)];
  const yes =
    list === undefined
      ? `no list of ${issuer.subject.text} is known`
      : `not in the list of ${issuer.subject.text} of ${isoTime(list.crl.thisUpdate)}`;
  const deny =
    entry === undefined ? '' : '; the deny list has it, but this service follows only lists of the CA';
  return [{ says: 'yes', what: 'revocation', text: `${child.subject.text}: ${yes}${deny}` }];
}

/** A list past its end: refused after grace where Trustloom owns the check; elsewhere nobody has told. */
function staleReasons(
  { trust: { revocation }, facts, now }: ExplainCase,
  path: readonly Certificate[],
): readonly Reason[] {
  const keys = new Set(path.map(({ keySha256 }) => keySha256));
  return revocation.lists.flatMap(({ issuer, crl, expired }): readonly Reason[] => {
    if (!expired || !keys.has(issuer.keySha256) || crl.nextUpdate === undefined) return [];
    if (crl.scope === 'delta' || (crl.scope === 'partition' && facts.capabilities.revocation === 'list'))
      return [];
    const ended = `the list of ${issuer.subject.text} ended at ${isoTime(crl.nextUpdate)}`;
    if (facts.capabilities.revocation === 'list')
      return [
        {
          says: 'unknown',
          what: 'revocation',
          text: `${ended}; nobody has told what ${facts.title} does then`,
        },
      ];
    return crl.nextUpdate + revocation.graceMs < now
      ? [{ says: 'no', what: 'revocation', text: `${ended}, and the grace is over` }]
      : [{ says: 'yes', what: 'revocation', text: `${ended}; it is used while the grace lasts` }];
  });
}
