import type { HeldCrl, Io } from '@trustloom/core';
import { type Head, type HeadKey, readHead } from './authorizer/head.ts';
import { headFile } from './names.ts';
import type { PublishedHead } from './plan-check.ts';

/** What is published for the authorizer, and which of its sets somebody deleted; undefined when nothing is. */
export async function readPublished({ files, context }: Io): Promise<PublishedHead | undefined> {
  const found = await files.get(headFile(context));
  if (found === undefined) return undefined;
  const head = headOf(found.body);
  if (head === undefined) return { etag: found.etag };
  const sets = head.keys.flatMap(({ set }) => set ?? []);
  const there = await Promise.all(sets.map((set) => files.has(set)));
  return { etag: found.etag, head, lost: sets.filter((_, at) => !there[at]).map(({ sha256 }) => sha256) };
}

/** Rows of the head whose set is not there any more. */
export function lostKeys(published: PublishedHead | undefined): readonly HeadKey[] {
  const lost = new Set(published?.lost);
  return (published?.head?.keys ?? []).filter(({ set }) => set !== undefined && lost.has(set.sha256));
}

/** Undefined for what is no head of this version: it is written anew. */
function headOf(body: string): Head | undefined {
  try {
    return readHead(body);
  } catch {
    return undefined;
  }
}

/** The lists that the authorizer has, as it has them. */
export function heldLists(published: PublishedHead | undefined): readonly HeldCrl[] {
  return (published?.head?.keys ?? []).flatMap(({ lists }) =>
    lists.map(
      ({ sha256, issuer, entries, thisUpdate, nextUpdate }): HeldCrl => ({
        sha256,
        issuer,
        entries,
        thisUpdate: Date.parse(thisUpdate),
        ...(nextUpdate === undefined ? {} : { nextUpdate: Date.parse(nextUpdate) }),
        inForce: true,
      }),
    ),
  );
}
