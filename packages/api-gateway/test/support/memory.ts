import { createHash } from 'node:crypto';
import type { Artifact, Io, JsonObject, Step } from '@trustloom/core';
import { contextOf } from '@trustloom/testkit';
import { readHead } from '../../src/authorizer/head.ts';
import type { PublishedHead } from '../../src/plan-check.ts';

const context = contextOf({ name: 'edge', now: () => 0 });
const headKey = 'acme/authorizers/edge.json';

/** A bucket in memory: what publishing needs of the world, and where the authorizer reads. */
export function memoryIo(files: Map<string, Uint8Array>) {
  const etagOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const io: Io = {
    context,
    signal: new AbortController().signal,
    clock: { now: () => 0, sleep: async () => undefined },
    notes: {},
    paced: (_family, send) => send(),
    shared: (_key, read) => read(),
    afterWrite: false,
    readObject: async ({ key }) => files.get(key),
    files: {
      async get(key) {
        const bytes = files.get(`acme/${key}`);
        return bytes === undefined ? undefined : { body: Buffer.from(bytes).toString(), etag: etagOf(bytes) };
      },
      async put(key, body) {
        const bytes = Buffer.from(body);
        files.set(`acme/${key}`, bytes);
        return { etag: etagOf(bytes) };
      },
      has: async ({ key }) => files.has(key),
      async remove(key) {
        files.delete(`acme/${key}`);
        return 'removed';
      },
      async removeVersions(versions) {
        for (const { key } of versions) files.delete(key);
      },
    },
  };
  return {
    io,
    /** The head as it lies there. */
    head(): PublishedHead {
      const bytes = files.get(headKey) ?? new Uint8Array();
      return { etag: etagOf(bytes), head: readHead(Buffer.from(bytes).toString()) };
    },
    /** Puts the artifacts, and gives the steps with their places filled in. */
    upload(steps: readonly Step[], artifacts: readonly Artifact[]): readonly Step[] {
      let text = JSON.stringify(steps);
      for (const { sha256, body } of artifacts) {
        const key = `acme/sets/${sha256}.bin`;
        files.set(key, typeof body === 'string' ? Buffer.from(body) : body);
        const place: JsonObject = { bucket: 'b', key, version: 'v' };
        text = text.replaceAll(JSON.stringify({ $artifact: sha256 }), JSON.stringify(place));
      }
      return JSON.parse(text);
    },
  };
}
