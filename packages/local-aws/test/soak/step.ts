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
