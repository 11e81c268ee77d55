import type { WalkCa, WalkClient } from './cas.ts';
import { claimedNow, type Estate } from './estate.ts';
import { kindOfPlace, type PlaceKey } from './places.ts';

/** What a client ought to be at a place. */
export interface Standing {
  /** `unclear`: either answer is right. */
  readonly is: 'good' | 'revoked' | 'untrusted' | 'unclear';
  /** Trustloom must know it: reports are judged by it. */
  readonly sure: boolean;
  /** For people. */
  readonly why: string;
}

const standing = (is: Standing['is'], why: string, sure = true): Standing => ({ is, sure, why });

/** How many of its CRLs a run takes into account that reads the sources now. */
export function seenCrls(ca: WalkCa, now: number): number {
  const count = ca.served === 'newest' ? ca.crls.length : ca.served === 'older' ? ca.crls.length - 1 : 0;
  // Once one has begun that was dated ahead, an honest one from before that is older.
  const isBuried = (ca.crls[count - 1]?.thisUpdate ?? 0) <= ca.ahead && now > ca.ahead - 60_000;
  return isBuried ? ca.accepted : Math.max(ca.accepted, count);
}

const isListed = (ca: WalkCa, name: string, crls: number) =>
  ca.crls.slice(0, crls).some(({ names }) => names.has(name));

/** What a client ought to be at a place, by the definition, the lock, CRLs and the deny list. */
export function standingOf(estate: Estate, place: PlaceKey, client: WalkClient): Standing {
  const claim = estate.claims.get(place);
  if (claim === undefined || claim.gone) return standing('unclear', 'nobody claims the place');
  const { ca, name } = client;
  if (ca === undefined) return standing('untrusted', 'a stranger');
  const { target } = claim;
  const isLeaving = claimedNow(estate, place) === undefined;
  const reachable = ca.root !== undefined && target.trust.includes(ca.group);
  if (!target.trust.includes(ca.group)) return standing('untrusted', `of group ${ca.group}`);
  const { memory } = estate;
  // Whoever is below an accepted root is reached through it, whatever the lock says of the CA.
  if (ca.lock !== 'trusted' && reachable) return standing('unclear', 'below an accepted root');
  if (ca.lock === 'unknown') return standing('untrusted', 'of a CA that is not accepted');
  if (ca.withdrawn) return standing('unclear', 'its CRL was withdrawn');
  if (isListed(ca, name, seenCrls(ca, estate.clock.now()))) {
    const certain = isListed(ca, name, memory.hurt ? 0 : ca.accepted);
    return standing('revoked', 'listed by its CA', certain || (ca.served === 'newest' && ca.ahead === 0));
  }
  if (ca.revokedItself) return standing('revoked', 'its CA is revoked', false);
  if (isListed(ca, name, ca.crls.length)) return standing('unclear', 'listed, and nobody could know');
  const denial = estate.denials.get(name);
  const isOurs = ['cloudfront', 'apiGateway'].includes(kindOfPlace(place));
  if (denial === 'denied')
    return isOurs
      ? standing('revoked', 'on the deny list', !memory.hurt)
      : standing('unclear', 'on the deny list');
  if (denial === 'unclear' || (denial === 'released' && memory.hurt))
    return standing('unclear', 'was on the deny list');
  if (ca.lock === 'retired') return standing('untrusted', 'of a retired CA', false);
  if (ca.gone) return standing('untrusted', 'of a CA that was retired, without its consent', false);
  if (seenCrls(ca, estate.clock.now()) === 0) return standing('unclear', 'no CRL of its CA was ever read');
  return standing('good', isLeaving ? 'good, and the target is leaving' : 'good');
}

/** Whether the definition wants clients to be checked at a place in full. */
export function isEnforced(estate: Estate, place: PlaceKey): boolean {
  const now = claimedNow(estate, place);
  if (now === undefined) return false;
  const [, { mode, noAuthorizer }] = now;
  return mode === undefined && noAuthorizer === undefined;
}

/** Everybody at every place that was ever claimed. */
export type Standings = ReadonlyMap<string, Standing>;

export const at = (place: PlaceKey, client: WalkClient) => `${place} ${client.name}`;

/** What everybody ought to be now. */
export function standings(estate: Estate): Standings {
  const all = [...estate.claims.keys()].flatMap((place) =>
    estate.clients.map((client) => [at(place, client), standingOf(estate, place, client)] as const),
  );
  return new Map(all);
}

/** Who was admitted where. */
export type Knocks = ReadonlyMap<string, boolean>;

/** The local AWS takes 5 ms on its clock until a change is in effect. */
const settledMs = 20;

/** Everybody knocks at these places. */
export async function knockAll(estate: Estate, places: readonly PlaceKey[]): Promise<Knocks> {
  estate.clock.advance(settledMs);
  const all = await Promise.all(
    places.flatMap((place) =>
      estate.clients.map(
        async (client) => [at(place, client), await estate.places[place].admits(client.leaf)] as const,
      ),
    ),
  );
  return new Map(all);
}
