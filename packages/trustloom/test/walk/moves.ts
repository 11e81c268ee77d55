import { issueCrl, type Served } from './cas.ts';
import { changeLock } from './commands.ts';
import { pickBy } from './dice.ts';
import { claim, type Estate, keepLock, restoreLock } from './estate.ts';
import { foreignHand } from './hands.ts';
import { kindOfPlace, type PlaceKey, placeKeys } from './places.ts';
import { stateMoves } from './state-moves.ts';
import type { GroupName, WalkTarget } from './story.ts';

/** Changes the world; says how, or nothing where there was nothing to change. */
export type Move = (estate: Estate, picks: readonly number[]) => Promise<string | undefined>;

const minute = 60_000;
const names = ['web', 'cdn', 'edge', 'lb', 'api', 'rest', 'jobs', 'batch', 'north', 'south'];

function pickTarget({ targets }: Estate, at = 0): readonly [string, WalkTarget] | undefined {
  const all = Object.entries(targets);
  return all.length === 0 ? undefined : pickBy(all, at);
}

const without = (targets: Estate['targets'], name: string) =>
  Object.fromEntries(Object.entries(targets).filter(([one]) => one !== name));

function freePlaces({ targets }: Estate): readonly PlaceKey[] {
  const taken = Object.values(targets).map(({ place }) => place);
  return placeKeys.filter((place) => !taken.includes(place));
}

/** Puts a changed definition in place. */
function define(estate: Estate, targets: Estate['targets']): void {
  estate.targets = targets;
  claim(estate);
}

function change(estate: Estate, name: string, more: Partial<WalkTarget>): void {
  const target = estate.targets[name];
  if (target !== undefined) define(estate, { ...estate.targets, [name]: { ...target, ...more } });
}

const targetMoves: Readonly<Record<string, Move>> = {
  async 'rename a target'(estate, [which = 0, to = 0, was = 0]) {
    const found = pickTarget(estate, which);
    if (found === undefined) return undefined;
    const [name, { was: _was, ...target }] = found;
    const next = pickBy(
      names.filter((one) => estate.targets[one] === undefined),
      to,
    );
    const saysWas = kindOfPlace(target.place) === 'rolesAnywhere' && was < 0.6;
    define(estate, {
      ...without(estate.targets, name),
      [next]: { ...target, ...(saysWas ? { was: name } : {}) },
    });
    return `${name} -> ${next}${saysWas ? ` (was: ${name})` : ''}`;
  },
  async 'swap the names of two targets'(estate, [which = 0, other = 0]) {
    const one = pickTarget(estate, which);
    if (one === undefined) return undefined;
    const rest = without(estate.targets, one[0]);
    const two = pickTarget({ ...estate, targets: rest }, other);
    if (two === undefined) return undefined;
    define(estate, { ...without(rest, two[0]), [one[0]]: two[1], [two[0]]: one[1] });
    return `${one[0]} <-> ${two[0]}`;
  },
  async 'move Roles Anywhere to the other region'(estate) {
    const found = Object.entries(estate.targets).find(([, { place }]) => place.startsWith('ra'));
    const [to] = freePlaces(estate).filter((place) => place.startsWith('ra'));
    if (found === undefined || to === undefined) return undefined;
    const [name] = found;
    change(estate, name, { place: to });
    return `${name}: ${found[1].place} -> ${to}`;
  },
  async 'change the kind of a target'(estate, [which = 0, to = 0]) {
    const found = pickTarget(estate, which);
    if (found === undefined) return undefined;
    const [name, { place, trust }] = found;
    const others = freePlaces(estate).filter((one) => kindOfPlace(one) !== kindOfPlace(place));
    const next = pickBy(others, to);
    define(estate, { ...estate.targets, [name]: { place: next, trust } });
    return `${name}: ${place} -> ${next}`;
  },
  async 'remove a target'(estate, [which = 0]) {
    const found = pickTarget(estate, which);
    if (found === undefined || Object.keys(estate.targets).length < 2) return undefined;
    estate.removed = [...estate.removed, found];
    define(estate, without(estate.targets, found[0]));
    return found[0];
  },
  async 'bring a target back'(estate) {
    const last = estate.removed.at(-1);
    if (last === undefined) return undefined;
    const [name, target] = last;
    if (estate.targets[name] !== undefined || !freePlaces(estate).includes(target.place)) return undefined;
    estate.removed = estate.removed.slice(0, -1);
    define(estate, { ...estate.targets, [name]: target });
    return name;
  },
  async 'change the groups of a target'(estate, [which = 0, to = 0]) {
    const found = pickTarget(estate, which);
    if (found === undefined || estate.story.groups.length < 2) return undefined;
    const trust = pickBy<readonly GroupName[]>([['a'], ['b'], ['a', 'b']], to);
    change(estate, found[0], { trust });
    return `${found[0]} trusts ${trust.join(', ')}`;
  },
  async 'ignoreExpiry changes'(estate, [which = 0]) {
    const found = pickTarget(estate, which);
    if (found === undefined || !['cloudfront', 'alb'].includes(kindOfPlace(found[1].place))) return undefined;
    const { ignoreExpiry, ...rest } = found[1];
    const next = ignoreExpiry ? rest : { ...rest, ignoreExpiry: true as const };
    define(estate, { ...estate.targets, [found[0]]: next });
    return `${found[0]}: ${ignoreExpiry ? 'no' : 'yes'}`;
  },
  async 'mode changes'(estate, [which = 0]) {
    const found = pickTarget(estate, which);
    if (found === undefined || !['cloudfront', 'alb'].includes(kindOfPlace(found[1].place))) return undefined;
    const { mode, ...rest } = found[1];
    const next = mode ? rest : { ...rest, mode: 'open' as const };
    define(estate, { ...estate.targets, [found[0]]: next });
    return `${found[0]}: ${mode ? 'required' : 'not required any more'}`;
  },
  async 'the authorizer is dropped or put back'(estate) {
    const found = Object.entries(estate.targets).find(([, { place }]) => place.startsWith('api'));
    if (found === undefined) return undefined;
    const { noAuthorizer, ...rest } = found[1];
    const next = noAuthorizer ? rest : { ...rest, noAuthorizer: true as const };
    define(estate, { ...estate.targets, [found[0]]: next });
    return `${found[0]}: ${noAuthorizer ? 'back' : 'dropped'}`;
  },
};

const offeredCas = ({ cas }: Estate) => cas.filter(({ offered }) => offered);

const caMoves: Readonly<Record<string, Move>> = {
  async 'a new CA is offered'(estate, [which = 0]) {
    const next = estate.cas.filter(({ offered }) => !offered);
    if (next.length === 0) return undefined;
    const ca = pickBy(next, which);
    ca.offered = true;
    await estate.publish();
    return ca.name;
  },
  async 'accept all CAs'(estate) {
    const error = await changeLock(estate, (trustloom) => trustloom.accept('all'));
    if (error !== undefined) return error;
    for (const ca of offeredCas(estate)) if (ca.lock === 'unknown') ca.lock = 'trusted';
    await keepLock(estate);
    return 'accepted';
  },
  async 'retire a CA'(estate, [which = 0]) {
    const trusted = estate.cas.filter(({ lock }) => lock === 'trusted');
    if (trusted.length === 0) return undefined;
    const ca = pickBy(trusted, which);
    const error = await changeLock(estate, (trustloom) => trustloom.retire(ca.ca.sha256));
    if (error !== undefined) return error;
    ca.lock = 'retired';
    await keepLock(estate);
    return ca.name;
  },
  async 'revert the lock'(estate, [which = 0]) {
    if (estate.locks.length < 2) return undefined;
    const index = Math.floor(which * (estate.locks.length - 1));
    await restoreLock(estate, index);
    return `to version ${index + 1}: ${estate.cas.map(({ name, lock }) => `${name} ${lock}`).join(', ')}`;
  },
  async 'revoke at the CA'(estate, [which = 0]) {
    const ca = pickBy(offeredCas(estate), which);
    const next = ca.clients.find(({ name }) => /r\d$/.test(name) && !ca.revoked.has(name));
    if (next === undefined) return undefined;
    ca.revoked.add(next.name);
    estate.clock.advance(minute);
    issueCrl(ca, estate.clock);
    await estate.publish();
    return `${next.name}: CRL ${ca.crls.length} of ${ca.name}`;
  },
  async 'publish CRLs'(estate) {
    estate.clock.advance(minute);
    for (const ca of offeredCas(estate)) issueCrl(ca, estate.clock);
    await estate.publish();
    return 'newer ones';
  },
  async 'a CRL source breaks'(estate, [which = 0, how = 0]) {
    const ca = pickBy(offeredCas(estate), which);
    ca.served = pickBy<Served>(['missing', 'html', 'empty', 'foreign', 'truncated', 'soon', 'future'], how);
    await estate.publish();
    return `${ca.name}: ${ca.served}`;
  },
  async 'a CRL source serves an older CRL'(estate, [which = 0]) {
    const ca = pickBy(offeredCas(estate), which);
    if (ca.crls.length < 2) return undefined;
    ca.served = 'older';
    await estate.publish();
    return ca.name;
  },
  async 'CRL sources are well again'(estate) {
    for (const ca of estate.cas) ca.served = 'newest';
    await estate.publish();
    return 'all';
  },
  async 'a CA is revoked by its issuer'(estate) {
    const ca = estate.cas.find(({ root, offered }) => root !== undefined && offered);
    if (ca === undefined) return undefined;
    ca.revokedItself = true;
    estate.clock.advance(minute);
    await estate.publish();
    return ca.name;
  },
};

const otherMoves: Readonly<Record<string, Move>> = {
  'a foreign hand': foreignHand,
  async 'grace changes'(estate, [to = 0]) {
    estate.grace = pickBy(['0s', '1h', '26h', '3650d'], to);
    return estate.grace;
  },
  async 'time passes'(estate, [long = 0]) {
    const minutes = pickBy([1, 6, 20, 90, 300], long);
    estate.clock.advance(minutes * minute);
    // CAs go on issuing, so that the CRLs in force do not end.
    return `${minutes} minutes`;
  },
  async 'the clock of the machine goes wrong'(estate, [how = 0]) {
    const minutes = pickBy([0, 10, -10, 1440, -1440], how);
    estate.skewMs = minutes * minute;
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
