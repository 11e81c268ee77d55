/** Every yardstick gives its own answer before it is timed: as many entries, the same serials. */
import { crc32 } from 'node:zlib';
import type { Crl } from '@trustloom/core';

/** What a CRL holds, short enough to compare. */
export interface Answer {
  readonly count: number;
  /** CRC-32 over each serial's length and bytes without sign byte, in the CRL's order. */
  readonly digest: number;
}

/** Our own answer. */
export function answerOf(crl: Crl): Answer {
  let digest = 0;
  crl.eachSerial((der, start, end) => {
    digest = crc32(der.subarray(start, end), crc32(Uint8Array.of(end - start), digest));
  });
  return { count: crl.entryCount, digest };
}

/** @throws Error when a yardstick read something else */
export function sameAnswer(who: string, other: Answer, own: Answer): void {
  if (other.count !== own.count || other.digest !== own.digest)
    throw new Error(`${who} read ${other.count} entries (${other.digest}), we ${own.count} (${own.digest})`);
}
