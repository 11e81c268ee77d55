import { type CertificateInfo, keyKind, verifySigned } from '../der/index.ts';
import { withinConstraints } from './name-constraints.ts';
import type { Store } from './store.ts';

/** How a data plane builds and judges chains. */
export interface PathRules {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Most CA certificates on a path, the anchor included. */
  readonly maxCas: number;
  /** Certificates past their notAfter pass; those before their notBefore never do. */
  readonly ignoreExpiry: boolean;
  /**
   * `any`: every certificate of the store ends a path, and certificates that the client sent may
   * bridge. `complete`: the path lies wholly in the store and ends in a self-signed certificate;
   * what was sent counts for nothing.
   */
  readonly anchors: 'any' | 'complete';
}

export type PathFailure =
  | 'untrusted'
  | 'self-signed'
  | 'too-long'
  | 'weak-signature'
  | 'not-yet-valid'
  | 'expired'
  | 'invalid'
  | 'purpose'
  | 'key-type';

export type PathResult =
  | {
      readonly ok: true;
      /** Leaf first, anchor last. */
      readonly path: readonly CertificateInfo[];
    }
  | { readonly ok: false; readonly why: PathFailure };

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** No service takes chains of this length; it only ends the search. */
const SEARCH_DEPTH = 12;

/**
 * Finds a path from a client's certificate to the store (RFC 5280 section 6). The first that holds
 * is taken; when none does, the failure is that of the first that was found.
 */
export function checkPath(
  leaf: CertificateInfo,
  sent: readonly CertificateInfo[],
  store: Store,
  rules: PathRules,
): PathResult {
  if (keyKind(leaf.spki).type === 'other') return { ok: false, why: 'key-type' };
  let first: PathFailure | undefined;
  for (const path of paths([leaf], sent, store, rules.anchors === 'complete')) {
    const why = judge(path, rules);
    if (!why) return { ok: true, path };
    first ??= why;
  }
  return { ok: false, why: first ?? (isSelfSigned(leaf) ? 'self-signed' : 'untrusted') };
}

/**
 * Whether one certificate's name, key identifier and signature say that the other one issued it.
 */
export function isIssuedBy(child: CertificateInfo, issuer: CertificateInfo): boolean {
  if (!Buffer.from(child.issuer.der).equals(issuer.subject.der)) return false;
  const { authorityKeyId: wanted } = child;
  if (wanted !== undefined && issuer.subjectKeyId !== undefined && wanted !== issuer.subjectKeyId)
    return false;
  return verifySigned(child, issuer.spki) === 'valid';
}

export const isSelfIssued = (one: CertificateInfo): boolean =>
  Buffer.from(one.issuer.der).equals(one.subject.der);

const isSelfSigned = (one: CertificateInfo): boolean =>
  isSelfIssued(one) && verifySigned(one, one.spki) === 'valid';

function* paths(
  path: readonly CertificateInfo[],
  sent: readonly CertificateInfo[],
  store: Store,
  complete: boolean,
): Generator<readonly CertificateInfo[]> {
  const last = path[path.length - 1];
  if (!last || path.length > SEARCH_DEPTH) return;
  if (path.length === 1 && store.has(last) && (!complete || isSelfSigned(last))) yield path;
  const fresh = (one: CertificateInfo) =>
    path.every((other) => other.sha256 !== one.sha256) && isIssuedBy(last, one);
  for (const candidate of store.named(last.issuer.der).filter(fresh)) {
    const longer = [...path, candidate];
    if (!complete || isSelfSigned(candidate)) yield longer;
    else yield* paths(longer, sent, store, complete);
  }
  if (complete) return;
  for (const candidate of sent.filter((one) => !store.has(one) && fresh(one)))
    yield* paths([...path, candidate], sent, store, complete);
}

function judge(path: readonly CertificateInfo[], rules: PathRules): PathFailure | undefined {
  const cas = path.slice(1);
  /**
   * The anchor is trusted as it is: nothing is asked of its signature, extensions and constraints.
   */
  const below = path.length === 1 ? path : path.slice(0, -1);
  if (cas.length > rules.maxCas) return 'too-long';
  if (below.some((one) => one.signatureAlgorithm.weak)) return 'weak-signature';
  if (path.some((one) => rules.now < one.notBefore)) return 'not-yet-valid';
  if (!rules.ignoreExpiry && path.some((one) => rules.now > one.notAfter)) return 'expired';
  if (!cas.every(mayIssue) || below.some((one) => one.unknownCritical.length > 0)) return 'invalid';
  if (!lengthsHold(path) || !namesHold(path)) return 'invalid';
  return below.every(forClients) && maySign(path[0]) ? undefined : 'purpose';
}

const mayIssue = (one: CertificateInfo) =>
  one.basicConstraints?.ca === true && (one.keyUsage?.has('keyCertSign') ?? true);

/** RFC 5280 section 6.1.4 (l, m): self-issued certificates do not count. */
const lengthsHold = (path: readonly CertificateInfo[]) =>
  path.slice(1, -1).every((ca, index) => {
    const limit = ca.basicConstraints?.pathLength;
    return (
      limit === undefined || path.slice(1, index + 1).filter((one) => !isSelfIssued(one)).length <= limit
    );
  });

/** RFC 5280 section 6.1.3 (b, c): self-issued certificates are exempt, but for the leaf. */
const namesHold = (path: readonly CertificateInfo[]) =>
  path.slice(1, -1).every((ca, index) => {
    const { nameConstraints } = ca;
    if (!nameConstraints) return true;
    return path
      .slice(0, index + 1)
      .every((one, at) => (at > 0 && isSelfIssued(one)) || withinConstraints(one, nameConstraints));
  });

const forClients = (one: CertificateInfo) => one.extendedKeyUsage?.includes(CLIENT_AUTH) ?? true;

const maySign = (leaf: CertificateInfo | undefined) =>
  !leaf?.keyUsage || leaf.keyUsage.has('digitalSignature') || leaf.keyUsage.has('keyAgreement');
