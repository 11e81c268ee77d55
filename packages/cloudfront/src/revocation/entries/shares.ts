import { cloudfrontInfo } from '../../service.ts';
import { chooseLayout } from './layout.ts';
import type { EntryParts, IssuerEntries } from './parts.ts';
import { type EntryForm, type SetSize, sizeOf } from './serials.ts';

const { storeBytes } = cloudfrontInfo.limits;

/**
 * Room that CRLs never take: some two hundred denials go in whatever the CRLs are.
 */
const reserve = 50_000;
/** Bytes of the item in which a denial stands exact, beside its entry. */
const bytesOfDenial = 240;

/** Bytes that CRLs and denials may take together. */
const room = ({ denials, crlItems }: EntryParts) =>
  storeBytes.max -
  Math.max(reserve, denials.length * bytesOfDenial) -
  [...crlItems].reduce((sum, [key, value]) => sum + key.length + value.length, 0);

/** Bytes of keys and values that so many serials take in a new store. */
function bytesIn(form: EntryForm, size: SetSize): number {
  const { buckets, groups } = chooseLayout(form, size, '');
  return size.textBytes + buckets * String(buckets).length + groups * 4 + 1024;
}

/** Bytes that the CRLs of some issuers take in a new store. */
const bytesOf = (form: EntryForm, issuers: readonly IssuerEntries[]): number =>
  bytesIn(
    form,
    sizeOf(
      issuers.map(({ set }) => set),
      form,
    ),
  );

/**
 * The issuers whose CRLs do not fit a store beside those of the others. Each is guaranteed an equal
 * part, and room that others leave is lent: so the largest goes, as long as all do not fit, for it
 * takes more than its part. The others keep theirs.
 */
export function overShare(parts: EntryParts): ReadonlySet<string> {
  const left = [...parts.issuers].sort((a, b) => a.set.bytes.length - b.set.bytes.length);
  const over = new Set<string>();
  while (left.length > 0 && bytesOf(parts.form, left) > room(parts)) {
    const largest = left.pop();
    if (largest !== undefined) over.add(largest.name);
  }
  return over;
}

/** How many of an issuer's serials would fit a new store beside the others that do, and in which form all would. */
export function shareOf(parts: EntryParts, issuer: IssuerEntries, withoutRoom: ReadonlySet<string>) {
  const others = parts.issuers.filter(({ name }) => name !== issuer.name && !withoutRoom.has(name));
  const free = room(parts) - (others.length === 0 ? 0 : bytesOf(parts.form, others));
  const bytes = bytesOf(parts.form, [issuer]);
  return {
    bytes,
    fit: Math.max(0, Math.floor((issuer.set.count * free) / bytes)),
    compact: parts.form === 'exact' && bytesOf('compact', [...others, issuer]) <= room(parts),
  };
}
