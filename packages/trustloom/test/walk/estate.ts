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
  makeStranger,
  sourcesOf,
  type WalkCa,
  type WalkClient,
  writeSources,
} from './cas.ts';
import { makePlaces, type Place, type PlaceKey } from './places.ts';
import { openProxy, type ProxyLine } from './proxy.ts';
import type { Story, WalkTarget } from './story.ts';

/** Who stands at a place, by the definition or as it last was. */
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
  /** Places where an apply came to an end: something of ours stands there. */
  readonly applied: Set<PlaceKey>;
  /** The state was deleted or is empty, and this must be said. */
  lost: boolean;
  /** Not everything that was decided is in the state. */
  hurt: boolean;
}

/** A whole world with what ought to hold in it. */
export interface Estate extends AsyncDisposable {
  readonly story: Story;
  readonly local: LocalAws;
  readonly clock: TestClock;
  readonly proxy: ProxyLine;
  readonly folder: string;
  readonly places: Readonly<Record<PlaceKey, Place>>;
  readonly cas: readonly WalkCa[];
  readonly stranger: WalkClient;
  readonly clients: readonly WalkClient[];
  targets: Readonly<Record<string, WalkTarget>>;
  removed: readonly (readonly [string, WalkTarget])[];
  readonly claims: Map<PlaceKey, Claim>;
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

/** Starts the world of a story, before anything was done in it. */
export async function openEstate(story: Story): Promise<Estate> {
  const clock = createTestClock();
  const local = await startLocalAws({ accounts: [account], clock, unknowns: everyUnknown(story.unknowns) });
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-walk-'));
  const proxy = await openProxy(local, clock.now);
  const places = await makePlaces(local, clock);
  const cas = await makeCas(story.groups, clock);
  const stranger = await makeStranger(clock);
  const other = await createTestCa({ subject: 'CN=Another,O=Elsewhere', key: 'P-256', clock });
  for (const ca of cas) issueCrl(ca, clock);
  const estate: Estate = {
    story,
    local,
    clock,
    proxy,
    folder,
    places,
    cas,
    stranger,
    clients: [...cas.flatMap(({ clients }) => clients), stranger],
    targets: story.targets,
    removed: [],
    claims: new Map(),
    denials: new Map(),
    memory: { applied: new Set(), lost: false, hurt: false },
    locks: [],
    grace: '26h',
    stateRegion: 'eu-west-1',
    skewMs: 0,
    lockFile: join(folder, 'trustloom.lock'),
    open: () => open(estate),
    publish: () => writeSources(folder, cas, other.issueCrl, clock),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await local.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  claim(estate);
  await estate.publish();
  return estate;
}

async function open(estate: Estate): Promise<OpenedTrustloom> {
  const { local, clock, proxy, folder, stateRegion } = estate;
  const machine: Clock = { now: () => clock.now() + estate.skewMs, sleep: clock.sleep };
  const time = createAwsTime(machine);
  proxy.line.see = time.see;
  return openTrustloom(definitionOf(estate), {
    env: { ...local.env, AWS_REGION: stateRegion, AWS_ENDPOINT_URL: proxy.url },
    cwd: folder,
    clock: time.clock,
  });
}

function definitionOf({ story, cas, targets, places, grace, stateRegion }: Estate): DefinitionInput {
  return {
    name: 'acme',
    state: `${account.id}/${stateRegion}`,
    revocation: { grace },
    groups: Object.fromEntries(story.groups.map((group) => [group, sourcesOf(group, cas)])),
    targets: Object.fromEntries(
      Object.entries(targets).map(([name, target]) => [
        name,
        {
          trust: target.trust,
          ...(target.was === undefined ? {} : { was: target.was }),
          ...places[target.place].input(target),
        },
      ]),
    ),
  };
}

/** Notes who stands where, after the definition was changed. */
export function claim({ targets, claims }: Estate): void {
  for (const [name, target] of Object.entries(targets)) {
    const names = [...new Set([name, ...(claims.get(target.place)?.names ?? [])])];
    claims.set(target.place, { name, names, target, gone: false });
  }
}

/** The target of the definition at a place. */
export function claimedNow({ targets }: Estate, place: PlaceKey): readonly [string, WalkTarget] | undefined {
  return Object.entries(targets).find(([, target]) => target.place === place);
}

/** Keeps the lock as it is, so that a move can bring it back. */
export async function keepLock(estate: Estate): Promise<void> {
  const text = await readFile(estate.lockFile, 'utf8').catch(() => undefined);
  if (text !== undefined) estate.locks.push({ text, states: estate.cas.map(({ lock }) => lock) });
}

/** Puts an earlier lock in place. */
export async function restoreLock(estate: Estate, at: number): Promise<void> {
  const earlier = estate.locks[at];
  if (earlier === undefined) return;
  await writeFile(estate.lockFile, earlier.text);
  earlier.states.forEach((state, index) => {
    const ca = estate.cas[index];
    if (ca !== undefined) ca.lock = state;
  });
}
