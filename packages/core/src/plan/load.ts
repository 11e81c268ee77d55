import type { Service } from '../adapter/contract.ts';
import type { Fetched, SourceKind, Sources } from '../adapter/ports.ts';
import type { Crl } from '../crl/crl.ts';
import { type Inventory, parseInventory } from '../crl/inventory.ts';
import { parseCrl } from '../crl/read-crl.ts';
import type { Definition, GroupDefinition, SourceAddress } from '../definition/definition.ts';
import type { Lock } from '../definition/lock.ts';
import { isTrustloomError, TrustloomError } from '../errors/error.ts';
import type { Finding } from '../errors/finding.ts';
import { type CrlCopies, recallCrls } from '../state/accepted-crls.ts';
import { type IdentifiedTargets, identifyTargets } from '../state/identity.ts';
import type { RevocationState, TrustloomState, TrustState } from '../state/state.ts';
import { defined } from '../util/defined.ts';
import { allowManyListeners } from '../util/signal.ts';
import type { Clock, Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { parseBundle } from '../x509/trust-bundle.ts';

/** A CA that a source offers; trusted for nothing until it is accepted. */
export interface Offer {
  readonly certificate: Certificate;
  readonly group: string;
  readonly from: string;
}

/** A CRL that a source gave, not yet judged. */
export interface OfferedCrl {
  readonly crl: Crl;
  readonly group: string;
  readonly from: string;
}

/** Everything that the sources of a definition gave. */
export interface Gathered {
  readonly offers: readonly Offer[];
  readonly crls: readonly OfferedCrl[];
  /** The issued serials of groups. */
  readonly inventories: readonly { readonly inventory: Inventory; readonly group: string }[];
  /**
   * A bundle or an inventory in error stops every write but a refresh; a CRL that cannot be read is
   * left alone.
   */
  readonly findings: readonly Finding[];
}

/**
 * What loading needs: a definition, its lock, the ways to its sources, and the services of its
 * targets.
 */
export interface LoadParts {
  readonly definition: Definition;
  readonly lock: Lock;
  readonly sources: Sources;
  readonly services: readonly Service[];
  readonly clock: Clock;
}

/** All that trust and revocation are resolved from. */
export interface Loaded {
  readonly definition: Definition;
  readonly lock: Lock;
  readonly gathered: Gathered;
  readonly revocation: RevocationState;
  /** The targets of the definition, and those of the state that it claims no longer. */
  readonly identified: IdentifiedTargets;
  /** What the state has of accepted CRLs besides their rows. */
  readonly copies: CrlCopies;
  readonly now: Instant;
}

/**
 * Loads sources and state. Never throws for what a source gives or does not give: that is a
 * finding.
 */
export async function load(
  parts: LoadParts & { readonly state: TrustloomState },
  rows: TrustState['targets'],
  signal?: AbortSignal,
): Promise<Loaded> {
  const { definition, lock, state, clock, services } = parts;
  const identified = identifyTargets(definition.targets, rows, services);
  const groups = [...definition.groups, ...remainingGroups(definition, identified)];
  const [gathered, revocation] = await Promise.all([gather(parts, groups, signal), state.revocation.read()]);
  signal?.throwIfAborted();
  const offered = new Set(gathered.crls.map(({ crl }) => crl.sha256));
  const copies = await recallCrls(revocation, offered, state.blobs);
  return { definition, lock, gathered, revocation, identified, copies, now: clock.now() };
}

/** Groups that only targets on their way out still trust: their CRLs are fetched as before. */
function remainingGroups({ groups }: Definition, { leaving }: IdentifiedTargets): readonly GroupDefinition[] {
  const defined = new Set(groups.map(({ name }) => name));
  const remaining = leaving.flatMap(({ row }) => row.groups).filter(({ name }) => !defined.has(name));
  return [...new Map(remaining.map((group) => [group.name, { ...group, bundle: [] }])).values()];
}

/**
 * Loads the sources alone, as if nothing had been accepted of them yet: what `check` and `accept`
 * need.
 */
export async function loadSources(parts: LoadParts, signal?: AbortSignal): Promise<Loaded> {
  const { definition, lock, clock, services } = parts;
  const gathered = await gather(parts, definition.groups, signal);
  const revocation: RevocationState = { formatVersion: 1, crls: {}, deny: [] };
  const identified = identifyTargets(definition.targets, {}, services);
  return { definition, lock, gathered, revocation, identified, copies: new Map(), now: clock.now() };
}

/**
 * Fetches and reads every source, side by side, but inventories only of groups that a target needs
 * them of.
 */
async function gather(
  { definition, sources, services }: LoadParts,
  groups: readonly GroupDefinition[],
  given: AbortSignal | undefined,
): Promise<Gathered> {
  given?.throwIfAborted();
  const signal = allowManyListeners(given);
  const fetched = new Map<string, Promise<Fetched>>();
  /** The same address under the same role is fetched once. */
  const fetch = (what: SourceKind, address: SourceAddress, account: string | undefined) => {
    const key = `${what} ${account ?? ''} ${address.text}`;
    const running = fetched.get(key) ?? sources.fetch(address, what, account, signal);
    fetched.set(key, running);
    return running;
  };
  const read = async (
    what: SourceKind,
    address: SourceAddress,
    { name, account }: GroupDefinition,
  ): Promise<Partial<Gathered>> => {
    try {
      const file = await fetch(what, address, account).catch((error: unknown) => {
        throw what === 'inventory' ? inventoryMissing(name, error) : error;
      });
      return readers[what](file, address.text, name);
    } catch (error) {
      return { findings: findingsOf(error, address) };
    }
  };
  const withInventory = groupsWithInventory(definition, services);
  const parts = await Promise.all(
    groups.flatMap((group) => [
      ...group.bundle.map((address) => read('bundle', address, group)),
      ...group.crls.map((address) => read('crl', address, group)),
      ...[group.inventory ?? []]
        .flat()
        .filter(() => withInventory.has(group.name))
        .map((address) => read('inventory', address, group)),
    ]),
  );
  signal.throwIfAborted();
  return {
    offers: parts.flatMap(({ offers = [] }) => offers),
    crls: parts.flatMap(({ crls = [] }) => crls),
    inventories: parts.flatMap(({ inventories = [] }) => inventories),
    findings: parts.flatMap(({ findings = [] }) => findings),
  };
}

/** An inventory may be large, and only some targets are laid out by it. */
function groupsWithInventory({ targets }: Definition, services: readonly Service[]): ReadonlySet<string> {
  return new Set(
    targets
      .filter(({ kind, config }) =>
        services.some(({ key, readsInventory }) => key === kind && readsInventory(config)),
      )
      .flatMap(({ trust }) => trust),
  );
}

/** How a file of each kind is read. */
const readers: Readonly<
  Record<SourceKind, (fetched: Fetched, file: string, group: string) => Partial<Gathered>>
> = {
  bundle({ bytes, from }, file, group) {
    const { certificates, findings } = parseBundle(bytes, file);
    const cas = certificates.filter(({ isCa }) => isCa);
    return { offers: cas.map((certificate) => ({ certificate, group, from })), findings };
  },
  crl: ({ bytes, from }, file, group) => ({ crls: [{ crl: parseCrl(bytes, file), group, from }] }),
  inventory: ({ bytes }, file, group) => ({
    inventories: [{ inventory: parseInventory(bytes, file), group }],
  }),
};

function inventoryMissing(group: string, error: unknown): unknown {
  if (!isTrustloomError(error) || error.kind === 'bug') return error;
  return new TrustloomError('inventory-missing', `inventory of ${group}: ${error.message}`, { cause: error });
}

function findingsOf(error: unknown, { text, at }: SourceAddress): readonly Finding[] {
  if (!isTrustloomError(error) || error.kind === 'bug') throw error;
  const { code, message, findings } = error;
  return findings.length > 0
    ? findings
    : [{ code, severity: 'error', message, about: text, ...defined({ at }) }];
}
