import type { Call } from '@trustloom/local-aws';
import { isCommand, type Outcome, runCommand } from './commands.ts';
import { claimedNow, type Estate, openEstate } from './estate.ts';
import { type Breach, type Frame, judgeKnocks, judgeReport, together } from './judge.ts';
import { knockAll, standings } from './model.ts';
import { moves } from './moves.ts';
import { type Kind, kindOfPlace, type PlaceKey } from './places.ts';
import type { Story, WalkEvent } from './story.ts';

/** A story as it went: what was done, in words, and the first thing that must never happen. */
export interface Walked {
  readonly lines: readonly string[];
  readonly breaches: readonly Breach[];
  readonly commands: number;
  /** How often everybody knocked. */
  readonly looks: number;
}

/** A lease that a killed run left behind has ended by then. */
const afterKillMs = 15 * 60_000;

/** Walks a story from its beginning to its end, or to the first breach. */
export async function walk(story: Story): Promise<Walked> {
  await using estate = await openEstate(story);
  const walked = { lines: beginning(estate), commands: 0, looks: 0 };
  for (const { what, picks } of story.events) {
    if (!isCommand(what)) {
      const done = await moves[what]?.(estate, picks).catch((error: unknown) => {
        throw new Error(`${what}, after:\n${walked.lines.join('\n')}`, { cause: error });
      });
      if (done !== undefined) walked.lines.push(`${what}: ${done}`);
      continue;
    }
    const { outcome, breaches, looks } = await step(estate, { what, picks });
    walked.lines.push(`$ ${outcome.text}`);
    walked.commands += 1;
    walked.looks += looks;
    if (breaches.length > 0) return { ...walked, breaches: together(breaches) };
  }
  return { ...walked, breaches: [] };
}

function beginning({ targets, story }: Estate): string[] {
  const text = Object.entries(targets).map(
    ([name, { place, trust }]) => `${name} (${place}, ${trust.join('+')})`,
  );
  return [
    `targets: ${text.join(', ')}; unknowns: ${story.unknowns}${story.closely ? '; looked at after each write' : ''}`,
  ];
}

/** One command, with everybody at every place before, after, and in between. */
async function step(estate: Estate, { what, picks }: WalkEvent) {
  const places = [...estate.claims.keys()];
  const before = standings(estate);
  const knocks = await knockAll(estate, places);
  const seen: { readonly frame: Frame; readonly breaches: Breach[]; looks: number } = {
    frame: { knocks, before, after: before, allow: () => [] },
    breaches: [],
    looks: 2,
  };
  const between: {
    readonly call: Call;
    readonly places: readonly PlaceKey[];
    readonly knocks: Awaited<ReturnType<typeof knockAll>>;
  }[] = [];
  estate.proxy.line = {
    writes: 0,
    look: estate.story.closely
      ? async (call) => {
          const touched = places.filter((place) => isTouched(call, place));
          if (touched.length > 0)
            between.push({ call, places: touched, knocks: await knockAll(estate, touched) });
        }
      : undefined,
  };
  const outcome = await runCommand(estate, what, picks);
  estate.proxy.line = { writes: 0 };
  if (outcome.killed) estate.clock.advance(afterKillMs);
  const after = standings(estate);
  const frame: Frame = { ...seen.frame, after, allow: () => outcome.allow };
  const final = await knockAll(estate, places);
  const breaches = [
    ...between.flatMap((one) =>
      judgeKnocks(estate, frame, one.knocks, one.places, `after ${one.call.action} of ${what}`),
    ),
    ...judgeKnocks(estate, frame, final, places, `after ${what}`),
    ...judgeReport(estate, outcome, after, final),
  ];
  conclude(estate, outcome, final);
  return { outcome, breaches, looks: 2 + between.length };
}

const services: Readonly<Record<Kind, RegExp>> = {
  cloudfront: /^cloudfront/,
  alb: /^elasticloadbalancing$/,
  apiGateway: /^(apigateway|s3)$/,
  rolesAnywhere: /^rolesanywhere$/,
};

const isTouched = ({ service }: Call, place: PlaceKey) => services[kindOfPlace(place)].test(service);

/** What the walk learns from a command for those that follow. */
function conclude(estate: Estate, outcome: Outcome, knocks: ReadonlyMap<string, boolean>): void {
  const { memory, claims, cas } = estate;
  const { what, allow, exitCode, killed, targets } = outcome;
  if (what === 'state rebuild' && exitCode === 0) memory.lost = false;
  for (const [place, claim] of claims) {
    const isHere = claimedNow(estate, place) !== undefined;
    const isGone = allow.some((consent) =>
      claim.names.some((name) => consent.replace(/@.*/, '') === `remove:${name}`),
    );
    if (!isHere && isGone) {
      claims.set(place, { ...claim, gone: true });
      memory.applied.delete(place);
    }
    const state = targets.find(({ name }) => name === claim.name)?.state;
    if (['apply', 'begin'].includes(what) && isHere && state === 'in-sync' && !memory.lost)
      memory.applied.add(place);
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
