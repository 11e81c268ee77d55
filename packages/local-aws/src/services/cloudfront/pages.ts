import { pageOf } from '../paging.ts';
import { LIMITS } from './limits.ts';
import { invalidArgument } from './state.ts';

/** A page, or the refusal of a marker or a size. */
export function cut<T>(all: readonly T[], marker: string | undefined, size: number | undefined) {
  if (size !== undefined && !(size >= 1 && size <= LIMITS.pageSize.max)) {
    throw invalidArgument('MaxItems must be between 1 and 100.');
  }
  const page = pageOf(all, marker, size ?? LIMITS.pageSize.max);
  if (!page) throw invalidArgument('The marker is not valid.');
  return page;
}
