import type { ServiceInfo } from '../adapter/service-info.ts';
import type { Trust } from '../adapter/target.ts';
import { caName } from '../kit/ca-words.ts';
import { keyAlgorithm, strongHashes } from '../preflight/certificate-rules.ts';
import { checkCertificate } from '../preflight/index.ts';
import { type Instant, isoTime } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';

/** One thing that was looked at. */
export interface Reason {
  /** `no`: this alone refuses the client. `unknown`: it is not documented what the service does. */
  readonly says: 'yes' | 'no' | 'unknown';
  readonly what: 'chain' | 'validity' | 'purpose' | 'key' | 'limits' | 'revocation';
  readonly text: string;
}

const clientAuth = '1.3.6.1.5.5.7.3.2';

/** What `explainTarget` is given about one target. */
export interface ExplainCase {
  readonly leaf: Certificate;
  /** What the client is known to send besides; of the known CAs it may send any. */
  readonly sent?: readonly Certificate[];
  readonly target: string;
  readonly info: ServiceInfo;
  readonly trust: Trust;
  /** What stands in the store, as rendered. */
  readonly anchors: readonly Certificate[];
  readonly ignoresExpiry: boolean;
  /** True where the revoked are refused: by the service itself, which checks CRLs, or by our check. */
  readonly revocationEnforced: boolean;
  readonly now: Instant;
}

/**
 * Validity, purpose, keys and lengths of one way from a client to its anchor, rule by rule (RFC
 * 5280, 6.1, and what the service adds).
 */
export function pathReasons(input: ExplainCase, path: readonly Certificate[]): readonly Reason[] {
  return [
    ...validityReasons(input, path),
    ...purposeReasons(input, path),
    ...keyReasons(input, path),
    ...lengthReasons(input, path),
  ];
}

function validityReasons(
  { leaf, ignoresExpiry, now }: ExplainCase,
  path: readonly Certificate[],
): readonly Reason[] {
  const all = [leaf, ...path];
  const early = all.find(({ notBefore }) => notBefore > now);
  const late = all.find(({ notAfter }) => notAfter < now);
  const say = (says: Reason['says'], text: string): readonly Reason[] => [{ says, what: 'validity', text }];
  if (early !== undefined)
    return say('no', `${nameOf(early)} is not valid before ${isoTime(early.notBefore)}`);
  if (late === undefined) return say('yes', `valid until ${isoTime(leaf.notAfter)}`);
  const ended = `${nameOf(late)} ended at ${isoTime(late.notAfter)}`;
  return ignoresExpiry ? say('yes', `${ended}, which the target ignores`) : say('no', ended);
}

function purposeReasons({ leaf, info }: ExplainCase, path: readonly Certificate[]): readonly Reason[] {
  const { keyUsage } = leaf;
  const below = belowAnchor(leaf, path);
  const strict = info.capabilities.strictLeaf === true;
  const signs = strict ? ['digitalSignature'] : ['digitalSignature', 'keyAgreement'];
  const wrong: readonly string[] = [
    ...below
      .filter(({ extendedKeyUsage: uses }) => uses !== undefined && !uses.includes(clientAuth))
      .map((one) => `the extended key usage of ${nameOf(one)} does not allow client authentication`),
    ...(keyUsage === undefined
      ? strict
        ? [`${info.title} wants a key usage with digitalSignature, and it has none`]
        : []
      : keyUsage.some((use) => signs.includes(use))
        ? []
        : ['its key usage allows no digital signature']),
    ...(strict && (leaf.isCa || leaf.version !== 3 || leaf.subject.text === '')
      ? [`${info.title} wants a client certificate of version 3 that is no CA and names its subject`]
      : []),
    ...path
      .filter((ca) => !ca.isCa || ca.keyUsage?.includes('keyCertSign') === false)
      .map((ca) => `${nameOf(ca)} may not issue certificates`),
  ];
  if (wrong.length > 0) return wrong.map((text) => ({ says: 'no', what: 'purpose', text }));
  const text = leaf.isCa ? 'a CA certificate, used as a client certificate' : 'may authenticate a client';
  return [{ says: 'yes', what: 'purpose', text }];
}

function keyReasons({ leaf, info, now }: ExplainCase, path: readonly Certificate[]): readonly Reason[] {
  const below = belowAnchor(leaf, path);
  const say = (says: Reason['says'], text: string): Reason => ({ says, what: 'key', text });
  const weak = below.filter(
    ({ signature }) => signature.hash !== undefined && !strongHashes.includes(signature.hash),
  );
  const reasons = [
    ...weak.map((one) =>
      say('no', `${nameOf(one)} is signed with ${one.signature.name}; SHA-256 or stronger is needed`),
    ),
    // What the services take is documented for CAs; an odd size of a client's key may pass, a kind
    // of key that they do not know may not.
    ...checkCertificate(leaf, info, now, [keyAlgorithm]).map(({ message, unknown }) =>
      say(leaf.key.kind === 'other' && !unknown ? 'no' : 'unknown', message),
    ),
    ...below
      .filter(({ unknownCritical }) => unknownCritical.length > 0)
      .map((one) =>
        say(
          'unknown',
          `${nameOf(one)} has critical extensions that may not be understood: ${one.unknownCritical.join(', ')}`,
        ),
      ),
  ];
  return reasons.length > 0 ? reasons : [say('yes', `${leaf.key.name} key`)];
}

function lengthReasons(
  { info: { limits, title } }: ExplainCase,
  path: readonly Certificate[],
): readonly Reason[] {
  const max = limits.chainDepth?.max;
  const no = (text: string): Reason => ({ says: 'no', what: 'limits', text });
  // RFC 5280, 6.1.4 (l) and (m): CAs between a CA and the leaf, without those that renewed
  // themselves; the anchor is trusted as it is.
  const tooLong = path.slice(0, -1).filter((ca, index) => {
    const between = path.slice(0, index).filter(({ subject, issuer }) => subject.der !== issuer.der);
    return ca.pathLength !== undefined && between.length > ca.pathLength;
  });
  return [
    ...(max === undefined || path.length <= max
      ? []
      : [no(`${path.length} CAs in the chain; ${title} follows ${max}`)]),
    ...tooLong.map((ca) => no(`${caName(ca)} allows ${ca.pathLength} CAs below it, and there are more`)),
  ];
}

/** A certificate for people: a CA by its name and digest, a client by its subject. */
export function nameOf(certificate: Certificate): string {
  return certificate.isCa ? caName(certificate) : certificate.subject.text;
}

/**
 * The leaf and the CAs between it and the anchor: nothing is asked of the anchor itself but its
 * dates.
 */
function belowAnchor(leaf: Certificate, path: readonly Certificate[]): readonly Certificate[] {
  return [leaf, ...path.slice(0, -1)];
}
