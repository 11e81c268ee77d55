import { setMaxListeners } from 'node:events';

/** A signal to which any number may listen: every call on its way does, and Node warns from eleven on. It aborts when the given one does. */
export function manyEars(signal?: AbortSignal): AbortSignal {
  const heard = signal === undefined ? new AbortController().signal : AbortSignal.any([signal]);
  setMaxListeners(0, heard);
  return heard;
}
