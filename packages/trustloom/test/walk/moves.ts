import { foreignHand } from './by-hand.ts';
import { issueCrl, type Served } from './cas.ts';
import { changeLock } from './commands.ts';
import { pickBy } from './dice.ts';
import { stateMoves } from './state-moves.ts';
import type { GroupName, WalkTarget } from './target.ts';
import { kindOfSite, type SiteKey, siteKeys } from './target.ts';
import { claim, keepLock, type Move, restoreLock, type World } from './world.ts';

/** Changes the world; says how, or nothing where there was nothing to change. */

const minute = 60_000;
const names = ['web', 'cdn', 'edge', 'lb', 'api', 'rest', 'jobs', 'batch', 'north', 'south'];

function pickTarget({ targets }: World, at = 0): readonly [string, WalkTarget] | undefined {
  const all = Object.entries(targets);
  return all.length === 0 ? undefined : pickBy(all, at);
}

const without = (targets: World['targets'], name: string) =>
  Object.fromEntries(Object.entries(targets).filter(([one]) => one !== name));

function freeSites({ targets }: World): readonly SiteKey[] {
  const taken = Object.values(targets).map(({ site }) => site);
  return siteKeys.filter((site) => !taken.includes(site));
}

/** Puts a changed definition in site. */
function define(world: World, targets: World['targets']): void {
  world.targets = targets;
  claim(world);
}

function change(world: World, name: string, more: Partial<WalkTarget>): void {
  const target = world.targets[name];
  if (target !== undefined) define(world, { ...world.targets, [name]: { ...target, ...more } });
}

const targetMoves: Readonly<Record<string, Move>> = {
  async 'rename a target'(world, [which = 0, to = 0, was = 0]) {
    const found = pickTarget(world, which);
    if (found === undefined || world.memory.hurt) return undefined;
    const [name, { was: _was, ...target }] = found;
    world.memory.renamed = true;
    const next = pickBy(
      names.filter((one) => world.targets[one] === undefined),
      to,
    );
    const saysWas = kindOfSite(target.site) === 'rolesAnywhere' && was < 0.6;
    define(world, {
      ...without(world.targets, name),
      [next]: { ...target, ...(saysWas ? { was: name } : {}) },
    });
    return `${name} -> ${next}${saysWas ? ` (was: ${name})` : ''}`;
  },
  async 'swap the names of two targets'(world, [which = 0, other = 0]) {
    const one = pickTarget(world, which);
    if (one === undefined || world.memory.hurt) return undefined;
    world.memory.renamed = true;
    const rest = without(world.targets, one[0]);
    const two = pickTarget({ ...world, targets: rest }, other);
    if (two === undefined) return undefined;
    define(world, { ...without(rest, two[0]), [one[0]]: two[1], [two[0]]: one[1] });
    return `${one[0]} <-> ${two[0]}`;
  },
  async 'move Roles Anywhere to the other region'(world) {
    if (world.memory.hurt) return undefined;
    world.memory.renamed = true;
    const found = Object.entries(world.targets).find(([, { site }]) => site.startsWith('ra'));
    const [to] = freeSites(world).filter((site) => site.startsWith('ra'));
    if (found === undefined || to === undefined) return undefined;
    const [name] = found;
    change(world, name, { site: to });
    return `${name}: ${found[1].site} -> ${to}`;
  },
  async 'change the kind of a target'(world, [which = 0, to = 0]) {
    const found = pickTarget(world, which);
    if (found === undefined || world.memory.hurt) return undefined;
    world.memory.renamed = true;
    const [name, { site, trust }] = found;
    const others = freeSites(world).filter((one) => kindOfSite(one) !== kindOfSite(site));
    const next = pickBy(others, to);
    define(world, { ...world.targets, [name]: { site: next, trust } });
    return `${name}: ${site} -> ${next}`;
  },
  async 'remove a target'(world, [which = 0]) {
    const found = pickTarget(world, which);
    if (found === undefined || Object.keys(world.targets).length < 2) return undefined;
    world.removed = [...world.removed, found];
    define(world, without(world.targets, found[0]));
    return found[0];
  },
  async 'bring a target back'(world) {
    const last = world.removed.at(-1);
    if (last === undefined) return undefined;
    const [name, target] = last;
    if (world.targets[name] !== undefined || !freeSites(world).includes(target.site)) return undefined;
    world.removed = world.removed.slice(0, -1);
    define(world, { ...world.targets, [name]: target });
    return name;
  },
  async 'change the groups of a target'(world, [which = 0, to = 0]) {
    const found = pickTarget(world, which);
    if (found === undefined || world.scenario.groups.length < 2) return undefined;
    const trust = pickBy<readonly GroupName[]>([['a'], ['b'], ['a', 'b']], to);
    change(world, found[0], { trust });
    return `${found[0]} trusts ${trust.join(', ')}`;
  },
  async 'ignoreExpiry changes'(world, [which = 0]) {
    const found = pickTarget(world, which);
    if (found === undefined || !['cloudfront', 'alb'].includes(kindOfSite(found[1].site))) return undefined;
    const { ignoreExpiry, ...rest } = found[1];
    const next = ignoreExpiry ? rest : { ...rest, ignoreExpiry: true as const };
    define(world, { ...world.targets, [found[0]]: next });
    return `${found[0]}: ${ignoreExpiry ? 'no' : 'yes'}`;
  },
  async 'mode changes'(world, [which = 0]) {
    const found = pickTarget(world, which);
    if (found === undefined || !['cloudfront', 'alb'].includes(kindOfSite(found[1].site))) return undefined;
    const { mode, ...rest } = found[1];
    const next = mode ? rest : { ...rest, mode: 'open' as const };
    define(world, { ...world.targets, [found[0]]: next });
    return `${found[0]}: ${mode ? 'required' : 'not required any more'}`;
  },
  async 'the authorizer is dropped or put back'(world) {
    const found = Object.entries(world.targets).find(([, { site }]) => site.startsWith('api'));
    if (found === undefined) return undefined;
    const { noAuthorizer, ...rest } = found[1];
    const next = noAuthorizer ? rest : { ...rest, noAuthorizer: true as const };
    define(world, { ...world.targets, [found[0]]: next });
    return `${found[0]}: ${noAuthorizer ? 'back' : 'dropped'}`;
  },
};

const offeredCas = ({ cas }: World) => cas.filter(({ offered }) => offered);

const caMoves: Readonly<Record<string, Move>> = {
  async 'a new CA is offered'(world, [which = 0]) {
    const next = world.cas.filter(({ offered }) => !offered);
    if (next.length === 0) return undefined;
    const ca = pickBy(next, which);
    ca.offered = true;
    await world.publish();
    return ca.name;
  },
  async 'accept all CAs'(world) {
    const error = await changeLock(world, (trustloom) => trustloom.accept('all'));
    if (error !== undefined) return error;
    for (const ca of offeredCas(world)) if (ca.lock === 'unknown') ca.lock = 'trusted';
    await keepLock(world);
    return 'accepted';
  },
  async 'retire a CA'(world, [which = 0]) {
    const trusted = world.cas.filter(({ lock }) => lock === 'trusted');
    if (trusted.length === 0) return undefined;
    const ca = pickBy(trusted, which);
    const error = await changeLock(world, (trustloom) => trustloom.retire(ca.ca.sha256));
    if (error !== undefined) return error;
    ca.lock = 'retired';
    await keepLock(world);
    return ca.name;
  },
  async 'revert the lock'(world, [which = 0]) {
    if (world.locks.length < 2) return undefined;
    const index = Math.floor(which * (world.locks.length - 1));
    await restoreLock(world, index);
    return `to version ${index + 1}: ${world.cas.map(({ name, lock }) => `${name} ${lock}`).join(', ')}`;
  },
  async 'revoke at the CA'(world, [which = 0]) {
    const ca = pickBy(offeredCas(world), which);
    const next = ca.clients.find(({ name }) => /r\d$/.test(name) && !ca.revoked.has(name));
    if (next === undefined) return undefined;
    ca.revoked.add(next.name);
    world.clock.advance(minute);
    issueCrl(ca, world.clock);
    await world.publish();
    return `${next.name}: CRL ${ca.crls.length} of ${ca.name}`;
  },
  async 'publish CRLs'(world) {
    world.clock.advance(minute);
    for (const ca of offeredCas(world)) issueCrl(ca, world.clock);
    await world.publish();
    return 'newer ones';
  },
  async 'a CRL source breaks'(world, [which = 0, how = 0]) {
    const ca = pickBy(offeredCas(world), which);
    ca.served = pickBy<Served>(['missing', 'html', 'empty', 'foreign', 'truncated', 'soon', 'future'], how);
    await world.publish();
    return `${ca.name}: ${ca.served}`;
  },
  async 'a CRL source serves an older CRL'(world, [which = 0]) {
    const ca = pickBy(offeredCas(world), which);
    if (ca.crls.length < 2) return undefined;
    ca.served = 'older';
    await world.publish();
    return ca.name;
  },
  async 'CRL sources are well again'(world) {
    for (const ca of world.cas) ca.served = 'newest';
    await world.publish();
    return 'all';
  },
  async 'a CA is revoked by its issuer'(world) {
    const ca = world.cas.find(({ root, offered }) => root !== undefined && offered);
    if (ca === undefined) return undefined;
    ca.revokedItself = true;
    world.clock.advance(minute);
    await world.publish();
    return ca.name;
  },
};

const otherMoves: Readonly<Record<string, Move>> = {
  'a foreign hand': foreignHand,
  async 'grace changes'(world, [to = 0]) {
    world.grace = pickBy(['0s', '1h', '26h', '3650d'], to);
    return world.grace;
  },
  async 'time passes'(world, [long = 0]) {
    const minutes = pickBy([1, 6, 20, 90, 300], long);
    world.clock.advance(minutes * minute);
    // CAs go on issuing, so that the CRLs in force do not end.
    return `${minutes} minutes`;
  },
  async 'the clock of the machine goes wrong'(world, [how = 0]) {
    const minutes = pickBy([0, 10, -10, 1440, -1440], how);
    world.skewMs = minutes * minute;
    return minutes === 0 ? 'right again' : `${minutes} minutes`;
  },
};

/** Everything that can happen besides commands. */
export const moves: Readonly<Record<string, Move>> = {
  ...targetMoves,
  ...caMoves,
  ...stateMoves,
  ...otherMoves,
};
