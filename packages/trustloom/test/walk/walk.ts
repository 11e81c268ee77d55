import type { Call } from '@trustloom/local-aws';
import { isCommand, type Outcome, runCommand } from './commands.ts';
import { type Breach, type Frame, judgeKnocks, judgeReport, together } from './judge.ts';
import { knockAll, standings } from './model.ts';
import { moves } from './moves.ts';
import type { Scenario, WalkEvent } from './scenario.ts';
import { type Kind, kindOfSite, type SiteKey } from './target.ts';
import { claimedNow, openWorld, type World } from './world.ts';

/** A scenario as it went: what was done, in words, and the first thing that must never happen. */
export interface Walked {
  readonly lines: readonly string[];
  readonly breaches: readonly Breach[];
  readonly commands: number;
  /** How often everybody knocked. */
  readonly looks: number;
}

/** A lease that a killed run left behind has ended by then. */
const afterKillMs = 15 * 60_000;

/** Walks a scenario from its beginning to its end, or to the first breach. */
export async function walk(scenario: Scenario): Promise<Walked> {
  await using world = await openWorld(scenario);
  const walked = { lines: beginning(world), commands: 0, looks: 0 };
  for (const { what, picks } of scenario.events) {
    if (!isCommand(what)) {
      const done = await moves[what]?.(world, picks).catch((error: unknown) => {
        throw new Error(`${what}, after:\n${walked.lines.join('\n')}`, { cause: error });
      });
      if (done !== undefined) walked.lines.push(`${what}: ${done}`);
      continue;
    }
    const { outcome, breaches, looks } = await step(world, { what, picks });
    walked.lines.push(`$ ${outcome.text}`);
    walked.commands += 1;
    walked.looks += looks;
    if (breaches.length > 0) return { ...walked, breaches: together(breaches) };
  }
  return { ...walked, breaches: [] };
}

function beginning({ targets, scenario }: World): string[] {
  const text = Object.entries(targets).map(
    ([name, { site, trust }]) => `${name} (${site}, ${trust.join('+')})`,
  );
  return [
    `targets: ${text.join(', ')}; unknowns: ${scenario.unknowns}${scenario.closely ? '; looked at after each write' : ''}`,
  ];
}

/** One command, with everybody at every site before, after, and in between. */
async function step(world: World, { what, picks }: WalkEvent) {
  const sites = [...world.claims.keys()];
  const before = standings(world);
  const knocks = await knockAll(world, sites);
  const seen: { readonly frame: Frame; readonly breaches: Breach[]; looks: number } = {
    frame: { knocks, before, after: before, allow: () => [] },
    breaches: [],
    looks: 2,
  };
  const between: {
    readonly call: Call;
    readonly sites: readonly SiteKey[];
    readonly knocks: Awaited<ReturnType<typeof knockAll>>;
  }[] = [];
  world.proxy.line = {
    writes: 0,
    look: world.scenario.closely
      ? async (call) => {
          const touched = sites.filter((site) => isTouched(call, site));
          if (touched.length > 0)
            between.push({ call, sites: touched, knocks: await knockAll(world, touched) });
        }
      : undefined,
  };
  const outcome = await runCommand(world, what, picks);
  world.proxy.line = { writes: 0 };
  if (outcome.killed) world.clock.advance(afterKillMs);
  const after = standings(world);
  const frame: Frame = { ...seen.frame, after, allow: () => outcome.allow };
  const final = await knockAll(world, sites);
  const breaches = [
    ...between.flatMap((one) =>
      judgeKnocks(world, frame, one.knocks, one.sites, `after ${one.call.action} of ${what}`),
    ),
    ...judgeKnocks(world, frame, final, sites, `after ${what}`),
    ...judgeReport(world, outcome, after, final),
  ];
  conclude(world, outcome, final);
  return { outcome, breaches, looks: 2 + between.length };
}

const services: Readonly<Record<Kind, RegExp>> = {
  cloudfront: /^cloudfront/,
  alb: /^elasticloadbalancing$/,
  apiGateway: /^(apigateway|s3)$/,
  rolesAnywhere: /^rolesanywhere$/,
};

const isTouched = ({ service }: Call, site: SiteKey) => services[kindOfSite(site)].test(service);

/** What the walk learns from a command for those that follow. */
function conclude(world: World, outcome: Outcome, knocks: ReadonlyMap<string, boolean>): void {
  const { memory, claims, cas } = world;
  const { what, allow, exitCode, killed, targets } = outcome;
  if (what === 'state rebuild' && exitCode === 0) memory.lost = false;
  for (const [site, claim] of claims) {
    const isHere = claimedNow(world, site) !== undefined;
    const isGone = allow.some((consent) =>
      claim.names.some((name) => consent.replace(/@.*/, '') === `remove:${name}`),
    );
    if (!isHere && isGone) {
      claims.set(site, { ...claim, gone: true });
      memory.applied.delete(site);
    }
    const state = targets.find(({ name }) => name === claim.name)?.state;
    if (['apply', 'begin'].includes(what) && isHere && state === 'in-sync' && !memory.lost)
      memory.applied.add(site);
  }
  for (const ca of cas) {
    if (allow.some((consent) => consent === `grant:${ca.ca.sha256}`)) ca.gone = false;
    if (ca.crls.some(({ crl }) => allow.includes(`readmit:${crl.sha256}`))) ca.withdrawn = true;
    const isOut = ![...knocks].some(([key, isIn]) => isIn && key.endsWith(` ${ca.name}-good`));
    const isRemoved = allow.includes(`remove:${ca.ca.sha256}`);
    if (ca.lock === 'retired' && isRemoved && isOut && !killed && exitCode === 0) ca.gone = true;
  }
  if (memory.hurt) for (const ca of cas) ca.gone = false;
}
