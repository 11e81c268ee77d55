import {
  type Io,
  isJsonObject,
  type Json,
  type JsonObject,
  type ObjectLocation,
  type Receipt,
  type Step,
  TrustloomError,
} from '@trustloom/core';
import { copiesIn } from './keys-copy.ts';
import { markNote, markTags } from './names.ts';
import type { Ports } from './observe-check.ts';
import type { Mtls } from './state.ts';

/** Does one step: one write. */
export async function performCloudfront({ input }: Step, ports: Ports, io: Io): Promise<Receipt> {
  const { cloudfront: port, check, keys } = ports;
  switch (input.do) {
    case 'create-store': {
      const { id, etag } = await port.createStore(
        text(input.name),
        location(input.bundle),
        tags(input.tags),
        input.ocsp === true,
      );
      return { result: { id, etag }, notes: notesOf(input, etag), settles: true };
    }
    case 'update-store': {
      const etag = await port.updateStore(
        text(input.id),
        location(input.bundle),
        input.ocsp === true,
        text(input.etag),
      );
      return { result: { etag }, notes: notesOf(input, etag), settles: true };
    }
    case 'tag-store':
      await port.tag(text(input.arn), tags(input.tags));
      return { result: {} };
    case 'set-mtls':
      await port.setMtls(text(input.id), mtlsOf(input));
      return { result: {}, settles: true };
    case 'delete-store':
      await port.deleteStore(text(input.id));
      return { result: {}, notes: { etag: null, bundle: null, location: null } };
    case 'create-keys': {
      const arn = await check.createKeys(text(input.name), location(input.file), tags(input.tags));
      return {
        result: { arn },
        notes: { [markNote(arn)]: tags(input.tags)[markTags.layout] ?? '' },
        settles: true,
      };
    }
    case 'update-keys': {
      const arn = text(input.arn);
      const changes = { puts: Object.entries(tags(input.puts)), deletes: texts(input.deletes) };
      // A store that was just made has an ETag that nobody could plan with.
      const expected = typeof input.etag === 'string' ? input.etag : await keys.etag(arn);
      const etag = await keys.update(arn, changes, expected);
      return { result: { etag }, ...keysNotes(arn, etag, input) };
    }
    case 'delete-keys':
      await check.deleteKeys(text(input.name));
      return { result: {}, notes: { [markNote(text(input.arn))]: null } };
    case 'clean-copies':
      await io.files.removeVersions(copiesIn({ keys: { before: input.files ?? [] } }).listed);
      return { result: {}, notes: { cleaned: input.cleaned ?? [] } };
    case 'create-function': {
      const made = await check.createFunction(
        text(input.name),
        text(input.code),
        text(input.store),
        tags(input.tags),
      );
      return { result: { ...made }, notes: { [markNote(made.id)]: 'function' } };
    }
    case 'update-function':
      return {
        result: { etag: await check.updateFunction(text(input.id), text(input.code), text(input.store)) },
      };
    case 'publish-function':
      await check.publishFunction(text(input.id), text(input.etag));
      return { result: {}, settles: true };
    case 'delete-function':
      await check.deleteFunction(text(input.id));
      return { result: {}, notes: { [markNote(text(input.id))]: null } };
    default:
      throw new TrustloomError('contract-broken', 'cloudfront: unknown step');
  }
}

/** What the record remembers after our own write: the only way to know later what the store holds. */
function notesOf(input: JsonObject, etag: string): JsonObject {
  return {
    etag,
    bundle: text(input.digest),
    location: { ...location(input.bundle) },
    ocsp: input.ocsp === true,
  };
}

/** Notes lie where a refresh may write them, so only revoking steps leave some: a store that is only filled is read back. */
function keysNotes(arn: string, etag: string, { copy }: JsonObject): Pick<Receipt, 'notes'> {
  if (!isJsonObject(copy)) return {};
  return {
    notes: {
      keys: {
        arn,
        etag,
        sha256: text(copy.sha256),
        location: { ...location(copy.location) },
        before: copy.before ?? [],
      },
    },
  };
}

function mtlsOf({ mode, store, fn, ignoreExpiry, advertise }: JsonObject): Mtls {
  if (mode !== 'off' && mode !== 'passthrough' && mode !== 'optional' && mode !== 'required')
    throw new TrustloomError('contract-broken', 'cloudfront: unknown mode');
  return {
    mode,
    store: typeof store === 'string' ? store : undefined,
    fn: typeof fn === 'string' ? fn : undefined,
    ignoreExpiry: ignoreExpiry === true,
    advertise: advertise === true,
  };
}

function text(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  throw new TrustloomError('contract-broken', 'cloudfront: a step lacks a value');
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map((one: Json) => text(one)) : [];
}

function location(value: Json | undefined): Required<ObjectLocation> {
  const { bucket, key, version }: JsonObject = isJsonObject(value) ? value : {};
  return { bucket: text(bucket), key: text(key), version: text(version) };
}

function tags(value: Json | undefined): Readonly<Record<string, string>> {
  return isJsonObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, tag]) => [key, text(tag)]))
    : {};
}
