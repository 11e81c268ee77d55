import type { Clients } from './clients.ts';

/** Kinds of things that the walk makes, uses and removes. */
export type Kind =
  | 'object'
  | 'elb-store'
  | 'list'
  | 'balancer'
  | 'listener'
  | 'trust-store'
  | 'distribution'
  | 'values'
  | 'function'
  | 'domain'
  | 'api'
  | 'anchor'
  | 'crl'
  | 'profile';

/** Something that exists, whatever it is called in one run or another. */
export interface Thing {
  readonly kind: Kind;
  readonly account: string;
  readonly number: number;
}

/** What answers told about a thing: its ids and ETags, which differ from run to run. */
export type Values = Readonly<Record<string, string | undefined>>;

/** What is known in this run about a thing. */
export type Known = (thing: Thing) => Values;

/** What became of a call that was accepted. */
export interface Told {
  readonly requestId: string | undefined;
  readonly values: Values;
}

/** One call, made so that it can be made again in another run, where the same things have other ids. */
export interface Step {
  readonly account: string;
  /** Reading calls are not replayed. */
  readonly writes: boolean;
  /** The thing that the answer tells about. */
  readonly thing?: Thing;
  readonly fate?: 'made' | 'gone';
  send(clients: Clients, known: Known): Promise<Told>;
}

/** What a move may ask of the walk. */
export interface Chooser {
  readonly account: string;
  /** True with this chance. */
  chance(odds: number): boolean;
  number(below: number): number;
  /** A thing of that kind in the account, or none. */
  pick(kind: Kind): Thing | undefined;
  /** A new thing; none while there are enough. */
  make(kind: Kind): Thing | undefined;
}

/** Notes the request id of an answer beside what it told. */
export const told = (
  answer: { readonly $metadata: { readonly requestId?: string | undefined } },
  values: Values = {},
): Told => ({ requestId: answer.$metadata.requestId, values });

/** One kind of call: chooses what it is about, and gives none when there is nothing to choose. */
export type Move = (choose: Chooser) => Step | undefined;

/** Any of some names. */
export const one = (choose: Chooser, names: readonly string[]): string =>
  names[choose.number(names.length)] ?? '';

type Send = Step['send'];

/** A call that makes a thing. */
export const makes = (thing: Thing, send: Send): Step => ({ ...changes(thing, send), fate: 'made' });

/** A call that removes it. */
export const removes = (thing: Thing, send: Send): Step => ({ ...changes(thing, send), fate: 'gone' });

/** A call that changes it, and whose answer tells something new about it. */
export const changes = (thing: Thing, send: Send): Step => ({ ...uses(thing, send), thing });

/** A writing call whose answer tells nothing about the thing. */
export const uses = ({ account }: Thing, send: Send): Step => ({ account, writes: true, send });

/** A call that reads. */
export const reads = ({ account }: Chooser, send: Send): Step => ({ account, writes: false, send });
