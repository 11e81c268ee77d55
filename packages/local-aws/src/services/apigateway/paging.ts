import { type Page, pageOf } from '../paging.ts';
import { DEFAULT_PAGE, LIMITS } from './limits.ts';
import { badRequest } from './state.ts';

/** One page; `size` as sent. */
export function page<T>(all: readonly T[], marker: string | undefined, size: number | undefined): Page<T> {
  const count = size ?? DEFAULT_PAGE;
  if (!Number.isInteger(count) || count < 1 || count > LIMITS.pageItems.max)
    throw badRequest('Invalid limit.');
  const found = pageOf(all, marker, count);
  if (!found) throw badRequest('Invalid position.');
  return found;
}

/** A page as API Gateway v1 answers it. */
export const listed = <T>({ items, next }: Page<T>): { items: T[]; position: string | undefined } => ({
  items: [...items],
  position: next,
});

/** A page as API Gateway v2 answers it. */
export function itemsOf<T, Out>(
  all: Iterable<T>,
  describe: (one: T) => Out,
  {
    NextToken,
    MaxResults,
  }: { readonly NextToken?: string | undefined; readonly MaxResults?: string | undefined },
): { Items: Out[]; NextToken: string | undefined } {
  const { items, next } = page(
    [...all],
    NextToken,
    MaxResults === undefined ? undefined : Number(MaxResults),
  );
  return { Items: items.map(describe), NextToken: next };
}
