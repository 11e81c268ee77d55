import type { Certificate } from '../x509/certificate.ts';
import type { ChainBuilding } from '../x509/reach.ts';
import { isIssuedBy } from '../x509/reach.ts';

/**
 * Ways are looked for up to here: CAs that cross-signed each other have more than anybody can
 * count.
 */
const mostWays = 50;

/**
 * Every way from a client certificate to what a target trusts, as the service builds chains, the
 * shortest first: issuing CA first, anchor last. Any certificate of the store ends it, and what the
 * client sends may bridge; or every link stands in the store, up to a self-signed root.
 *
 * @param sent what the client may send besides its own certificate
 * @param longest no longer ways than this
 */
export function clientChains(
  leaf: Certificate,
  store: readonly Certificate[],
  { sent, building, longest }: { sent: readonly Certificate[]; building: ChainBuilding; longest: number },
): readonly (readonly Certificate[])[] {
  const anchors = new Set(store.map(({ sha256 }) => sha256));
  const links = building === 'any-anchor' ? uniqueCas([...store, ...sent]) : store;
  const ends = (ca: Certificate) => anchors.has(ca.sha256) && (building === 'any-anchor' || ca.selfSigned);
  const found: (readonly Certificate[])[] = [];
  let ways: readonly (readonly Certificate[])[] = [[]];
  for (let length = 1; length <= longest && ways.length > 0 && found.length < mostWays; length += 1) {
    const longer = ways.flatMap((way) => {
      const child = way.at(-1) ?? leaf;
      return links.filter((ca) => !way.includes(ca) && isIssuedBy(child, ca)).map((ca) => [...way, ca]);
    });
    const ended = (way: readonly Certificate[]) => way.slice(-1).some(ends);
    found.push(...longer.filter(ended));
    ways = longer.filter((way) => !ended(way)).slice(0, mostWays);
  }
  return found.slice(0, mostWays);
}

function uniqueCas(cas: readonly Certificate[]): readonly Certificate[] {
  return [...new Map(cas.map((ca) => [ca.sha256, ca])).values()];
}
