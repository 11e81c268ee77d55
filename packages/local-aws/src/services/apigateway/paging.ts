import { type Page, pageOf } from '../paging.ts';
import type { Context } from '../service.ts';
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

/**
 * A page as API Gateway v1 answers it. The model of v1 marks the `position` of answers as a member of the query, so
 * that a writer led by the schema leaves it out of the body, where the service has it: with a next page, the body is
 * written here.
 */
export function listed<T>({ items, next }: Page<T>, ctx: Context): { items: T[] } {
  if (next !== undefined) {
    const item = items.map((one) =>
      Object.fromEntries(
        Object.entries(one ?? {}).map(([name, value]) => [
          name,
          value instanceof Date ? Math.floor(value.getTime() / 1000) : value,
        ]),
      ),
    );
    ctx.answer.body = JSON.stringify({ item, position: next });
  }
  return { items: [...items] };
}
