import { caName } from '../kit/ca-words.ts';
import { type Certificate, uniqueCertificates } from '../x509/certificate.ts';
import { type ChainBuilding, isIssuedBy } from '../x509/reach.ts';
import { type ExplainCase, pathReasons, type Reason } from './path-reasons.ts';
import { revocationReasons } from './revocation-reasons.ts';

/** What would become of a client at one target. */
export interface Explanation {
  readonly target: string;
  readonly service: string;
  readonly verdict: 'admitted' | 'refused' | 'unknown';
  /** The CAs on the way to what is trusted there, issuing CA first; empty when there is none. */
  readonly chain: readonly string[];
  readonly reasons: readonly Reason[];
}

/** No service follows chains of this length; it only ends the search. */
const longestChain = 8;

/**
 * Would this client be admitted? Offline: from the definition, the lock and the CRLs alone, with every
 * chain built as the service builds it; the first that nothing speaks against is shown, else the
 * first. Pure. Whoever trusts the answer should probe as well: what a target holds may differ from
 * its definition.
 */
export function explainTarget(input: ExplainCase): Explanation {
  const { leaf, target, info, trust, anchors, sent = [] } = input;
  const { chain: building } = info.capabilities;
  const chains = clientChains(leaf, anchors, {
    sent: [...trust.known, ...sent],
    building,
    longest: longestChain,
  });
  const judged = (chains.length === 0 ? [[]] : chains).map((path) => judge(input, path));
  const rank = { admitted: 0, unknown: 1, refused: 2 } as const;
  const [best] = [...judged].sort((a, b) => rank[a.verdict] - rank[b.verdict]);
  return { target, service: info.service, ...(best ?? judge(input, [])) };
}

function judge(
  input: ExplainCase,
  path: readonly Certificate[],
): Pick<Explanation, 'verdict' | 'chain' | 'reasons'> {
  const reasons: readonly Reason[] = [
    chainReason(path, input),
    ...pathReasons(input, path),
    ...revocationReasons(input, path),
  ];
  const says = new Set(reasons.map((reason) => reason.says));
  return {
    verdict: says.has('no') ? 'refused' : says.has('unknown') ? 'unknown' : 'admitted',
    chain: path.map(caName),
    reasons,
  };
}

function chainReason(
  path: readonly Certificate[],
  { leaf, info: { capabilities, title }, anchors }: ExplainCase,
): Reason {
  const [issuing] = path;
  const anchor = path.at(-1);
  if (issuing === undefined || anchor === undefined) {
    const rule =
      capabilities.chain === 'any-anchor'
        ? 'no CA that is trusted here issued it, directly or through a CA that is known'
        : `${title} wants the whole chain in its truststore, up to a self-signed root, and it is not there`;
    return { says: 'no', what: 'chain', text: `${rule} (issuer ${leaf.issuer.text})` };
  }
  const stands = new Set(anchors.map(({ sha256 }) => sha256));
  const bridges = path.filter(({ sha256 }) => !stands.has(sha256)).map(caName);
  const sent = bridges.length === 0 ? '' : `; the client has to send ${bridges.join(', ')}`;
  return {
    says: 'yes',
    what: 'chain',
    text: `issued by ${caName(issuing)}, and ${caName(anchor)} is trusted here${sent}`,
  };
}

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
  const links = building === 'any-anchor' ? uniqueCertificates([...store, ...sent]) : store;
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
