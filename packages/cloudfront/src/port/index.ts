import type { ServiceIo } from '@trustloom/core/adapter';
import { callsOf } from './calls.ts';
import { type FunctionPort, functionPort } from './connection-function.ts';
import { type DistributionPort, distributionPort } from './distributions.ts';
import { type KeyValueStorePort, keyValueStorePort } from './key-value-store.ts';
import { type TrustStorePort, trustStorePort } from './trust-stores.ts';

/** Our own narrow view of the service; everything above it knows no SDK. */
export interface CloudfrontPort extends TrustStorePort, DistributionPort, FunctionPort, KeyValueStorePort {}

/** Opens the port for one observation or one write. Does no I/O by itself. */
export function cloudfrontPort(io: ServiceIo): CloudfrontPort {
  const calls = callsOf(io);
  return {
    ...trustStorePort(calls, io.context.accountRegion),
    ...distributionPort(calls),
    ...functionPort(calls),
    ...keyValueStorePort(calls, io),
  };
}
