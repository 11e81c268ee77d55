import {
  type Artifact,
  defined,
  type Instant,
  isOlderIssue,
  isoTime,
  unexplainedDenials,
} from '@trustloom/core/adapter';
import type { PlannedKey } from '../../model.ts';
import { openSerialSet } from '../../revocation/authorizer/serial-set.ts';
import { crlsDigest, type DesiredKey, type DesiredManifest } from '../../revocation/index.ts';
import type { ManifestCrl, ManifestDenial, ManifestKey, ManifestSet } from '../../revocation/manifest.ts';
import type { Published } from '../../revocation/published.ts';
import { serialsIn } from '../../revocation/set-file.ts';

/** More serials than this are not written one by one: the set that has them stays instead. */
const mostInline = 5_000;

/**
 * What the deny list says and what is retained, and every entry that is held already, unless
 * something explains that it goes: a state without it explains nothing. Entries of both origins are
 * judged apart, for each goes by its own reasons; but what was released by name is released.
 */
export function deniedOf(
  { row: { key }, denied, retained }: DesiredKey,
  held: readonly ManifestDenial[],
  revocation: DesiredManifest['revocation'],
  now: Instant,
): readonly ManifestDenial[] {
  const released = new Map(
    revocation.released
      .filter(({ caKey }) => caKey === key)
      .map(({ serial, since }) => [serial, Date.parse(since)]),
  );
  const isReleased = ({ serial, since }: ManifestDenial) => (released.get(serial) ?? -1) >= Date.parse(since);
  const stay = (origin: ManifestDenial['origin'], apart: Partial<DesiredManifest['revocation']>) =>
    unexplainedDenials(
      held.filter((one) => one.origin === origin && !isReleased(one)).map((one) => ({ ...one, caKey: key })),
      { ...revocation, ...apart },
      { now, expiryIgnored: false },
    ).map((one) => entry(origin, one.serial, one.since, one.notAfter));
  const sinceOf = new Map(
    held.filter(({ origin }) => origin === 'retained').map(({ serial, since }) => [serial, since]),
  );
  return sorted([
    ...denied.map(({ serial, since, notAfter }) => entry('denied', serial, since, notAfter)),
    ...retained.map((serial) => entry('retained', serial, sinceOf.get(serial) ?? isoTime(now))),
    ...stay('denied', { retained: new Map() }),
    ...stay('retained', { denied: [] }),
  ]);
}

/**
 * What is refused by what is published stays refused, and what the definition adds comes to it: the
 * deny list, a CA that is revoked.
 */
export function asBefore(wanted: PlannedKey, before: ManifestKey): PlannedKey {
  const { nextUpdate: _, ...row } = wanted;
  const { state, crls, sets, nextUpdate } = before;
  return {
    ...row,
    state: wanted.state === 'revoked' ? 'revoked' : state,
    ...defined({ nextUpdate }),
    sets,
    crls,
  };
}

/** What is known of what is held. */
interface HeldParts {
  readonly published: Published | undefined;
  readonly now: Instant;
  readonly stateLost: boolean;
}

/**
 * With the sets that nothing explains to go: all, where nothing is known of what a newer CRL lost;
 * else those that are not of the CRLs that were published. Their serials stay as retained ones. A
 * set that cannot be read, or has too many, stays itself.
 */
export function withHeld(
  row: PlannedKey,
  before: ManifestKey,
  { published, now, stateLost }: HeldParts,
  artifacts: ReadonlyMap<string, Artifact>,
): PlannedKey {
  const own = crlsDigest(before.crls.map(({ sha256 }) => sha256));
  const isThere = new Set(row.sets.map(({ sha256 }) => sha256));
  const held = before.sets.filter(({ sha256, from }) => !isThere.has(sha256) && (stateLost || from !== own));
  const has = row.sets.flatMap(({ sha256 }) => {
    const body = published?.sets.get(sha256) ?? artifacts.get(sha256)?.body;
    return body === undefined || typeof body === 'string' ? [] : [openSerialSet(body)];
  });
  const kept: ManifestSet[] = [];
  const lost: string[] = [];
  for (const set of held) {
    const body = published?.sets.get(set.sha256);
    const gone = body === undefined ? undefined : serialsWithout(body, has);
    if (gone === undefined || lost.length + gone.length > mostInline) kept.push(set);
    else lost.push(...gone);
  }
  const since = isoTime(now);
  const more = {
    sets: [...row.sets, ...kept],
    denied: sorted([...row.denied, ...lost.map((serial) => entry('retained', serial, since))]),
  };
  if (!stateLost) return { ...row, ...more };
  const { nextUpdate, ...rest } = row;
  const end = before.crls.length === 0 ? nextUpdate : latest(before.nextUpdate, nextUpdate);
  return { ...rest, ...defined({ nextUpdate: end }), ...more, state: strictest(row.state, before.state) };
}

function serialsWithout(
  body: Uint8Array,
  others: readonly ReturnType<typeof openSerialSet>[],
): readonly string[] {
  return [...serialsIn(body)].filter((serial) => {
    const bytes = Buffer.from(serial.length % 2 === 0 ? serial : `0${serial}`, 'hex');
    return !others.some((has) => has(bytes));
  });
}

/** All CRLs that were published may go. */
export function areExplained(was: readonly ManifestCrl[], wanted: readonly ManifestCrl[]): boolean {
  return was.every((crl) => isExplained(crl, wanted));
}

/**
 * A CRL that was published may go: it is among the wanted ones, or a newer one of its kind is, or a
 * newer complete one.
 */
function isExplained(was: ManifestCrl, wanted: readonly ManifestCrl[]): boolean {
  const issue = ({ thisUpdate, ...crl }: ManifestCrl) => ({ ...crl, thisUpdate: Date.parse(thisUpdate) });
  // Over what a delta CRL builds on it may be gone; a complete CRL covers every partition.
  const base = was.slot?.replace(/-?delta$/, '');
  return wanted.some(
    (crl) =>
      crl.sha256 === was.sha256 ||
      ((crl.slot === was.slot || crl.slot === undefined || crl.slot === base) &&
        !isOlderIssue(issue(crl), issue(was))),
  );
}

const strictness = ['unlisted', 'listed', 'missing', 'revoked'] as const;

/** Of a CRL that was never published and one that is, the latter: it was published now. */
function strictest(now: ManifestKey['state'], before: ManifestKey['state']): ManifestKey['state'] {
  if (now === 'listed' && before === 'missing') return now;
  return strictness.indexOf(now) > strictness.indexOf(before) ? now : before;
}

function latest(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return undefined;
  return Date.parse(a) > Date.parse(b) ? a : b;
}

function entry(
  origin: ManifestDenial['origin'],
  serial: string,
  since: string,
  notAfter?: string,
): ManifestDenial {
  return { serial, origin, since, ...defined({ notAfter }) };
}

/** By serial, each once for each origin; of two the first stays. */
function sorted(entries: readonly ManifestDenial[]): readonly ManifestDenial[] {
  const at = ({ serial, origin }: ManifestDenial) => `${serial} ${origin}`;
  return [...new Map([...entries].reverse().map((one) => [at(one), one])).values()].sort((a, b) =>
    at(a) < at(b) ? -1 : 1,
  );
}
