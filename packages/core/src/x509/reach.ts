import { X509Certificate as NodeCertificate } from 'node:crypto';
import { type Certificate, uniqueCertificates } from './certificate.ts';

/** How a service builds the chain from a leaf to what it trusts. */
export type ChainBuilding =
  /**
   * Any certificate of the store is an anchor; intermediates that the client sends may bridge to
   * it.
   */
  | 'any-anchor'
  /**
   * The chain must be complete inside the store, up to a self-signed root; what the client sends
   * bridges nothing.
   */
  | 'complete-in-store';

/** A CA whose clients are admitted, and the certificate of the store through which they do. */
export interface ReachedCa {
  readonly ca: Certificate;
  readonly via: Certificate;
  /** It stands in the store itself. */
  readonly direct: boolean;
}

const nodes = new WeakMap<Certificate, NodeCertificate>();
const verdicts = new WeakMap<Certificate, WeakMap<Certificate, boolean>>();

/**
 * Did `parent` issue `child`? By name, by key identifier where both have one, and by signature.
 * Each pair is verified once.
 */
export function isIssuedBy(child: Certificate, parent: Certificate): boolean {
  if (child.issuer.der !== parent.subject.der) return false;
  if (
    child.authorityKeyId !== undefined &&
    parent.subjectKeyId !== undefined &&
    child.authorityKeyId !== parent.subjectKeyId
  )
    return false;
  const known = verdicts.get(child) ?? new WeakMap<Certificate, boolean>();
  verdicts.set(child, known);
  const cached = known.get(parent);
  if (cached !== undefined) return cached;
  const verdict = signedBy(child, parent);
  known.set(parent, verdict);
  return verdict;
}

function signedBy(child: Certificate, parent: Certificate): boolean {
  try {
    return nodeOf(child).verify(nodeOf(parent).publicKey);
  } catch {
    return false; // a kind of key that this Node cannot use proves nothing
  }
}

function nodeOf(certificate: Certificate): NodeCertificate {
  const node = nodes.get(certificate) ?? new NodeCertificate(certificate.der);
  nodes.set(certificate, node);
  return node;
}

/**
 * Of the given CAs, those that issue client certificates: the ones that issued no other known CA. A
 * root above an issuing CA is not one of them; a root without anything below it is.
 */
export function issuingCas(
  cas: readonly Certificate[],
  known: readonly Certificate[],
): readonly Certificate[] {
  const all = uniqueCertificates([...cas, ...known]);
  const parents = new Set(
    cas
      .filter((ca) => all.some((child) => child.keySha256 !== ca.keySha256 && isIssuedBy(child, ca)))
      .map(({ keySha256 }) => keySha256),
  );
  return cas.filter(({ keySha256 }) => !parents.has(keySha256));
}

/**
 * Which CA keys get a client certificate in, when `anchors` stand in the store: computed as the
 * service builds chains. Keys, not certificates: a renewed certificate with the same key has the same reach.
 * Validity and path lengths are left aside, so reach never says less than is so.
 *
 * @param known every CA there is to think of; anchors count as known
 */
export function reach(input: {
  readonly anchors: readonly Certificate[];
  readonly known: readonly Certificate[];
  readonly chain: ChainBuilding;
}): readonly ReachedCa[] {
  const { anchors, known, chain } = input;
  return chain === 'any-anchor' ? reachFromAny(anchors, known) : reachInside(anchors);
}

function reachFromAny(anchors: readonly Certificate[], known: readonly Certificate[]): readonly ReachedCa[] {
  const reached = new Map<string, ReachedCa>();
  for (const ca of anchors)
    if (!reached.has(ca.keySha256)) reached.set(ca.keySha256, { ca, via: ca, direct: true });
  for (let grown = true; grown; ) {
    grown = false;
    for (const ca of known) {
      if (reached.has(ca.keySha256)) continue;
      // The issuer may be reached by any certificate with its key: an anchor itself or an
      // intermediate that the client sends.
      const parent = [...anchors, ...known].find(
        (candidate) => reached.has(candidate.keySha256) && isIssuedBy(ca, candidate),
      );
      const through = parent === undefined ? undefined : reached.get(parent.keySha256);
      if (through === undefined) continue;
      reached.set(ca.keySha256, { ca, via: through.via, direct: false });
      grown = true;
    }
  }
  return [...reached.values()];
}

/**
 * Only what stands in the store counts, and only if its chain inside the store ends in a
 * self-signed root.
 */
function reachInside(store: readonly Certificate[]): readonly ReachedCa[] {
  const complete = completeIn(store);
  const reached = new Map<string, ReachedCa>();
  for (const ca of store)
    if (complete.has(ca.sha256) && !reached.has(ca.keySha256))
      reached.set(ca.keySha256, { ca, via: ca, direct: true });
  return [...reached.values()];
}

/**
 * Fingerprints of the CAs whose chain ends in a self-signed root of the store. Grown downwards from
 * the roots: walking up from each CA takes exponential time where CAs cross-signed each other.
 */
function completeIn(store: readonly Certificate[]): ReadonlySet<string> {
  const complete = new Set<string>();
  let newest = store.filter(({ selfSigned }) => selfSigned);
  let open = store.filter(({ selfSigned }) => !selfSigned);
  while (newest.length > 0) {
    for (const { sha256 } of newest) complete.add(sha256);
    const parents = newest;
    newest = open.filter((ca) => parents.some((parent) => isIssuedBy(ca, parent)));
    const found = new Set(newest);
    open = open.filter((ca) => !found.has(ca));
  }
  return complete;
}

/**
 * CAs whose chain inside the given set does not end in a self-signed root; with the name of the
 * issuer that is missing.
 */
export function incompleteChains(
  cas: readonly Certificate[],
): readonly { readonly ca: Certificate; readonly missingIssuer: string }[] {
  const complete = completeIn(cas);
  return cas
    .filter(({ sha256 }) => !complete.has(sha256))
    .map((ca) => ({ ca, missingIssuer: topOf(ca, cas).issuer.text }));
}

/** The last CA on one way up; where CAs issued each other in a circle, the one before it closes. */
function topOf(ca: Certificate, cas: readonly Certificate[]): Certificate {
  const seen = new Set([ca.sha256]);
  let top = ca;
  for (let parent: Certificate | undefined = ca; parent !== undefined; ) {
    top = parent;
    const below: Certificate = parent;
    parent = cas.find((candidate) => !seen.has(candidate.sha256) && isIssuedBy(below, candidate));
    if (parent !== undefined) seen.add(parent.sha256);
  }
  return top;
}
