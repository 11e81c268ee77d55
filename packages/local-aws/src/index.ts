/**
 * The part of AWS that trust stores live in, on your machine: the control planes of S3, STS,
 * Elastic Load Balancing, CloudFront, API Gateway and IAM Roles Anywhere on one port, and data
 * planes with real mutual TLS behind them.
 *
 * @packageDocumentation
 */
export type { Account, Role } from './accounts.ts';
export { DEFAULT_ACCOUNTS } from './accounts.ts';
export type { JumpClock } from './clock.ts';
export { createJumpClock, realClock } from './clock.ts';
export type { Fault } from './faults/faults.ts';
export {
  ABSENT,
  emulatedOperations,
  type Fidelity,
  keptLimits,
  LAXER_THAN_OPENSSL,
  type LimitRow,
  NOT_PROVABLE,
} from './fidelity/fidelity.ts';
export type { OcspRequest, OcspResponder } from './functions/ocsp.ts';
export type { FunctionResult, FunctionRun } from './functions/run.ts';
export { runConnectionFunction } from './functions/run.ts';
export type { Random } from './random.ts';
export { RATES, type RateRow } from './rates/table.ts';
export type {
  CloudFrontState,
  CloudFrontTrustStore,
  ConnectionFunction,
  Distribution,
  KeyValueStore,
} from './services/cloudfront/index.ts';
export type { ElbState, Listener, LoadBalancer, Revocation, TrustStore } from './services/elbv2/index.ts';
export type { Bucket, ObjectVersion } from './services/s3/index.ts';
export type { LocalAws, LocalAwsOptions, LocalAwsState, LocalClientConfig } from './start.ts';
export { startLocalAws } from './start.ts';
export type { Clock, Connection, Edge, Reading } from './types.ts';
export type { Unknown, Unknowns } from './unknowns.ts';
export { DEFAULT_UNKNOWNS, UNKNOWNS } from './unknowns.ts';
export type { Call, LambdaHandler } from './world.ts';
