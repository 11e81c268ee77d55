import type { VersionedStore } from '../adapter/versioned-store.ts';
import type { DenyEntry, ReleasedSerial } from '../crl/deny-list.ts';
import type { GroupDefinition } from '../definition/definition.ts';
import { TrustloomError } from '../errors/error.ts';
import type { AccountRegion } from '../util/account-region.ts';
import type { JsonObject } from '../util/json.ts';
import { type Clock, isoTime } from '../util/time.ts';
import { objectChanges } from './changes.ts';

/** The right to write for a while. */
export interface Lease {
  /** Who holds it, for people: `ann@laptop 4711`. */
  readonly holder: string;
  /** ISO time after which anybody may take it, by the clock of who holds it. */
  readonly until: string;
  /** Grows by one with every change of hands. */
  readonly generation: number;
}

/** A lease as it was seen at some moment: the same again later means that nobody renewed it. */
export type SeenLease = Pick<Lease, 'until' | 'generation'>;

/** What both objects have in common. */
interface Leased {
  readonly formatVersion: 1;
  /** Absent: nobody has the right to write now. */
  readonly lease?: Lease;
  /** That of the last lease, so that the next one has a higher. */
  readonly generation?: number;
}

/** Where the CRLs of a group are fetched, for a target whose group left the definition. */
export type RememberedGroup = Pick<GroupDefinition, 'name' | 'account' | 'crls'>;

/**
 * One target as it was last applied: enough to find it again when the definition forgot it, and to
 * go on refusing the revoked there.
 */
export interface TargetRow {
  /** What the definition called it last. */
  readonly name: string;
  /** Groups that are trusted there. */
  readonly trust: readonly string[];
  readonly groups: readonly RememberedGroup[];
  readonly kind: string;
  readonly accountRegion: AccountRegion;
  readonly accountName: string;
  readonly attach: 'managed' | 'external';
  readonly anchors: 'all' | 'issuing';
  readonly config: JsonObject;
  /** What the adapter asked to remember: ids, CloudFront ETags. */
  readonly notes: JsonObject;
}

/** `trust.json`: targets applied, and every distrusted key. */
export interface TrustState extends Leased {
  /** `id` of the lock of the definition whose state this is. */
  readonly definition?: string;
  /**
   * CAs that were retired, by SHA-256, with the ISO time since when: one that a lock names as
   * trusted again, perhaps by a revert, needs its own consent.
   */
  readonly retired?: Readonly<Record<string, string>>;
  /** By id: what each was first called. */
  readonly targets: Readonly<Record<string, TargetRow>>;
  /** By SHA-256 of the key. */
  readonly distrusted: Readonly<Record<string, { readonly subject: string; readonly since: string }>>;
}

/**
 * The newest CRL accepted for one key. The CRL itself lies beside, under its digest
 * (`accepted-crls.ts`).
 */
export interface AcceptedCrl {
  readonly sha256: string;
  readonly issuer: string;
  readonly number?: string;
  readonly thisUpdate: string;
  readonly nextUpdate?: string;
  readonly entries: number;
  /** When this CRL was accepted: with `thisUpdate`, how long news takes to get here. */
  readonly acceptedAt: string;
  /** thisUpdate of the issues before, newest first, ten at most: how often the CA publishes. */
  readonly recent?: readonly string[];
  /** The first issue that was ever accepted, for the forecast of growth. */
  readonly first: { readonly at: string; readonly entries: number };
  /**
   * Serials that left the CRL and stay refused where Trustloom owns the check: digest of their
   * file, and their count.
   */
  readonly retained?: { readonly sha256: string; readonly count: number };
  /**
   * ISO time at which somebody let the CRL go, since its CA had stopped publishing: a newer one
   * takes its place, this one never comes back.
   */
  readonly withdrawn?: string;
}

/**
 * `revocation.json`: the newest CRL accepted per key, the deny list, and what revoking steps asked
 * to remember.
 */
export interface RevocationState extends Leased {
  /**
   * By SHA-256 of the issuer's key; a partition or delta CRL under the key, a slash and its kind.
   */
  readonly crls: Readonly<Record<string, AcceptedCrl>>;
  readonly deny: readonly DenyEntry[];
  /** What `unrevoke` took off the deny list, until the certificates have ended. */
  readonly released?: readonly ReleasedSerial[];
  /**
   * Targets of which this object has known since before their first write, by id. One that holds
   * something of ours and is not among them is not known to this state: it was lost, or is another.
   */
  readonly known?: Readonly<Record<string, KnownTarget>>;
  /** By id of the target, as `notes` of `trust.json`: a refresh may write here, and never there. */
  readonly notes?: Readonly<Record<string, JsonObject>>;
}

/** That the state knows a target. */
export interface KnownTarget {
  /**
   * ISO time at which the state was built again from what the target holds: until then unknown
   * entries stay refused there, and after it too, until they are readmitted by consent or none is
   * left.
   */
  readonly rebuilt?: string;
}

/** What a run knew of revocation: as long as this is the same, nothing newer is known. */
export function fingerprintOf({
  crls,
  deny,
  released = [],
}: Pick<RevocationState, 'crls' | 'deny' | 'released'>): string {
  const digests = Object.entries(crls).map(
    ([key, { sha256, withdrawn }]) => `${key} ${sha256}${withdrawn === undefined ? '' : ' withdrawn'}`,
  );
  const pairs = (entries: readonly ReleasedSerial[]) =>
    entries.map(({ caKey, serial }) => `${caKey} ${serial}`).sort();
  return JSON.stringify([digests.sort(), pairs(deny), pairs(released)]);
}

/** A lease that is held. */
export interface HeldLease<T> {
  /**
   * Renews when half of its time is gone; call it before every write to the world. @throws
   * TrustloomError `lease-lost`
   */
  keep(): Promise<void>;
  /** Changes the object while the lease is ours. @throws TrustloomError `lease-lost` */
  update(change: (current: T) => T): Promise<void>;
  release(): Promise<void>;
}

/** One object of the state. */
export interface StateObject<T> {
  read(): Promise<T>;
  /**
   * @param unrenewed the lease as it was seen long ago: if it is still that one, it is taken over,
   *   whatever its holder's clock made of its end
   * @throws TrustloomError `lease-held` when another run holds it
   */
  acquire(holder: string, unrenewed?: SeenLease): Promise<HeldLease<T>>;
  /** Changes the object whoever holds its lease: for entries that must not wait. */
  amend(change: (current: T) => T): Promise<T>;
}

/**
 * The state: what the tool remembers between runs. If lost, everything is retained and nothing is
 * granted.
 */
export interface TrustloomState {
  readonly trust: StateObject<TrustState>;
  readonly revocation: StateObject<RevocationState>;
  /** CRLs as they were accepted, and what is retained of them. */
  readonly blobs: Pick<VersionedStore, 'getBlob' | 'putBlob'>;
}

const emptyTrust: TrustState = { formatVersion: 1, targets: {}, distrusted: {} };
const emptyRevocation: RevocationState = { formatVersion: 1, crls: {}, deny: [] };

/**
 * How long a lease lasts without renewal. Short, because a run that was killed leaves it behind.
 */
export const leaseMs = 30_000;

/** Opens the state in a store. Nothing is read or written before the first use. */
export function openState(store: VersionedStore, clock: Clock): TrustloomState {
  return Object.freeze({
    trust: stateObject(store, clock, 'trust.json', emptyTrust),
    revocation: stateObject(store, clock, 'revocation.json', emptyRevocation),
    blobs: store,
  });
}

function stateObject<T extends Leased>(
  store: VersionedStore,
  clock: Clock,
  key: string,
  empty: T,
): StateObject<T> {
  const load = async (): Promise<{ value: T; etag?: string }> => {
    const found = await store.get(key);
    return found === undefined ? { value: empty } : { value: parse<T>(found.body, key), etag: found.etag };
  };
  const change = objectChanges<T>(store, clock, { key, load });
  return {
    read: async () => (await load()).value,
    amend: change,
    async acquire(holder, unrenewed) {
      const taken = await change((current) => {
        refuseHeld(current.lease, { now: clock.now(), key, unrenewed });
        const generation = (current.generation ?? 0) + 1;
        return {
          ...current,
          generation,
          lease: { holder, until: isoTime(clock.now() + leaseMs), generation },
        };
      });
      return heldLease(change, clock, key, taken.lease?.generation ?? 0);
    },
  };
}

function refuseHeld(
  current: Lease | undefined,
  {
    now,
    key,
    unrenewed,
  }: { readonly now: number; readonly key: string; readonly unrenewed?: SeenLease | undefined },
): void {
  if (current === undefined || Date.parse(current.until) <= now) return;
  const { holder, until, generation } = current;
  if (unrenewed?.generation === generation && unrenewed.until === until) return;
  throw new TrustloomError('lease-held', `${key}: ${holder} may write until ${until}`, {
    context: { holder, until, generation },
  });
}

function heldLease<T extends Leased>(
  change: (next: (current: T) => T) => Promise<T>,
  clock: Clock,
  key: string,
  generation: number,
): HeldLease<T> {
  let renewAt = clock.now() + leaseMs / 2;
  const mine = (current: T): Lease => {
    if (current.lease?.generation === generation) return current.lease;
    throw new TrustloomError(
      'lease-lost',
      `${key}: taken over by ${current.lease?.holder ?? 'another run'}`,
      {
        context: { holder: current.lease?.holder },
      },
    );
  };
  const renewed = (current: T): T => ({
    ...current,
    lease: { ...mine(current), until: isoTime(clock.now() + leaseMs) },
  });
  return {
    async keep() {
      if (clock.now() < renewAt) return;
      await change(renewed);
      renewAt = clock.now() + leaseMs / 2;
    },
    async update(next) {
      await change((current) => {
        mine(current);
        return next(current);
      });
    },
    async release() {
      await change((current) => {
        mine(current);
        const { lease: _, ...rest } = current;
        return rest as T; // the same object without an optional key
      });
    },
  };
}

function parse<T extends Leased>(body: string, key: string): T {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new TrustloomError('state-unreadable', `${key}: not JSON`, { cause });
  }
  if (typeof value === 'object' && value !== null && 'formatVersion' in value && value.formatVersion === 1)
    return value as T;
  throw new TrustloomError('state-unreadable', `${key}: written by another version of Trustloom`);
}
