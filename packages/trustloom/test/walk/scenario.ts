import { type Dice, diceOf } from './dice.ts';
import { type GroupName, type Kind, kindOfSite, siteKeys, type WalkTarget } from './target.ts';

/**
 * One thing that happens: a move of the world, or a command. The numbers choose what exactly, by
 * the world as it is then, so that an event means something whatever was left out before it.
 */
export interface WalkEvent {
  readonly what: string;
  readonly picks: readonly number[];
}

/** Everything that a walk does, from its seed. */
export interface Scenario {
  readonly seed: string;
  /** One reading for everything that AWS does not document. */
  readonly unknowns: 'refuse' | 'admit';
  /** Clients knock after each single write, too. */
  readonly closely: boolean;
  readonly groups: readonly GroupName[];
  readonly targets: Readonly<Record<string, WalkTarget>>;
  readonly events: readonly WalkEvent[];
}

/** How often each thing happens, beside the others of its kind. */
type Weights = Readonly<Record<string, number>>;

export const commandWeights: Weights = {
  plan: 1,
  apply: 6,
  refresh: 5,
  revoke: 2,
  unrevoke: 1,
  'state rebuild': 1,
  status: 2,
};

export const moveWeights: Weights = {
  'rename a target': 2,
  'swap the names of two targets': 1,
  'move Roles Anywhere to the other region': 1,
  'change the kind of a target': 1,
  'remove a target': 2,
  'bring a target back': 2,
  'change the groups of a target': 1,
  'a new CA is offered': 1,
  'accept all CAs': 2,
  'retire a CA': 1,
  'revert the lock': 1,
  'revoke at the CA': 4,
  'publish CRLs': 3,
  'a CRL source breaks': 2,
  'a CRL source serves an older CRL': 1,
  'CRL sources are well again': 2,
  'a CA is revoked by its issuer': 0.3,
  'delete trust.json': 0.5,
  'delete revocation.json': 0.7,
  'delete the whole state': 0.5,
  'delete the retained files': 0.3,
  'restore an earlier state': 0.7,
  'move the state to another region': 0.4,
  'empty the deny list by hand': 0.5,
  'a foreign hand': 3,
  'grace changes': 0.5,
  'ignoreExpiry changes': 0.5,
  'mode changes': 0.7,
  'the authorizer is dropped or put back': 0.4,
  'time passes': 2,
  'the clock of the machine goes wrong': 0.7,
};

function weighted(dice: Dice, weights: Weights): string {
  const total = Object.values(weights).reduce((sum, one) => sum + one, 0);
  let left = dice.next() * total;
  for (const [what, weight] of Object.entries(weights)) {
    left -= weight;
    if (left < 0) return what;
  }
  throw new TypeError('no weights');
}

const event = (dice: Dice, what: string): WalkEvent => ({
  what,
  picks: Array.from({ length: 6 }, () => Math.floor(dice.next() * 1000) / 1000),
});

const nameOf: Readonly<Record<Kind, readonly string[]>> = {
  cloudfront: ['web', 'cdn'],
  alb: ['edge', 'lb'],
  apiGateway: ['api', 'rest'],
  rolesAnywhere: ['jobs', 'batch'],
};

/** Tells a scenario: a random definition, then at least this many commands among random moves. */
export function scenarioOf(seed: string, commands: number): Scenario {
  const dice = diceOf(`walk ${seed}`);
  const groups = dice.pick([['a'], ['b'], ['a', 'b'], ['a', 'b']] as const);
  const sites = [...siteKeys].sort((one, other) => order(seed, one) - order(seed, other));
  const targets: Record<string, WalkTarget> = {};
  const count = 1 + dice.below(4);
  for (const site of sites.slice(0, count)) {
    const name = nameOf[kindOfSite(site)].find((one) => targets[one] === undefined) ?? site;
    const trust = dice.pick([groups, groups, [dice.pick(groups)]]);
    targets[name] = { site, trust };
  }
  const events: WalkEvent[] = [];
  if (dice.chance(0.9))
    events.push(
      ...['revoke at the CA', 'accept all CAs', 'begin'].map((what) => event(dice, what)),
      ...(dice.chance(0.6) ? [event(dice, 'revoke')] : []),
    );
  for (let number = 0; number < commands; number += 1) {
    const moves = dice.below(4);
    for (let move = 0; move < moves; move += 1) events.push(event(dice, weighted(dice, moveWeights)));
    events.push(event(dice, weighted(dice, commandWeights)));
  }
  const unknowns = dice.pick(['refuse', 'admit'] as const);
  return { seed, unknowns, closely: dice.chance(0.5), groups, targets, events };
}

const order = (seed: string, site: string) => diceOf(`order ${seed} ${site}`).next();
