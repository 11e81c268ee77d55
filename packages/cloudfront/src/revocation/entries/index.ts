import {
  type Certificate,
  type CheckedKey,
  caName,
  checkedKeys,
  defined,
  type RevocationSet,
  reach,
  type Trust,
} from '@trustloom/core/adapter';
import { crlItems } from './crl-items.ts';
import type { Denial, HeldDenialItem } from './denials.ts';
import { type InventoryCheck, inventoryCheck } from './inventory.ts';
import { manifestOf, namesOf, revokedCas } from './manifest.ts';
import type { EntryParts, IssuerEntries } from './parts.ts';
import {
  collectSerials,
  type EntryForm,
  type IssuedSerials,
  issuedBy,
  nameText,
  partsOf,
  type SerialSet,
  type SetSize,
  sizeOf,
} from './serials.ts';
import { overShare } from './shares.ts';

export type { EntryParts, IssuerEntries } from './parts.ts';

/** What the KeyValueStore of a target should say, before it is known how the store is laid out. */
export interface DesiredEntries extends EntryParts {
  /** Names of issuers whose revocations have no room: none of their clients is admitted. */
  readonly withoutRoom: ReadonlySet<string>;
  /** All that has to be refused by an entry. */
  readonly set: SerialSet;
  /** Of `withoutRoom` issuers: stays where it stands, as long as there is room. */
  readonly spare: SerialSet;
  readonly size: SetSize;
  /** Issuers whose CRLs went in, for people. */
  readonly titles: string;
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
  const { revocation } = trust;
  const keys = checkedKeys(trust).filter(
    ({ keySha256, state, revoked, count }) =>
      state !== 'unlisted' || revoked || count > 0 || reached.has(keySha256),
  );
  const alone = { ...revocation, retained: new Map(), denied: [] };
  const listed = new Map(checkedKeys({ ...trust, revocation: alone }).map((key) => [key.keySha256, key]));
  const parts = {
    form,
    issuers: issuersOf(keys.flatMap(({ keySha256 }) => listed.get(keySha256) ?? [])),
    pinned: revokedCas(keys),
    denials: denialsOf(keys, revocation),
    manifest: manifestOf(keys),
    crlItems: crlItems(trust, keys),
    unread: keys.some(({ state }) => state === 'unread'),
    lost: false,
    crls: keys.flatMap((key) => key.crls),
    groups: trust.groups,
    revocation,
    known: trust.known,
  };
  return fitted(parts, overShare(parts));
}

/** The entries of some parts, without the CRLs of issuers that have no room. */
export function fitted(parts: EntryParts, withoutRoom: ReadonlySet<string>): DesiredEntries {
  const { form, issuers, groups, known } = parts;
  const inside = issuers.filter(({ name }) => !withoutRoom.has(name)).map(({ set }) => set);
  const outside = issuers.filter(({ name }) => withoutRoom.has(name)).map(({ set }) => set);
  const pinned = collectSerials([...parts.pinned, ...deniedSerials(parts)]);
  const set = collectSerials([...inside.flatMap(partsOf), ...partsOf(pinned)]);
  const withEntries = issuers.filter(({ set: own }) => own.count > 0);
  return {
    ...parts,
    withoutRoom,
    set,
    spare: collectSerials(outside.flatMap(partsOf)),
    size: sizeOf([...inside, pinned], form),
    titles: [...new Set(withEntries.map(({ ca }) => ca))].join('; '),
    inventory: inventoryCheck(set, { form, groups, known, names: [...parts.manifest.ends.keys()] }),
  };
}

/** The same with denials that stores hold and that nothing explains away. */
export function withDenials(entries: DesiredEntries, more: readonly HeldDenialItem[]): DesiredEntries {
  if (more.length === 0) return entries;
  const { manifest } = entries;
  // One of them may be of a CA below: intermediates are compared with them, too.
  const cas = manifest.lookUpCas
    ? manifest.cas
    : collectSerials([...partsOf(manifest.cas), ...deniedSerials({ ...entries, denials: more })]);
  const denials = [...entries.denials, ...more];
  const parts = { ...entries, denials, manifest: { ...manifest, cas } };
  return fitted(parts, overShare(parts));
}

/** Denials as serials of every name that their CA has. */
function deniedSerials({ denials, known }: Pick<EntryParts, 'denials' | 'known'>): readonly IssuedSerials[] {
  const names = new Map<string, readonly string[]>();
  const namesOfKey = (caKey: string) => {
    const found = names.get(caKey) ?? namesOf({ cas: known.filter(({ keySha256 }) => keySha256 === caKey) });
    names.set(caKey, found);
    return found;
  };
  const serials = new Map<string, Set<string>>();
  for (const { caKey, issuer, serial } of denials) {
    if (serial.startsWith('-')) continue;
    for (const name of new Set([...namesOfKey(caKey), ...(issuer === '' ? [] : [nameText(issuer)])])) {
      const set = serials.get(name) ?? new Set();
      serials.set(name, set);
      set.add(serial);
    }
  }
  return [...serials].map(([name, set]) => issuedBy(name, [...set]));
}

function issuersOf(keys: readonly CheckedKey[]): readonly IssuerEntries[] {
  const names = [...new Set(keys.flatMap(namesOf))];
  return names.map((name) => {
    const own = keys.filter((key) => namesOf(key).includes(name));
    const ca = own.flatMap(({ cas }) => cas).find(({ subject }) => nameText(subject.text) === name);
    return {
      name,
      ca: ca === undefined ? name : ca.subject.text,
      about: ca?.sha256 ?? '',
      set: collectSerials(own.map((key) => ({ ...key, issuer: name }))),
    };
  });
}

/** Longer names are not repeated in the items of denials, so that these fit. */
const longestName = 300;

/** The deny list and what left the CRLs. */
function denialsOf(keys: readonly CheckedKey[], { denied, retained }: RevocationSet): readonly Denial[] {
  const byKey = new Map(keys.map((key) => [key.keySha256, key]));
  const describe = (caKey: string, subject: string) => {
    const [ca] = byKey.get(caKey)?.cas ?? [];
    const issuer = ca?.subject.text ?? subject;
    return {
      caKey,
      ca: (ca === undefined ? subject : caName(ca)).slice(0, 80),
      issuer: issuer.length > longestName ? '' : issuer,
    };
  };
  return [
    ...denied.map(
      ({ caKey, ca, serial, since, notAfter }): Denial => ({
        ...describe(caKey, ca),
        serial,
        origin: 'denied',
        since,
        ...defined({ notAfter }),
      }),
    ),
    ...[...retained].flatMap(([caKey, serials]) =>
      serials.map((serial): Denial => ({ ...describe(caKey, ''), serial, origin: 'retained' })),
    ),
  ];
}
