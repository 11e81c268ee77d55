import {
  type Certificate,
  type CheckedKey,
  checkedKeys,
  reach,
  sha256Hex,
  type Trust,
} from '@trustloom/core';
import { type ConfusedCa, confusedCas } from './confused-cas.ts';
import { type InventoryCheck, inventoryCheck } from './denials.ts';
import { type HeadFacts, headFacts, revokedCas } from './head.ts';
import type { KeyForm } from './layout.ts';
import { listItems } from './list-items.ts';
import { collectSerials, type SerialSet, textBytesOf } from './serial-set.ts';

/** What the key value store of a target should say, before it is known how the store is laid out. */
export interface DesiredKeys {
  readonly form: KeyForm;
  readonly set: SerialSet;
  readonly textBytes: number;
  readonly head: HeadFacts;
  /** Items that tell people which lists went in; the function does not read them. */
  readonly lists: ReadonlyMap<string, string>;
  /** A list in force is not at hand: nothing that the store says may go. */
  readonly kept: boolean;
  /** SHA-256 of the lists, for the lines of a plan. */
  readonly things: readonly string[];
  /** CAs whose lists went in, for people. */
  readonly issuers: string;
  /** CA keys that matter here. */
  readonly keys: readonly CheckedKey[];
  /** Good CAs that look like revoked ones. */
  readonly confused: readonly ConfusedCa[];
  readonly inventory: InventoryCheck;
}

/** Reads off a trust what has to be refused: of every CA key that can get a client in, and of those above it. */
export function desiredKeys(trust: Trust, anchors: readonly Certificate[], form: KeyForm): DesiredKeys {
  const reached = new Set(
    reach({ anchors, known: trust.known, chain: 'any-anchor' }).map(({ ca }) => ca.keySha256),
  );
  const all = checkedKeys(trust);
  const keys = all.filter(
    ({ keySha256, state, revoked, count }) =>
      state !== 'unlisted' || revoked || count > 0 || reached.has(keySha256),
  );
  const set = collectSerials([...keys, ...asKey(revokedCas(keys))]);
  const lists = listItems(trust, keys);
  const confused = confusedCas(keys, all);
  return {
    form,
    set,
    textBytes: textBytesOf(set, form),
    head: headFacts(keys, confused),
    lists,
    kept: keys.some(({ state }) => state === 'kept'),
    things: keys.flatMap((key) => key.lists),
    issuers: [
      ...new Set(keys.filter(({ count }) => count > 0).flatMap(({ cas }) => cas[0]?.subject.text ?? [])),
    ].join('; '),
    keys,
    confused,
    inventory: inventoryCheck(set, form, trust.groups),
  };
}

/** Serials of CAs as a key that refuses them. */
function asKey(serials: readonly string[]): readonly CheckedKey[] {
  if (serials.length === 0) return [];
  return [
    {
      keySha256: '',
      cas: [],
      revoked: true,
      state: 'unlisted',
      lists: [],
      count: serials.length,
      eachSerial(visit) {
        for (const serial of serials) {
          const bytes = Buffer.from(serial.length % 2 === 0 ? serial : `0${serial}`, 'hex');
          visit(bytes, 0, bytes.length);
        }
      },
    },
  ];
}

/** A name for the content as a whole: it salts the layout of a new store and stands in its name. */
export function contentDigest({ form, set, lists }: DesiredKeys): string {
  return sha256Hex(`${form} ${sha256Hex(set.bytes)} ${[...lists.values()].join(' ')}`);
}
