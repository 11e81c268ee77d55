import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from '../world.ts';
import { decode, encode } from './codec.ts';

/** A service whose state is kept when the process ends. */
export interface Keeper {
  readonly name: string;
  /** All of it, as plain values, maps, sets and bytes. */
  save(): unknown;
  /** Takes it back, and opens the data planes that belong to it. */
  load(saved: unknown, world: World): Promise<void>;
}

/**
 * One file in one folder. Names of buckets, keys and everything else stand inside it: none of them
 * ever becomes a path.
 */
export interface Persistence {
  load(): Promise<void>;
  /** Writes soon, once; what comes meanwhile is in the next write. */
  changed(): void;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

const FILE = 'local-aws-state.json';
const FORMAT = 1;

/** How long to wait for more changes, in milliseconds of real time. */
const QUIET_MS = 50;

/**
 * Keeps the state in `dir`. Only what has settled is written: pending things are made ready first
 * when it closes.
 */
export function createPersistence(dir: string, keepers: readonly Keeper[], world: World): Persistence {
  const file = join(dir, FILE);
  let dirty = false;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  const write = async () => {
    dirty = false;
    const services = Object.fromEntries(keepers.map((keeper) => [keeper.name, keeper.save()]));
    const text = encode({ format: FORMAT, services });
    await mkdir(dir, { recursive: true });
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
  };
  const soon = () => {
    timer = undefined;
    // What is pending would come back as pending for good.
    if (world.settle.pending().length > 0) return later();
    writing = writing.then(write);
  };
  const later = () => {
    timer ??= setTimeout(soon, QUIET_MS).unref();
  };
  return Object.freeze({
    async load() {
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (text === undefined) return;
      const saved = decode(text) as {
        readonly format?: unknown;
        readonly services?: Readonly<Record<string, unknown>>;
      };
      if (saved.format !== FORMAT) throw new TypeError(`local AWS: ${FILE} was written by another version`);
      for (const keeper of keepers) await keeper.load(saved.services?.[keeper.name], world);
    },
    changed() {
      dirty = true;
      later();
    },
    async flush() {
      clearTimeout(timer);
      timer = undefined;
      await writing;
      if (dirty) await write();
    },
  });
}
