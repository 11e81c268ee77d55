/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** All waiting and all "now" below the command go through this; tests pass one that jumps. */
export interface Clock {
  now(): Instant;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** How far the machine's clock is ahead of the time that counts, in milliseconds; absent: not known. */
  skewMs?(): number;
}

/** `2026-11-24T10:00:00Z`: how every text of ours writes an instant. */
export function isoTime(instant: Instant): string {
  return new Date(instant).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
