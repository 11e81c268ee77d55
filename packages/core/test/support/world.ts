import type { Access } from '../../src/adapter/contract.ts';
import type { OwnFiles } from '../../src/adapter/ports.ts';
import type { VersionedStore } from '../../src/adapter/versioned-store.ts';
import type { Clock } from '../../src/util/time.ts';

/** For services that are in memory: they make no client. */
export const noAccess: Access = {
  client() {
    throw new TypeError('no service is asked');
  },
  fetch: globalThis.fetch,
};

/** A clock that jumps: sleeping moves it, nothing else does. */
export function jumpClock(start = Date.parse('2026-11-24T10:00:00Z')): Clock & { jump(ms: number): void } {
  let now = start;
  return {
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      now += Math.max(0, ms);
    },
    jump(ms) {
      now += ms;
    },
  };
}

/** A versioned store in memory, with the conditions of S3. */
export function memoryStore(): VersionedStore & { readonly writes: readonly string[] } {
  const objects = new Map<string, { body: string; etag: string }>();
  const blobs = new Map<string, Uint8Array>();
  const writes: string[] = [];
  let version = 0;
  return {
    writes,
    async getBlob(key) {
      return blobs.get(key);
    },
    async putBlob(key, bytes) {
      blobs.set(key, bytes);
      writes.push(key);
    },
    async get(key) {
      return objects.get(key);
    },
    async put(key, body, condition) {
      const current = objects.get(key);
      const matches = 'ifMatch' in condition ? current?.etag === condition.ifMatch : current === undefined;
      if (!matches) return 'conflict';
      version += 1;
      const stored = { body, etag: `"${version}"` };
      objects.set(key, stored);
      writes.push(key);
      return { etag: stored.etag };
    },
  };
}

/** Files of a target whose adapter keeps none. */
export function noFiles(): OwnFiles {
  const { get, put } = memoryStore();
  return {
    get,
    put,
    has: async () => true,
    remove: async () => 'removed',
    removeVersions: async () => undefined,
  };
}
