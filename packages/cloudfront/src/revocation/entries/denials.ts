import { type Instant, isoTime, type ObservedDenial, sha256Hex } from '@trustloom/core/adapter';
import { valueBytes } from './layout.ts';
import { parseObject } from './manifest.ts';

/**
 * A serial that is refused apart from any CRL: of the deny list, or one that left its CRL. Stands in
 * the store exact and readable, whatever its form, so that it survives the state.
 */
export interface Denial extends Omit<ObservedDenial, 'since'> {
  /** Absent for one that is refused since now. */
  readonly since?: string;
  /** The CA's name (RFC 4514): what the function sees of it. */
  readonly issuer: string;
}

/** A denial that a store holds. */
export type HeldDenialItem = Denial & ObservedDenial;

/** True for the key of an item with denials. */
export const isDenialKey = (key: string): boolean => /^x[0-9a-f]{12}-\d{1,6}$/.test(key);

/** Denials that differ in their serial and the end of their certificate alone share items. */
const headerOf = ({ caKey, ca, issuer, origin, since }: HeldDenialItem) => ({
  caKey,
  ca,
  issuer,
  origin,
  since,
});

/** The items of denials; the same denials give the same items. */
export function denialItems(denials: readonly HeldDenialItem[]): ReadonlyMap<string, string> {
  const groups = new Map<string, HeldDenialItem[]>();
  for (const one of denials) {
    const header = JSON.stringify(headerOf(one));
    const group = groups.get(header) ?? [];
    groups.set(header, group);
    group.push(one);
  }
  const items = new Map<string, string>();
  for (const [header, group] of groups) {
    const room = valueBytes - Buffer.byteLength(header) - '"serials":[],'.length;
    const texts = [...new Set(group.map(textOf))].sort();
    const key = sha256Hex(header).slice(0, 12);
    for (const [at, serials] of pagesOf(texts, room).entries())
      items.set(`x${key}-${at}`, JSON.stringify({ ...headerOf(group[0] as HeldDenialItem), serials }));
  }
  return items;
}

const textOf = ({ serial, notAfter }: HeldDenialItem) =>
  notAfter === undefined ? serial : `${serial} until ${notAfter}`;

function pagesOf(texts: readonly string[], room: number): readonly (readonly string[])[] {
  const pages: string[][] = [];
  let left = 0;
  for (const text of texts) {
    const bytes = text.length + 3;
    if (bytes > left) {
      pages.push([]);
      left = room;
    }
    pages.at(-1)?.push(text);
    left -= bytes;
  }
  return pages;
}

/** The denials that a store holds. What cannot be read is left out. */
export function denialsIn(items: ReadonlyMap<string, string>): readonly HeldDenialItem[] {
  return [...items].flatMap(([key, value]): readonly HeldDenialItem[] => {
    const { caKey, ca, issuer, origin, since, serials } =
      (isDenialKey(key) ? parseObject(value) : undefined) ?? {};
    if (typeof caKey !== 'string' || typeof ca !== 'string' || typeof issuer !== 'string') return [];
    if ((origin !== 'denied' && origin !== 'retained') || typeof since !== 'string') return [];
    if (!Array.isArray(serials)) return [];
    return serials.flatMap((text) => {
      const [, serial, , notAfter] = /^([0-9a-f]+)( until (\S+))?$/.exec(String(text)) ?? [];
      if (serial === undefined) return [];
      return [{ caKey, ca, issuer, origin, since, serial, ...(notAfter === undefined ? {} : { notAfter }) }];
    });
  });
}

/** Denials with the time since when they stand: that of the store which had them first. */
export function sinceWhen(
  denials: readonly Denial[],
  held: readonly HeldDenialItem[],
  now: Instant,
): readonly HeldDenialItem[] {
  const pair = ({ caKey, serial, origin }: Denial) => `${caKey} ${serial} ${origin}`;
  const known = new Map<string, string>();
  for (const one of held) {
    const before = known.get(pair(one));
    if (before === undefined || one.since < before) known.set(pair(one), one.since);
  }
  return denials.map((one) => ({ ...one, since: one.since ?? known.get(pair(one)) ?? isoTime(now) }));
}
