import type { VersionedStore } from '../adapter/versioned-store.ts';
import { TrustloomError } from '../errors/error.ts';
import type { Clock } from '../util/time.ts';

/** One JSON object of a store, as it is read and written. */
export interface StoredObject<T> {
  readonly key: string;
  load(): Promise<{ readonly value: T; readonly etag?: string }>;
}

/** Says what an object is to become. May throw: then nothing of it is written. */
export type Change<T> = (current: T) => T;

interface Waiting<T> {
  readonly change: Change<T>;
  done(value: T): void;
  failed(error: unknown): void;
}

/**
 * Changes an object that others may change, too: reads, changes, writes on condition, and reads
 * again when somebody was faster. What this process wants while a write is on its way goes together
 * in the next one: targets that run side by side never race each other, and eighty of them do not
 * take eighty times as long.
 *
 * @returns a function that makes one change and gives the object as this change left it
 * @throws TrustloomError `lease-lost` when others write all the time
 */
export function objectChanges<T>(
  store: Pick<VersionedStore, 'put'>,
  clock: Clock,
  { key, load }: StoredObject<T>,
): (change: Change<T>) => Promise<T> {
  let waiting: readonly Waiting<T>[] = [];
  let writing = false;

  const write = async (batch: readonly Waiting<T>[]): Promise<void> => {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const { value, etag } = await load();
      const { wanted, answers } = fold(value, batch);
      const condition = etag === undefined ? ({ ifNoneMatch: '*' } as const) : { ifMatch: etag };
      const written =
        JSON.stringify(wanted) === JSON.stringify(value) ||
        (await store.put(key, `${JSON.stringify(wanted, null, 2)}\n`, condition)) !== 'conflict';
      if (written) {
        for (const answer of answers) answer();
        return;
      }
      await clock.sleep(50 * (attempt + 1));
    }
    throw new TrustloomError('lease-lost', `${key}: others write it all the time; try again later`);
  };

  const writeAll = async (): Promise<void> => {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await write(batch).catch((error: unknown) => {
        for (const { failed } of batch) failed(error);
      });
    }
    writing = false;
  };

  return (change) =>
    new Promise((done, failed) => {
      waiting = [...waiting, { change, done, failed }];
      if (!writing) void writeAll();
    });
}

/** All changes, one after the other; one that throws leaves the object to the next as it was. */
function fold<T>(value: T, batch: readonly Waiting<T>[]) {
  let wanted = value;
  const answers = batch.map(({ change, done, failed }) => {
    try {
      const changed = change(wanted);
      wanted = changed;
      return () => done(changed);
    } catch (error) {
      return () => failed(error);
    }
  });
  return { wanted, answers };
}
