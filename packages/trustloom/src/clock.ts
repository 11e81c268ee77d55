import { systemClock } from '@trustloom/aws';
import type { Clock } from '@trustloom/core';

/** Longest wait against a local AWS, in ms: it settles in milliseconds, and has no rates. */
const shortMs = 25;

/** True when everything goes to this machine: a local AWS, not AWS. */
export function isLocal(endpoint: string | undefined): boolean {
  if (endpoint === undefined) return false;
  try {
    const { hostname } = new URL(endpoint);
    return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  } catch {
    return false;
  }
}

/** The machine's clock; against a local AWS one whose waits are short. */
export function clockFor(endpoint: string | undefined): Clock {
  if (!isLocal(endpoint)) return systemClock;
  return { now: systemClock.now, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, shortMs), signal) };
}
