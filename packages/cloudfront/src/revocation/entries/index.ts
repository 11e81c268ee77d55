import {
  type Certificate,
  type CheckedKey,
  checkedKeys,
  isIssuedBy,
  reach,
  type Trust,
} from '@trustloom/core/adapter';
import { type InventoryCheck, inventoryCheck } from './inventory.ts';
import { type AmbiguousCa, crlItems, type Manifest, manifestOf, revokedCas } from './manifest.ts';
import {
  collectSerials,
  type EntryForm,
  exactText,
  type SerialSet,
  serialBytes,
  textBytesOf,
} from './serials.ts';

/** What the KeyValueStore of a target should say, before it is known how the store is laid out. */
export interface DesiredEntries {
  readonly form: EntryForm;
  readonly set: SerialSet;
  readonly textBytes: number;
  readonly manifest: Manifest;
  /** Items that describe the CRLs that went in; the function does not read them. */
  readonly crlItems: ReadonlyMap<string, string>;
  /** A CRL in force could not be read: nothing that the store says may go. */
  readonly unread: boolean;
  /** SHA-256 of the CRLs, for the lines of a plan. */
  readonly crls: readonly string[];
  /** CAs whose CRLs went in, for people. */
  readonly issuers: string;
  /** CA keys that matter here. */
  readonly keys: readonly CheckedKey[];
  /** Good CAs that look like revoked ones. */
  readonly ambiguous: readonly AmbiguousCa[];
  readonly inventory: InventoryCheck;
}

/**
 * Reads off a trust what has to be refused: of every CA key by which a client is admitted, and of
 * those above it.
 */
export function desiredEntries(
  trust: Trust,
  anchors: readonly Certificate[],
  form: EntryForm,
): DesiredEntries {
  const reached = new Set(
    reach({ anchors, known: trust.known, chain: 'any-anchor' }).map(({ ca }) => ca.keySha256),
  );
  const all = checkedKeys(trust);
  const keys = all.filter(
    ({ keySha256, state, revoked, count }) =>
      state !== 'unlisted' || revoked || count > 0 || reached.has(keySha256),
  );
  const set = collectSerials([...keys, refusing(revokedCas(keys))]);
  const ambiguous = ambiguousCas(keys, all);
  const withEntries = keys.filter(({ count }) => count > 0);
  return {
    form,
    set,
    textBytes: textBytesOf(set, form),
    manifest: manifestOf(keys, ambiguous),
    crlItems: crlItems(trust, keys),
    unread: keys.some(({ state }) => state === 'unread'),
    crls: keys.flatMap((key) => key.crls),
    issuers: [...new Set(withEntries.flatMap(({ cas }) => cas[0]?.subject.text ?? []))].join('; '),
    keys,
    ambiguous,
    inventory: inventoryCheck(set, form, trust.groups),
  };
}

/** A key that refuses these serials of CAs. */
function refusing(serials: readonly string[]): CheckedKey {
  return {
    keySha256: '',
    cas: [],
    revoked: true,
    state: 'unlisted',
    crls: [],
    count: serials.length,
    eachSerial(visit) {
      for (const bytes of serials.map(serialBytes)) visit(bytes, 0, bytes.length);
    },
  };
}

/**
 * Known CAs that share a serial with what some key revoked and that this key did not issue: its CRL
 * cannot mean them. CAs that their own issuer names are left out.
 *
 * @param all every known key
 */
function ambiguousCas(keys: readonly CheckedKey[], all: readonly CheckedKey[]): readonly AmbiguousCa[] {
  const good = all.filter(({ revoked }) => !revoked).flatMap(({ cas }) => cas);
  const byText = new Map<string, Certificate[]>();
  const lastBytes = new Uint8Array(65_536);
  for (const ca of good) {
    const bytes = serialBytes(ca.serial);
    const text = exactText(bytes, 0, bytes.length);
    byText.set(text, [...(byText.get(text) ?? []), ca]);
    lastBytes[lastTwo(bytes, 0, bytes.length)] = 1;
  }
  const alike = keys.flatMap((key) => {
    const found = new Set<string>();
    // Text is made only of serials that end like one of a CA: there may be half a million.
    key.eachSerial((bytes, start, end) => {
      if (lastBytes[lastTwo(bytes, start, end)] === 1) found.add(exactText(bytes, start, end));
    });
    return [...found].flatMap((text) => {
      const cas = byText.get(text) ?? [];
      const named = cas.filter((ca) => key.cas.some((parent) => isIssuedBy(ca, parent)));
      return cas.map((ca) => ({ ca, text, key, named }));
    });
  });
  const named = new Set(alike.flatMap((one) => one.named));
  return alike
    .filter((one) => one.named.length === 0 && !named.has(one.ca))
    .map(({ ca, text, key }) => ({ ca, text, key }));
}

const lastTwo = (bytes: Uint8Array, start: number, end: number) =>
  ((end - start > 1 ? (bytes[end - 2] ?? 0) : 0) << 8) | (bytes[end - 1] ?? 0);
