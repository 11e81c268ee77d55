import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAwsTime } from '@trustloom/aws';
import type { Clock } from '@trustloom/core';
import { type LocalAws, startLocalAws } from '@trustloom/local-aws';
import { createTestCa, createTestClock, everyUnknown, type TestClock } from '@trustloom/testkit';
import type { DefinitionInput } from '../../src/define.ts';
import { type OpenedTrustloom, openTrustloom } from '../../src/open.ts';
import { account } from '../support/local.ts';
import {
  issueCrl,
  makeCas,
  makeForeign,
  sourcesOf,
  type WalkCa,
  type WalkClient,
  writeSources,
} from './cas.ts';
import { openProxy, type ProxyLine } from './proxy.ts';
import type { Scenario } from './scenario.ts';
import { makeSites, type Site } from './sites.ts';
import type { SiteKey, WalkTarget } from './target.ts';

/** Who stands at a site, by the definition or as it last was. */
export interface Claim {
  readonly name: string;
  /** What the state may call it: names that it had here before. */
  readonly names: readonly string[];
  readonly target: WalkTarget;
  /** It was consented that this goes. */
  readonly gone: boolean;
}

/** What a person decided about a client, as far as it is certain. */
export type Denial = 'denied' | 'released' | 'unclear';

/** What the walk knows of the memory of Trustloom. */
export interface Memory {
  /** Sites where an apply came to an end: something of ours stands there. */
  readonly applied: Set<SiteKey>;
  /** The state was deleted or is empty, and this must be said. */
  lost: boolean;
  /** Not everything that was decided is in the state. */
  hurt: boolean;
  /**
   * A target has another name, kind or region than at first. A state that is lost after that is not
   * noticed everywhere yet (docs/decisions/lost-state.md, "Not covered"): no scenario has both.
   */
  renamed: boolean;
}

/** A whole world with what ought to hold in it. */
export interface World extends AsyncDisposable {
  readonly scenario: Scenario;
  readonly local: LocalAws;
  readonly clock: TestClock;
  readonly proxy: ProxyLine;
  readonly folder: string;
  readonly sites: Readonly<Record<SiteKey, Site>>;
  readonly cas: readonly WalkCa[];
  readonly foreign: WalkClient;
  readonly clients: readonly WalkClient[];
  targets: Readonly<Record<string, WalkTarget>>;
  removed: readonly (readonly [string, WalkTarget])[];
  readonly claims: Map<SiteKey, Claim>;
  readonly denials: Map<string, Denial>;
  readonly memory: Memory;
  readonly locks: { readonly text: string; readonly states: readonly WalkCa['lock'][] }[];
  grace: string;
  stateRegion: string;
  skewMs: number;
  /** Trustloom as a new process. */
  open(): Promise<OpenedTrustloom>;
  /** Writes the sources as they are now. */
  publish(): Promise<void>;
  lockFile: string;
}

/** Starts the world of a scenario, before anything was done in it. */
export async function openWorld(scenario: Scenario): Promise<World> {
  const clock = createTestClock();
  const local = await startLocalAws({
    accounts: [account],
    clock,
    unknowns: everyUnknown(scenario.unknowns),
  });
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-walk-'));
  const proxy = await openProxy(local, clock.now);
  const sites = await makeSites(local, clock);
  const cas = await makeCas(scenario.groups, clock);
  const foreign = await makeForeign(clock);
  const other = await createTestCa({ subject: 'CN=Another,O=Elsewhere', key: 'P-256', clock });
  for (const ca of cas) issueCrl(ca, clock);
  const world: World = {
    scenario,
    local,
    clock,
    proxy,
    folder,
    sites,
    cas,
    foreign,
    clients: [...cas.flatMap(({ clients }) => clients), foreign],
    targets: scenario.targets,
    removed: [],
    claims: new Map(),
    denials: new Map(),
    memory: { applied: new Set(), lost: false, hurt: false, renamed: false },
    locks: [],
    grace: '26h',
    stateRegion: 'eu-west-1',
    skewMs: 0,
    lockFile: join(folder, 'trustloom.lock'),
    open: () => open(world),
    publish: () => writeSources(folder, cas, other.issueCrl, clock),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await local.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  claim(world);
  await world.publish();
  return world;
}

async function open(world: World): Promise<OpenedTrustloom> {
  const { local, clock, proxy, folder, stateRegion } = world;
  const machine: Clock = { now: () => clock.now() + world.skewMs, sleep: clock.sleep };
  const time = createAwsTime(machine);
  proxy.line.see = time.see;
  return openTrustloom(definitionOf(world), {
    env: { ...local.env, AWS_REGION: stateRegion, AWS_ENDPOINT_URL: proxy.url },
    cwd: folder,
    clock: time.clock,
  });
}

function definitionOf({ scenario, cas, targets, sites, grace, stateRegion }: World): DefinitionInput {
  return {
    name: 'acme',
    state: `${account.id}/${stateRegion}`,
    revocation: { grace },
    groups: Object.fromEntries(scenario.groups.map((group) => [group, sourcesOf(group, cas)])),
    targets: Object.fromEntries(
      Object.entries(targets).map(([name, target]) => [
        name,
        {
          trust: target.trust,
          ...(target.was === undefined ? {} : { was: target.was }),
          ...sites[target.site].input(target),
        },
      ]),
    ),
  };
}

/** Notes who stands where, after the definition was changed. */
export function claim({ targets, claims }: World): void {
  for (const [name, target] of Object.entries(targets)) {
    const names = [...new Set([name, ...(claims.get(target.site)?.names ?? [])])];
    claims.set(target.site, { name, names, target, gone: false });
  }
}

/** The target of the definition at a site. */
export function claimedNow({ targets }: World, site: SiteKey): readonly [string, WalkTarget] | undefined {
  return Object.entries(targets).find(([, target]) => target.site === site);
}

/** Keeps the lock as it is, so that a move can bring it back. */
export async function keepLock(world: World): Promise<void> {
  const text = await readFile(world.lockFile, 'utf8').catch(() => undefined);
  if (text !== undefined) world.locks.push({ text, states: world.cas.map(({ lock }) => lock) });
}

/** Puts an earlier lock in site. */
export async function restoreLock(world: World, at: number): Promise<void> {
  const earlier = world.locks[at];
  if (earlier === undefined) return;
  await writeFile(world.lockFile, earlier.text);
  earlier.states.forEach((state, index) => {
    const ca = world.cas[index];
    if (ca !== undefined) ca.lock = state;
  });
}

/** Something that happens to the world; gives it in words, or undefined where it does not apply. */
export type Move = (world: World, picks: readonly number[]) => Promise<string | undefined>;
