import type { Service } from '../adapter/contract.ts';
import type { Fetched, SourceKind, Sources } from '../adapter/ports.ts';
import type { Crl } from '../crl/crl.ts';
import { type Inventory, parseInventory } from '../crl/inventory.ts';
import { parseCrl } from '../crl/read-crl.ts';
import type { Definition, GroupDefinition, SourceAddress } from '../definition/definition.ts';
import { isTrustloomError, TrustloomError } from '../errors/error.ts';
import type { Finding } from '../errors/finding.ts';
import { manyEars } from '../util/signal.ts';
import type { Certificate } from '../x509/certificate.ts';
import { parseBundle } from '../x509/trust-bundle.ts';

/** A CA that a source offers; trusted for nothing until it is accepted. */
export interface Offer {
  readonly certificate: Certificate;
  readonly group: string;
  readonly from: string;
}

/** A list that a source gave, not yet judged. */
export interface OfferedList {
  readonly crl: Crl;
  readonly group: string;
  readonly from: string;
}

/** The issued serials of a group. */
export interface OfferedInventory {
  readonly inventory: Inventory;
  readonly group: string;
}

/** What gathering needs: a definition, the ways to its sources, and the services of its targets. */
export interface GatherParts {
  readonly definition: Definition;
  readonly sources: Sources;
  readonly services: readonly Service[];
}

/** Everything that the sources of a definition gave. */
export interface Gathered {
  readonly offers: readonly Offer[];
  readonly lists: readonly OfferedList[];
  readonly inventories: readonly OfferedInventory[];
  /** What went wrong: a bundle or an inventory in error stops every write but a refresh, a list in error is left alone. */
  readonly findings: readonly Finding[];
}

/**
 * Fetches and reads every source of a definition, side by side, but inventories only of groups that a target needs them of. Never throws
 * for what a source gives or does not give: that is a finding.
 */
export async function gather(
  { definition, sources, services }: GatherParts,
  given?: AbortSignal,
): Promise<Gathered> {
  given?.throwIfAborted();
  const signal = manyEars(given);
  const wanted = groupsWithInventory(definition, services);
  const fetched = new Map<string, Promise<Fetched>>();
  /** The same address under the same role is fetched once. */
  const once = (address: SourceAddress, what: SourceKind, accountName: string | undefined) => {
    const key = `${what} ${accountName ?? ''} ${address.text}`;
    const running = fetched.get(key) ?? sources.fetch(address, what, accountName, signal);
    fetched.set(key, running);
    return running;
  };
  const parts = await Promise.all(
    definition.groups.flatMap((group) => [
      ...group.bundle.map((address) =>
        bundleOf(group, address, () => once(address, 'bundle', group.account)),
      ),
      ...group.crls.map((address) => listOf(group, address, () => once(address, 'crl', group.account))),
      ...[group.inventory ?? []]
        .flat()
        .filter(() => wanted.has(group.name))
        .map((address) => inventoryOf(group, address, () => once(address, 'inventory', group.account))),
    ]),
  );
  signal.throwIfAborted();
  return {
    offers: parts.flatMap(({ offers }) => offers),
    lists: parts.flatMap(({ lists }) => lists),
    inventories: parts.flatMap(({ inventories }) => inventories),
    findings: parts.flatMap(({ findings }) => findings),
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

async function bundleOf(
  group: GroupDefinition,
  address: SourceAddress,
  fetch: () => Promise<Fetched>,
): Promise<Gathered> {
  return guarded(address, async () => {
    const { bytes, from } = await fetch();
    const { certificates, findings } = parseBundle(bytes, address.text);
    const offers = certificates
      .filter(({ isCa }) => isCa)
      .map((certificate) => ({ certificate, group: group.name, from }));
    return { ...nothing, offers, findings };
  });
}

async function listOf(
  group: GroupDefinition,
  address: SourceAddress,
  fetch: () => Promise<Fetched>,
): Promise<Gathered> {
  return guarded(address, async () => {
    const { bytes, from } = await fetch();
    return { ...nothing, lists: [{ crl: parseCrl(bytes, address.text), group: group.name, from }] };
  });
}

async function inventoryOf(
  group: GroupDefinition,
  address: SourceAddress,
  fetch: () => Promise<Fetched>,
): Promise<Gathered> {
  return guarded(address, async () => {
    const { bytes } = await fetch().catch((error: unknown) => {
      if (!isTrustloomError(error) || error.kind === 'bug') throw error;
      throw new TrustloomError('inventory-missing', `inventory of ${group.name}: ${error.message}`, {
        cause: error,
      });
    });
    return {
      ...nothing,
      inventories: [{ inventory: parseInventory(bytes, address.text), group: group.name }],
    };
  });
}

const nothing: Gathered = { offers: [], lists: [], inventories: [], findings: [] };

async function guarded(address: SourceAddress, read: () => Promise<Gathered>): Promise<Gathered> {
  try {
    return await read();
  } catch (error) {
    if (!isTrustloomError(error) || error.kind === 'bug') throw error;
    const at = address.at === undefined ? {} : { at: address.at };
    const own: Finding = {
      code: error.code,
      severity: 'error',
      message: error.message,
      thing: address.text,
      ...at,
    };
    return { ...nothing, findings: error.findings.length > 0 ? error.findings : [own] };
  }
}
