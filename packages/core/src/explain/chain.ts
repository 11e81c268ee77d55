import type { ChainBuilding } from '../adapter/facts.ts';
import type { Certificate } from '../bundle/certificate.ts';
import { isIssuedBy } from '../bundle/reach.ts';

/** A way from a client certificate to what a target trusts: issuing CA first, anchor last. */
export interface ClientChain {
  readonly cas: readonly Certificate[];
  readonly anchor: Certificate;
}

/**
 * The shortest chain as the service builds it: any certificate of the store ends it, and what the client sends may bridge; or every link
 * stands in the store, up to a self-signed root. Breadth first, each CA once, so that CAs that cross-signed each other end it too.
 *
 * @param sent what the client may send besides its own certificate
 */
export function clientChain(
  leaf: Certificate,
  store: readonly Certificate[],
  sent: readonly Certificate[],
  building: ChainBuilding,
): ClientChain | undefined {
  const anchors = new Set(store.map(({ sha256 }) => sha256));
  const links = building === 'any-anchor' ? [...store, ...sent] : store;
  const ends = (ca: Certificate) =>
    building === 'any-anchor' ? anchors.has(ca.sha256) : ca.selfSigned && anchors.has(ca.sha256);
  const seen = new Set<string>();
  let ways: readonly (readonly Certificate[])[] = [[]];
  while (ways.length > 0) {
    const longer: (readonly Certificate[])[] = [];
    for (const way of ways) {
      const child = way.at(-1) ?? leaf;
      for (const ca of links) {
        if (seen.has(ca.sha256) || !isIssuedBy(child, ca)) continue;
        seen.add(ca.sha256);
        const cas = [...way, ca];
        if (ends(ca)) return { cas, anchor: ca };
        longer.push(cas);
      }
    }
    ways = longer;
  }
  return undefined;
}
