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
import { marksOf, markTags } from './names.ts';
import type { ApiGatewayPort } from './port.ts';

/** Does one step: one write. */
export async function performApiGateway({ input }: Step, port: ApiGatewayPort, io: Io): Promise<Receipt> {
  switch (input.do) {
    case 'set-truststore':
      await port.setTruststore(location(input.truststore));
      return { result: {}, settles: true };
    case 'switch-off':
      await port.setTruststore(undefined);
      return { result: {}, settles: true };
    case 'publish':
      return publish(input, io);
    case 'delete-head':
      return deleteHead(input, io);
    case 'tag':
      await port.tag(marksOf(io.context));
      return { result: {} };
    case 'untag':
      await port.untag(Object.values(markTags));
      return { result: {} };
    default:
      throw new TrustloomError('contract-broken', 'api-gateway: unknown step');
  }
}

/** Moves the head, if it is still the one that was looked at. */
async function publish({ file, etag, graceMs, keys }: JsonObject, io: Io): Promise<Receipt> {
  if (typeof file !== 'string' || !Array.isArray(keys) || (etag !== null && typeof etag !== 'string'))
    throw new TrustloomError('contract-broken', 'api-gateway: a head without a name or keys');
  const head: JsonObject = { formatVersion: 1, graceMs: graceMs ?? 0, keys: keys.map(placed) };
  const condition = etag === null ? ({ ifNoneMatch: '*' } as const) : { ifMatch: etag };
  const written = await io.files.put(file, `${JSON.stringify(head, null, 2)}\n`, condition);
  if (written === 'conflict')
    throw new TrustloomError('object-changed', `${file}: another run published in the meantime`);
  return { result: { etag: written.etag } };
}

/** Deletes the head, if it is still the one that was looked at. */
async function deleteHead({ file, etag }: JsonObject, io: Io): Promise<Receipt> {
  if (typeof file !== 'string' || typeof etag !== 'string')
    throw new TrustloomError('contract-broken', 'api-gateway: a head without a name or a mark');
  if ((await io.files.remove(file, { ifMatch: etag })) === 'conflict')
    throw new TrustloomError('object-changed', `${file}: another run published in the meantime`);
  return { result: {} };
}

/** A row with the place of its set, once that is uploaded. */
function placed(row: Json): Json {
  if (!isJsonObject(row) || !isJsonObject(row.set) || row.set.at === undefined) return row;
  const { sha256 = '', count = 0 } = row.set;
  const { key, version } = location(row.set.at);
  return { ...row, set: { key, version, sha256, count } };
}

/** Bucket, key and version, each there: an empty URI would switch mutual TLS off. */
function location(value: Json | undefined): Required<ObjectLocation> {
  const { bucket, key, version } = isJsonObject(value) ? value : {};
  if (
    typeof bucket === 'string' &&
    typeof key === 'string' &&
    typeof version === 'string' &&
    bucket !== '' &&
    key !== ''
  )
    return { bucket, key, version };
  throw new TrustloomError('contract-broken', 'api-gateway: a truststore without a place');
}
