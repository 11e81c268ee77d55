import { createHash } from 'node:crypto';
import { isOutput, type StepIo, type Value } from '@trustloom/core/adapter';
import { contextOf } from '@trustloom/testkit';
import { performApiGateway } from '../../src/perform.ts';
import type { CrlPlan } from '../../src/plan/crls/index.ts';
import { apiGatewayPort } from '../../src/port/index.ts';
import { type Published, readPublished } from '../../src/revocation/published.ts';
import type { ApiGatewayTarget } from '../../src/target.ts';

export const context = contextOf({ name: 'edge', now: () => 0 });
export const target: ApiGatewayTarget & { readonly authorizer: string } = {
  domain: 'api.example.com',
  api: 'rest',
  authorizer: 'arn:aws:lambda:eu-west-1:222222222222:function:revocation',
};

/** A bucket in memory: what publishing needs of the world, and where the authorizer reads. */
export function memoryBucket(files: Map<string, Uint8Array>) {
  const etagOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const unused = () => {
    throw new TypeError('publishing needs S3 alone');
  };
  const outputs = new Map<string, object>();
  const io: StepIo = {
    context,
    signal: new AbortController().signal,
    clock: { now: () => 0, sleep: async () => undefined },
    notes: {},
    rateLimited: (_family, send) => send(),
    shared: (_key, read) => read(),
    afterWrite: false,
    client: unused,
    fetch: unused,
    value: <V>(value: Value<V>): V =>
      isOutput(value) ? (Reflect.get(outputs.get(value.outputOf) ?? {}, value.field) as V) : value,
    uploaded: ({ sha256 }) => ({ bucket: 'b', key: `acme/sets/${sha256}.bin`, version: 'v' }),
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
    /** What is published, as an observation reads it. */
    async published(): Promise<Published> {
      const found = await readPublished(target, io);
      if (found === undefined) throw new TypeError('nothing is published');
      return found;
    },
    /** Uploads the artifacts, and does the steps. */
    async perform({ steps, artifacts }: CrlPlan) {
      for (const { sha256, body } of artifacts)
        files.set(`acme/sets/${sha256}.bin`, typeof body === 'string' ? Buffer.from(body) : body);
      for (const { id, kind, input } of steps)
        outputs.set(id, (await performApiGateway[kind](input, apiGatewayPort(io), io)).output);
    },
  };
}
