import { defined } from '../util/defined.ts';
import { readTlv, tags, timeOf } from '../util/der.ts';
import type { Instant } from '../util/time.ts';
import { extensionsOf } from '../x509/extensions.ts';
import { entryEnd } from './entries.ts';
import { serialEnd } from './serial-index.ts';
import { serialText } from './serials.ts';

/** One entry of a CRL, read in full. */
export interface RevokedEntry {
  /** Lower-case hex without leading zeros. */
  readonly serial: string;
  readonly revokedAt: Instant;
  /** Reason code of RFC 5280, 5.3.1; absent when the entry has none. */
  readonly reason?: number;
}

/** certificateHold (RFC 5280, 5.3.1): the only reason that a CA may take back. */
export const certificateHold = 6;

/** Reads the entry at an offset in full. */
export function revokedEntry(der: Uint8Array, start: number): RevokedEntry {
  const end = entryEnd(der, start);
  const time = readTlv(der, serialEnd(der, start), end);
  const reason = time.end < end ? reasonIn(der, time.end, end) : undefined;
  return {
    serial: serialText(der, start),
    revokedAt: timeOf(der, time),
    ...defined({ reason }),
  };
}

/** OCTET STRING { ENUMERATED } (RFC 5280, 5.3.1). */
function reasonIn(der: Uint8Array, from: number, end: number): number | undefined {
  const extensions = extensionsOf(der, readTlv(der, from, end, tags.sequence));
  const found = extensions.find(({ oid }) => oid === '2.5.29.21');
  return found === undefined ? undefined : der[found.value.end - 1];
}
