import type { AccountRegion, Artifact, JsonObject, ObjectLocation, Service, Trust } from '@trustloom/core';
import type { ServiceIo } from '@trustloom/core/adapter';
import type { TestClock } from '../clock.ts';
import type { Knocking } from '../knock.ts';
import type { Edits } from './edits.ts';
import type { LawId } from './law-id.ts';
import type { Oracle } from './oracle.ts';

/** The target of an adapter in a world. */
export interface Subject {
  /** As a definition has it under the adapter's key. */
  readonly target: JsonObject;
  readonly oracle: Oracle;
  /**
   * Hook: makes objects of somebody else that look like ours but lack our ownership tag, and gives
   * a function that throws when one was touched.
   */
  readonly foreign?: () => Promise<() => void | Promise<void>>;
  /** Hook: connects to the target as a client does; true when its certificate is accepted. */
  readonly admits?: (client: Knocking) => Promise<boolean>;
  /**
   * Hook: changes by hand to what the target holds, each of which the next plan must undo:
   * `albEdits`, and its like.
   */
  readonly edits?: Edits;
}

/** One call that the adapter made. */
export interface Call {
  /** As `Faults` and messages name it: `elasticloadbalancing`, `file`. */
  readonly service: string;
  /** `CreateTrustStore`, `Write`. */
  readonly action: string;
  /** It changes something. */
  readonly writes: boolean;
  /**
   * What `info.permissions` must name for it; absent: it needs no permission of the adapter's own
   * (uploads, credentials).
   */
  readonly permission?: string;
  /** A conditional write, which may find out by itself whether it was done. */
  readonly conditional?: true;
}

/** Which calls a fault hits: all of a service, or one action of it. */
export type CallName = Pick<Call, 'service'> & Partial<Pick<Call, 'action'>>;

/** How a call can fail before anything was done, by the code that must arrive. */
export type FailureCode = 'access-denied' | 'throttled' | 'service-unavailable';

/** Makes calls fail. */
export interface Faults {
  /** Until the function that comes back is called, such calls fail and do nothing. */
  fail(call: CallName, code: FailureCode): () => void;
  /** The next such call is done, and its answer never arrives. */
  loseAnswer(call: CallName): void;
}

/** What a process of an adapter reaches besides its own port: clients of AWS, uploads, files of ours. */
export interface ProcessIo extends Pick<ServiceIo, 'client' | 'fetch' | 'readObject' | 'files'> {
  /** Uploads a file to where services fetch it. */
  put(artifact: Artifact): Promise<Required<ObjectLocation>>;
}

/**
 * A fresh world with one target in it. What is optional is a hook: a law that needs one which is
 * absent is skipped, never passed.
 */
export interface World extends Subject, AsyncDisposable {
  readonly clock: TestClock;
  readonly accountRegion: AccountRegion;
  /** A new process: its own clients. */
  open(): ProcessIo;
  /** Ends what the service does in the background. Absent: it does nothing there. */
  settle?(): void;
  /** Hook: every call so far, in order. */
  readonly calls?: () => readonly Call[];
  /** Hook: all that the service holds now, to be compared with a later answer. */
  readonly snapshot?: () => unknown;
  /** Hook. */
  readonly faults?: Faults;
}

/** The hooks of a world that laws may need. */
export type Hook = 'calls' | 'snapshot' | 'faults' | 'admits' | 'foreign' | 'edits';

/** A world that has these hooks. */
export type WorldWith<H extends Hook> = World & { readonly [K in H]-?: NonNullable<World[K]> };

/** What is assumed where the service's behaviour is not documented. */
export type Reading = 'refuse' | 'admit';

/** Makes worlds. */
export interface Worlds {
  /** Absent: nothing about the service is undocumented, or the world does not model it. */
  readonly readings?: readonly Reading[];
  /** @param reading one for every unknown; absent: each its own default */
  open(reading?: Reading): Promise<World>;
}

/** What a suite is made for. */
export interface ContractOptions {
  /** For titles: `alb`. */
  readonly name: string;
  readonly service: Service;
  /** Where the laws are tried: `onLocalAws`, or a world of your own. */
  readonly worlds: Worlds;
  /**
   * SHA-256 of the CRLs that must be in force for a trust; default all of it. For services where
   * some have no use (Roles Anywhere: those of CAs above an anchor).
   */
  readonly crlsInForce?: (trust: Trust) => readonly string[];
  /** Laws that cannot hold, with the reason; shown as skips. */
  readonly skips?: Readonly<Partial<Record<LawId, string>>>;
}

/** A world as laws see it: with what the suite was made for. */
export type ContractWorld<H extends Hook = never> = WorldWith<H> & { readonly options: ContractOptions };

/** Opens a fresh world of a suite. */
export async function openWorld(options: ContractOptions, reading?: Reading): Promise<ContractWorld> {
  const world = await options.worlds.open(reading);
  return { ...world, options, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

/** The hooks of these that a world lacks. */
export function missingHooks(world: World, needs: readonly Hook[]): readonly Hook[] {
  return needs.filter((hook) => world[hook] === undefined);
}
