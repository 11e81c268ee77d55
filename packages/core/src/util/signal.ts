import { setMaxListeners } from 'node:events';

/** What every function takes as its last options. */
export interface AbortOptions {
  /** Stops the call before it is done; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * A signal to which any number may listen: every call on its way does, and Node warns from eleven
 * on. It aborts when the given one does.
 */
export function allowManyListeners(signal?: AbortSignal): AbortSignal {
  const heard = signal === undefined ? new AbortController().signal : AbortSignal.any([signal]);
  setMaxListeners(0, heard);
  return heard;
}
