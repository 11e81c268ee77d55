import {
  isJsonObject,
  type Json,
  type JsonObject,
  type ObjectLocation,
  type Receipt,
  type Step,
  TrustloomError,
} from '@trustloom/core';
import type { CloudfrontPort } from './port.ts';
import type { Mtls } from './state.ts';

/** Does one step: one write. */
export async function performCloudfront({ input }: Step, port: CloudfrontPort): Promise<Receipt> {
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

function mtlsOf({ mode, store, ignoreExpiry, advertise }: JsonObject): Mtls {
  if (mode !== 'off' && mode !== 'passthrough' && mode !== 'optional' && mode !== 'required')
    throw new TrustloomError('contract-broken', 'cloudfront: unknown mode');
  return {
    mode,
    store: typeof store === 'string' ? store : undefined,
    ignoreExpiry: ignoreExpiry === true,
    advertise: advertise === true,
  };
}

function text(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  throw new TrustloomError('contract-broken', 'cloudfront: a step lacks a value');
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
