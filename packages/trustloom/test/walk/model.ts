import type { WalkCa, WalkClient } from './cas.ts';
import { kindOfSite, type SiteKey } from './target.ts';
import { claimedNow, type World } from './world.ts';

/** What a client ought to be at a site. */
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

/** What a client ought to be at a site, by the definition, the lock, CRLs and the deny list. */
export function standingOf(world: World, site: SiteKey, client: WalkClient): Standing {
  const claim = world.claims.get(site);
  if (claim === undefined || claim.gone) return standing('unclear', 'nobody claims the site');
  const { ca, name } = client;
  if (ca === undefined) return standing('untrusted', 'a foreign');
  const { target } = claim;
  const isLeaving = claimedNow(world, site) === undefined;
  const reachable = ca.root !== undefined && target.trust.includes(ca.group);
  if (!target.trust.includes(ca.group)) return standing('untrusted', `of group ${ca.group}`);
  const { memory } = world;
  // Whoever is below an accepted root is reached through it, whatever the lock says of the CA.
  if (ca.lock !== 'trusted' && reachable) return standing('unclear', 'below an accepted root');
  if (ca.lock === 'unknown') return standing('untrusted', 'of a CA that is not accepted');
  if (ca.withdrawn) return standing('unclear', 'its CRL was withdrawn');
  if (isListed(ca, name, seenCrls(ca, world.clock.now()))) {
    const certain = isListed(ca, name, memory.hurt ? 0 : ca.accepted);
    return standing('revoked', 'listed by its CA', certain || (ca.served === 'newest' && ca.ahead === 0));
  }
  if (ca.revokedItself) return standing('revoked', 'its CA is revoked', false);
  if (isListed(ca, name, ca.crls.length)) return standing('unclear', 'listed, and nobody could know');
  const denial = world.denials.get(name);
  const isOwned = ['cloudfront', 'apiGateway'].includes(kindOfSite(site));
  if (denial === 'denied')
    return isOwned
      ? standing('revoked', 'on the deny list', !memory.hurt)
      : standing('unclear', 'on the deny list');
  if (denial === 'unclear' || (denial === 'released' && memory.hurt))
    return standing('unclear', 'was on the deny list');
  if (ca.lock === 'retired') return standing('untrusted', 'of a retired CA', false);
  if (ca.gone) return standing('untrusted', 'of a CA that was retired, without its consent', false);
  if (seenCrls(ca, world.clock.now()) === 0) return standing('unclear', 'no CRL of its CA was ever read');
  return standing('good', isLeaving ? 'good, and the target is leaving' : 'good');
}

/** Whether the definition wants clients to be checked at a site in full. */
export function isEnforced(world: World, site: SiteKey): boolean {
  const now = claimedNow(world, site);
  if (now === undefined) return false;
  const [, { mode, noAuthorizer }] = now;
  return mode === undefined && noAuthorizer === undefined;
}

/** Everybody at every site that was ever claimed. */
export type Standings = ReadonlyMap<string, Standing>;

export const at = (site: SiteKey, client: WalkClient) => `${site} ${client.name}`;

/** What everybody ought to be now. */
export function standings(world: World): Standings {
  const all = [...world.claims.keys()].flatMap((site) =>
    world.clients.map((client) => [at(site, client), standingOf(world, site, client)] as const),
  );
  return new Map(all);
}

/** Who was admitted where. */
export type Knocks = ReadonlyMap<string, boolean>;

/** The local AWS takes 5 ms on its clock until a change is in effect. */
const settledMs = 20;

/** Everybody knocks at these sites. */
export async function knockAll(world: World, sites: readonly SiteKey[]): Promise<Knocks> {
  world.clock.advance(settledMs);
  const all = await Promise.all(
    sites.flatMap((site) =>
      world.clients.map(
        async (client) => [at(site, client), await world.sites[site].admits(client.leaf)] as const,
      ),
    ),
  );
  return new Map(all);
}
