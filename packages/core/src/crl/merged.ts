import { hexOf } from '../util/der.ts';
import type { Instant } from '../util/time.ts';
import type { Crl, IssuerCrl, SerialVisitor } from './crl.ts';
import { entryEnd } from './entries.ts';
import { revokedEntry } from './revoked-entry.ts';

/**
 * removeFromCRL (RFC 5280, 5.3.1): what a delta CRL says of an entry that its base has and that
 * counts no longer.
 */
const removeFromCrl = 8;

/**
 * All CRLs of one CA key taken together, for checks of ours: partitions side by side, each delta
 * CRL over its base.
 */
export interface MergedCrl {
  /** Exactly how many serials `eachSerial` visits. */
  readonly count: number;
  /**
   * End of the first CRL to end; a delta CRL only adds to its base, so its own end does not
   * count.
   */
  readonly nextUpdate?: Instant;
  has(serial: string): boolean;
  eachSerial(visit: SerialVisitor): void;
}

/**
 * Which of its CA's CRLs this one is; empty for the complete one. Of CRLs with the same slot the
 * newest is in force.
 *
 * @example
 * slotOf(crl) // '', 'delta', '3f0c9a…', '3f0c9a…-delta'
 */
export function slotOf({ scope, partition }: Pick<Crl, 'scope' | 'partition'>): string {
  return [partition, scope === 'delta' ? 'delta' : undefined].filter((part) => part !== undefined).join('-');
}

/**
 * The delta CRLs whose base is too old for them, or not there: they say nothing until a newer base
 * comes.
 *
 * @param crls of one CA key, the newest of each slot
 * @see RFC 5280, 5.2.4
 */
export function looseDeltas(crls: readonly IssuerCrl[]): readonly IssuerCrl[] {
  return crls.filter(({ crl }) => crl.scope === 'delta' && baseOf(crl, crls) === undefined);
}

/**
 * Merges the CRLs of one CA key. A delta CRL counts where its base has at least the number that
 * it builds on and is older than the delta CRL itself; what it removes from its base is refused no
 * longer.
 *
 * @param crls of one CA key, the newest of each slot
 * @see RFC 5280, 5.2.4 and 6.3.3
 */
export function mergeCrls(crls: readonly IssuerCrl[]): MergedCrl {
  const parts = crls
    .filter(({ crl }) => crl.scope !== 'delta')
    .map(({ crl }) => partOf(crl, crls.find((one) => isDeltaOf(one.crl, crl))?.crl));
  const ends = parts.flatMap(({ nextUpdate }) => (nextUpdate === undefined ? [] : [nextUpdate]));
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    ...(ends.length === 0 ? {} : { nextUpdate: Math.min(...ends) }),
    has: (serial) => parts.some((part) => part.has(serial)),
    eachSerial(visit) {
      for (const part of parts) part.eachSerial(visit);
    },
  };
}

/** One base with the delta CRL over it. */
function partOf(base: Crl, delta: Crl | undefined): MergedCrl {
  const end = base.nextUpdate === undefined ? {} : { nextUpdate: base.nextUpdate };
  if (delta === undefined)
    return { count: base.entryCount, ...end, has: base.has, eachSerial: base.eachSerial };
  const removed = removedBy(delta);
  const stays = (der: Uint8Array, start: number, to: number) =>
    removed.size === 0 || !removed.has(magnitudeHex(der, start, to));
  const eachSerial = (visit: SerialVisitor) => {
    for (const { eachSerial: each } of [base, delta])
      each((der, start, to) => {
        if (stays(der, start, to)) visit(der, start, to);
      });
  };
  let count = base.entryCount + delta.entryCount;
  if (removed.size > 0) {
    count = 0;
    eachSerial(() => {
      count += 1;
    });
  }
  return {
    count,
    ...end,
    has: (serial) => (base.has(serial) || delta.has(serial)) && !removed.has(serial),
    eachSerial,
  };
}

/** Serials that a delta CRL takes out of its base. */
function removedBy({ der, entries }: Crl): ReadonlySet<string> {
  const removed = new Set<string>();
  for (let at = entries.start; at < entries.end; at = entryEnd(der, at)) {
    const { serial, reason } = revokedEntry(der, at);
    if (reason === removeFromCrl) removed.add(serial);
  }
  return removed;
}

const magnitudeHex = (der: Uint8Array, start: number, end: number) =>
  hexOf(der, start, end).replace(/^0+(?=.)/, '');

function baseOf(delta: Crl, crls: readonly IssuerCrl[]): Crl | undefined {
  return crls.map(({ crl }) => crl).find((crl) => crl.scope !== 'delta' && isBuiltOn(delta, crl));
}

/** The base is not older than what the delta CRL builds on. */
function isBuiltOn(delta: Crl, base: Crl): boolean {
  return (
    delta.partition === base.partition &&
    delta.baseNumber !== undefined &&
    base.number !== undefined &&
    BigInt(base.number) >= BigInt(delta.baseNumber)
  );
}

/** The delta CRL is news for the base, too. */
function isDeltaOf(delta: Crl, base: Crl): boolean {
  return (
    delta.scope === 'delta' &&
    isBuiltOn(delta, base) &&
    delta.number !== undefined &&
    base.number !== undefined &&
    BigInt(delta.number) > BigInt(base.number)
  );
}
