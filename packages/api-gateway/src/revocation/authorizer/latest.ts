import { createHash } from 'node:crypto';
import { type ManifestSet, readManifest } from '../manifest.ts';
import { createDecide, type Decide } from './decide.ts';
import { openSerialSet, type SerialSet } from './serial-set.ts';

/** Bytes of an object, and the ETag by which its next version is told apart from it. */
export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** How the authorizer reads: objects of one bucket. Throws when an object cannot be had. */
export interface Objects {
  /** `same`: what lies there still has the ETag `unless`. */
  read(
    key: string,
    options: { readonly version?: string | undefined; readonly unless?: string | undefined },
  ): Promise<StoredObject | 'same'>;
}

/** One moment of revocation, whole. */
interface Loaded {
  readonly decide: Decide;
  /** By the SHA-256 of their files. */
  readonly sets: ReadonlyMap<string, SerialSet>;
  readonly etag: string;
}

/** What `createLatest` is given. */
export interface LatestOptions {
  readonly objects: Objects;
  /** Name of the manifest in its bucket. */
  readonly manifest: string;
  readonly now: () => number;
  /** Receives why a reading failed. */
  readonly failed: (error: unknown) => void;
}

/**
 * Gives the newest that could be read: asks S3 when the last answer is older than the caller takes,
 * in milliseconds, once for all that wait, and only for what is new. What is new takes the place of
 * the old at once and whole. When it cannot be read, the old stays: how long it may be used, each
 * CRL says itself. Undefined before the first reading that went well.
 */
export function createLatest(options: LatestOptions): (maxAgeMs: number) => Promise<Decide | undefined> {
  const { objects, now, failed } = options;
  let loaded: Loaded | undefined;
  let askedAt = 0;
  let asking: Promise<void> | undefined;

  const setOf = async ({ key, version, sha256 }: ManifestSet): Promise<readonly [string, SerialSet]> => {
    const before = loaded?.sets.get(sha256);
    if (before) return [sha256, before];
    const found = await objects.read(key, { version });
    if (found === 'same' || createHash('sha256').update(found.bytes).digest('hex') !== sha256)
      throw new RangeError(`${key} changed`);
    return [sha256, openSerialSet(found.bytes)];
  };
  const ask = async () => {
    try {
      const found = await objects.read(options.manifest, { unless: loaded?.etag });
      if (found !== 'same') {
        const manifest = readManifest(Buffer.from(found.bytes).toString());
        const sets = new Map(await Promise.all(manifest.keys.flatMap((row) => row.sets.map(setOf))));
        loaded = { sets, decide: createDecide(manifest, sets), etag: found.etag };
      }
    } catch (error) {
      failed(error);
    }
    askedAt = now();
    asking = undefined;
  };
  return async (maxAgeMs) => {
    if (!loaded || now() - askedAt >= maxAgeMs) {
      asking ??= ask();
      await asking;
    }
    return loaded?.decide;
  };
}
