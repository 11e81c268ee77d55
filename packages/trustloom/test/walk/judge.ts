import type { Outcome } from './commands.ts';
import { at, isEnforced, type Knocks, type Standing, type Standings } from './model.ts';
import type { SiteKey } from './target.ts';
import { claimedNow, type World } from './world.ts';

/** Something that must never happen, and did. */
export interface Breach {
  readonly rule: string;
  /** Of a client: its name; those of one text are reported together. */
  readonly who?: string;
  readonly text: string;
}

/** Everybody before a command, and what everybody ought to be before and after it. */
export interface Frame {
  readonly knocks: Knocks;
  readonly before: Standings;
  readonly after: Standings;
  /** Consents are known once the command has asked for them. */
  readonly allow: () => readonly string[];
}

const everyPair = (world: World, sites: readonly SiteKey[]) =>
  sites.flatMap((site) => world.clients.map((client) => ({ site, client, key: at(site, client) })));

/** Breaches that differ by the client alone, as one. */
export function together(breaches: readonly Breach[]): readonly Breach[] {
  const byText = new Map<string, { readonly rule: string; readonly who: string[]; readonly text: string }>();
  for (const { rule, who, text } of breaches) {
    const one = byText.get(`${rule} ${text}`) ?? { rule, who: [], text };
    byText.set(`${rule} ${text}`, one);
    if (who !== undefined && !one.who.includes(who)) one.who.push(who);
  }
  return [...byText.values()].map(({ rule, who, text }) => ({
    rule,
    text: [who.join(', '), text].filter(Boolean).join(' '),
  }));
}

/** What the clients that knocked just now say of the rules about who stays in and who stays out. */
export function judgeKnocks(
  world: World,
  frame: Frame,
  knocks: Knocks,
  sites: readonly SiteKey[],
  when: string,
): readonly Breach[] {
  return everyPair(world, sites).flatMap(({ site, client, key }): readonly Breach[] => {
    const [was, is] = [frame.knocks.get(key), knocks.get(key)];
    const [before, after] = [frame.before.get(key), frame.after.get(key)];
    if (was === undefined || is === undefined || was === is || !before || !after) return [];
    const who = client.name;
    const here = `(${after.why}) at ${siteText(world, site)}`;
    const consent = consentFor(frame.allow(), world, site, client);
    if (isBad(before) && isBad(after) && is && !consent.admits) {
      if (!wasKeptOut(world, frame, site, after)) return [];
      return [
        {
          rule: 'whoever is not good stays refused',
          who,
          text: `${here} was refused and is admitted ${when}`,
        },
      ];
    }
    if (before.is === 'good' && after.is === 'good' && !is && !consent.refuses)
      return [
        { rule: 'whoever is good stays admitted', who, text: `${here} was admitted and is refused ${when}` },
      ];
    return [];
  });
}

const isBad = ({ is }: Standing) => is === 'revoked' || is === 'untrusted';

/**
 * After the memory was hurt it may be unknown who is revoked: then only those
 * count who were kept out where others of their CA were admitted.
 */
function wasKeptOut({ memory, clients }: World, { knocks }: Frame, site: SiteKey, after: Standing): boolean {
  if (!memory.hurt || after.is !== 'revoked') return true;
  return clients.some((client) => knocks.get(at(site, client)) === true);
}

/** What the consents that were given allow at a site, for a client. */
function consentFor(
  allow: readonly string[],
  world: World,
  site: SiteKey,
  client: World['clients'][number],
): { readonly admits: boolean; readonly refuses: boolean } {
  const claim = world.claims.get(site);
  const isLeaving = claimedNow(world, site) === undefined;
  let [admits, refuses] = [false, false];
  for (const consent of allow) {
    const [effect = '', about = ''] = consent.split(/:(.*)/s);
    const isDigest = /^[0-9a-f]{64}$/.test(about);
    const name = about.replace(/@.*/, '');
    const isHere = isLeaving ? (claim?.names.includes(name) ?? false) : claim?.name === about;
    const ofCa = client.ca?.ca.sha256 === about || client.ca?.root?.sha256 === about;
    const ofCrl = client.ca?.crls.some(({ crl }) => crl.sha256 === about) ?? false;
    if (effect === 'remove' && !isDigest && isHere) [admits, refuses] = [true, true];
    if (effect === 'remove' && ofCa) refuses = true;
    // What leaves is detached by it: a check of somebody's own then sees no certificate.
    if (effect === 'relax' && isHere) [admits, refuses] = [true, isLeaving || refuses];
    if (effect === 'readmit' && (ofCrl || isHere || !isDigest)) admits = true;
    if (effect === 'grant' && ofCa) admits = true;
    if (effect === 'unlisted' && ofCa) admits = true;
  }
  return { admits, refuses };
}

/** Whether what a command said is what clients see. */
export function judgeReport(
  world: World,
  { what, exitCode, now, targets, codes, killed, error, crash }: Outcome,
  standings: Standings,
  knocks: Knocks,
): readonly Breach[] {
  if (crash !== undefined) return [{ rule: 'every end is an error of ours', text: `${what}: ${crash}` }];
  if (killed || error !== undefined) return [];
  const breaches: Breach[] = [];
  const judged = ['refresh', 'apply', 'status'].includes(what);
  const saysWell = judged && exitCode === 0;
  const failed = new Set(
    targets.filter(({ state }) => ['failed', 'not-compared'].includes(state)).map(({ name }) => name),
  );
  for (const { site, client, key } of everyPair(world, [...world.claims.keys()])) {
    const claimed = claimedNow(world, site);
    const claim = world.claims.get(site);
    const standing = standings.get(key);
    const isIn = knocks.get(key);
    if (claimed === undefined || claim === undefined || standing === undefined || isIn === undefined)
      continue;
    if (!isEnforced(world, site) || !standing.sure) continue;
    const [name] = claimed;
    const who = client.name;
    const here = `(${standing.why}) at ${siteText(world, site)}`;
    const isBadIn = isIn && isBad(standing);
    if (isBadIn && saysWell && (what !== 'refresh' || standing.is === 'revoked'))
      breaches.push({
        rule: 'exit 0 is what clients see',
        who,
        text: `${here} is admitted, and ${what} exits 0`,
      });
    const isLooked = targets.some((one) => one.name === name) && !failed.has(name);
    const said = now?.exposure.some(({ kind, text }) => kind !== 'bypass' && isAbout(text, claim.names));
    if (isBadIn && isLooked && said === false && what !== 'state rebuild')
      breaches.push({
        rule: 'exposure is what clients see',
        who,
        text: `${here} is admitted, and ${what} says nothing of it`,
      });
    const saysLockout = now?.lockout.some((text) => isAbout(text, claim.names)) ?? true;
    if (standing.is === 'good' && !isIn && saysWell && what !== 'refresh' && !saysLockout)
      breaches.push({
        rule: 'exit 0 is what clients see',
        who,
        text: `${here} is refused, and ${what} exits 0`,
      });
  }
  const { memory } = world;
  const isOwned = Object.values(world.targets).some(({ site }) => memory.applied.has(site));
  const mustSay = ['plan', 'refresh', 'apply', 'status', 'revoke'].includes(what);
  if (memory.lost && isOwned && mustSay && !codes.includes('state-lost'))
    breaches.push({
      rule: 'nothing hides a lost state',
      text: `the state is lost, and ${what} ends with exit ${exitCode ?? 'none'} and the codes ${codes.join(', ') || 'none'}`,
    });
  return breaches;
}

/** A site may be spoken of by what it was called before: `jobs@eu-west-1`, on its way out. */
const isAbout = (text: string, names: readonly string[]) =>
  names.some((name) => text.startsWith(`${name}: `) || text.startsWith(`${name}@`));

function siteText(world: World, site: SiteKey): string {
  const claim = world.claims.get(site);
  return claim === undefined ? site : `${claim.name} (${site}${claimedNow(world, site) ? '' : ', left'})`;
}
