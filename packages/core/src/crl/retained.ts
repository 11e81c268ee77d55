import { TrustloomError } from '../errors/error.ts';
import { type Instant, isoTime } from '../util/time.ts';
import { certificateHold, type RevokedEntry } from './revoked-entry.ts';

/** A serial that left its CRL but stays refused where Trustloom owns the check. */
export interface RetainedSerial {
  readonly serial: string;
  /** When the CRL without it was issued. */
  readonly since: Instant;
}

/**
 * What stays refused after a newer issue: what was retained and what the issue lost, but for what
 * is listed again, was only on hold, or is older than any certificate of the group lives.
 *
 * @param isListed whether the newer issue has the serial
 */
export function retain(input: {
  readonly before: readonly RetainedSerial[];
  readonly lost: readonly RevokedEntry[];
  readonly isRevoked: (serial: string) => boolean;
  readonly thisUpdate: Instant;
  readonly leafLifeMs?: number;
}): readonly RetainedSerial[] {
  const { before, lost, isRevoked, thisUpdate, leafLifeMs } = input;
  const added = lost
    .filter(({ reason }) => reason !== certificateHold)
    .map(({ serial }) => ({ serial, since: thisUpdate }));
  const known = new Set(before.map(({ serial }) => serial));
  return [...before, ...added.filter(({ serial }) => !known.has(serial))]
    .filter(({ serial, since }) => {
      const isOver = leafLifeMs !== undefined && since + leafLifeMs < thisUpdate;
      return !isOver && !isRevoked(serial);
    })
    .sort((a, b) => (a.serial < b.serial ? -1 : 1));
}

/** One serial a line with the time since when it is retained: readable by eye. */
export function formatRetained(serials: readonly RetainedSerial[]): string {
  return serials.map(({ serial, since }) => `${serial} ${isoTime(since)}\n`).join('');
}

/** @throws TrustloomError `state-unreadable` */
export function parseRetained(text: string): readonly RetainedSerial[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [serial, since] = line.split(' ');
      const at = Date.parse(since ?? '');
      if (serial === undefined || !/^-?[0-9a-f]+$/.test(serial) || Number.isNaN(at))
        throw new TrustloomError('state-unreadable', 'the retained serials of a CRL are not in their form');
      return { serial, since: at };
    });
}
