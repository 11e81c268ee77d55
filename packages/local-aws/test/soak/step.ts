import type { Clients } from './clients.ts';
import { bucketOf } from './materials.ts';

/** Kinds of resources that the walk makes, uses and removes. */
export type Kind =
  | 'object'
  | 'elb-store'
  | 'crl'
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
export interface Resource {
  readonly kind: Kind;
  readonly account: string;
  readonly number: number;
}

/** What answers said about a resource: its ids and ETags, which differ from run to run. */
export type Values = Readonly<Record<string, string | undefined>>;

/** What is known in this run about a resource. */
export type Known = (resource: Resource) => Values;

/** The result of a call that was accepted. */
export interface StepResult {
  readonly requestId: string | undefined;
  readonly values: Values;
}

/**
 * One call, made so that it can be made again in another run, where the same resources have other
 * ids.
 */
export interface Step {
  readonly account: string;
  /** Reading calls are not replayed. */
  readonly writes: boolean;
  /** The resource that the answer is about. */
  readonly resource?: Resource;
  readonly fate?: 'made' | 'gone';
  send(clients: Clients, known: Known): Promise<StepResult>;
}

/** What a move may ask of the walk. */
export interface Chooser {
  readonly account: string;
  /** True with this chance. */
  chance(odds: number): boolean;
  number(below: number): number;
  /** A resource of that kind in the account, or none. */
  pick(kind: Kind): Resource | undefined;
  /** A new resource; none while there are enough. */
  make(kind: Kind): Resource | undefined;
}

/** One kind of call: chooses what it is about, and gives none when there is nothing to choose. */
export type Move = (choose: Chooser) => Step | undefined;

/** Any of some names. */
export const one = (choose: Chooser, names: readonly string[]): string =>
  names[choose.number(names.length)] ?? '';

type Answer = { readonly $metadata: { readonly requestId?: string | undefined } };

/** What a call is made of besides what was drawn. */
interface About {
  readonly account: string;
  /** The bucket of the account. */
  readonly bucket: string;
  /** What is known about the resource, and its `number`, of which names are made. */
  readonly own: Values;
  /** The same of the resource that the call names besides. */
  readonly other: Values;
  readonly known: Known;
}

/** One kind of call as data. One that makes, changes and removes nothing only reads. */
interface Row<Drawn extends object, Given extends Answer> {
  /** Makes a resource of this kind; with `changes` too, changes one once there are enough. */
  readonly makes?: Kind;
  readonly changes?: Kind;
  readonly removes?: Kind;
  /** Names a resource of this kind too: no call without one. */
  readonly names?: Kind;
  /** How often it is called at all; always, unless said. */
  readonly odds?: number;
  /** What chance decides. */
  draw?(choose: Chooser): Drawn;
  send(clients: Clients, about: About & Drawn): Promise<Given>;
  /**
   * What is known about the resource from now on. A change that tells nothing leaves what was
   * known.
   */
  tells?(answer: Given, about: About & Drawn): Values;
}

/** Makes a move of a row. */
export function move<Drawn extends object, Given extends Answer>(row: Row<Drawn, Given>): Move {
  const { makes, changes, removes, names, odds = 1 } = row;
  // Where nothing is drawn, `Drawn` has nothing in it.
  const draw = row.draw ?? (() => ({}) as Drawn);
  const old = changes ?? removes;
  const fate = makes ? 'made' : removes && 'gone';
  return (choose) => {
    const { account } = choose;
    const resource = (makes && choose.make(makes)) ?? (old && choose.pick(old));
    const named = names && choose.pick(names);
    const drawn = draw(choose);
    if (((makes ?? old) && !resource) || (names && !named)) return undefined;
    if (odds < 1 && !choose.chance(odds)) return undefined;
    return {
      account,
      writes: resource !== undefined,
      ...(resource && (fate || row.tells) ? { resource } : {}),
      ...(fate ? { fate } : {}),
      async send(clients, known) {
        const of = (one: Resource | undefined): Values =>
          one ? { ...known(one), number: String(one.number) } : {};
        const own = of(resource);
        const about = { account, bucket: bucketOf(account), own, other: of(named), known, ...drawn };
        const answer = await row.send(clients, about);
        return { requestId: answer.$metadata.requestId, values: row.tells?.(answer, about) ?? {} };
      },
    };
  };
}
