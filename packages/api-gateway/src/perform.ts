import {
  type Io,
  isJsonObject,
  type Json,
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
