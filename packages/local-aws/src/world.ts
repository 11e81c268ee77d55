import type { Account, Caller, Credentials, Role } from './accounts.ts';
import type { Faults } from './faults/faults.ts';
import type { OcspResponder } from './functions/ocsp.ts';
import type { Random } from './random.ts';
import type { Settle } from './settle.ts';
import type { Clock, Edges } from './types.ts';
import type { Unknowns } from './unknowns.ts';

/**
 * A Lambda function as this emulator runs it. What it throws is the function's error;
 * `Unauthorized` means 401 to an authorizer.
 */
export type LambdaHandler = (event: unknown) => unknown;

/** One request, as it was answered. */
export interface Call {
  /** Milliseconds since the epoch, on the emulator's clock. */
  readonly time: number;
  /**
   * Signing name: `s3`, `cloudfront`, `elasticloadbalancing`, `apigateway`, `rolesanywhere`, `sts`.
   */
  readonly service: string;
  /** Operation name, as in the service's API reference. */
  readonly action: string;
  readonly account: string;
  readonly region: string;
  /** HTTP status of the answer; 0 when the connection was dropped by a fault. */
  readonly status: number;
  /** Error code of the answer. */
  readonly error?: string;
  readonly requestId: string;
}

/** What a service reads from S3 with its caller's permission. */
export type ObjectRead =
  | {
      readonly ok: true;
      readonly body: Uint8Array;
      /** `null` for an unversioned object, as S3 has it. */
      readonly versionId: string;
      /** Region of the bucket. */
      readonly region: string;
    }
  | { readonly ok: false; readonly why: 'no-bucket' | 'no-object' | 'no-version' | 'denied' };

/** S3 as the other services see it. */
export interface Objects {
  read(where: { bucket: string; key: string; version?: string | undefined }, caller: Caller): ObjectRead;
}

/** Bytes that are given out by a URL for a while, as services do with presigned URLs. */
export interface Content {
  /**
   * Gives the bytes out for `seconds` of real time (a presigned URL follows real time); returns the
   * URL.
   */
  publish(body: Uint8Array, options: { name: string; contentType: string; seconds: number }): string;
}

/**
 * What every service gets. A service keeps its own state (see `createRegions`) and reaches the rest
 * of the emulator only through this.
 */
export interface World {
  readonly clock: Clock;
  /**
   * Real time in milliseconds, for what clients judge by their own clock: signatures, presigned
   * URLs, sessions.
   */
  wall(): number;
  readonly random: Random;
  readonly unknowns: Unknowns;
  readonly settle: Settle;
  readonly credentials: Credentials;
  readonly accounts: readonly Account[];
  readonly roles: readonly Role[];
  readonly faults: Faults;
  readonly edges: Edges;
  readonly objects: Objects;
  readonly content: Content;
  /** Lambda functions by ARN: plain functions of an event. */
  readonly lambdas: ReadonlyMap<string, LambdaHandler>;
  /** Answers for OCSP responders; undefined: none can be reached. */
  readonly ocsp: OcspResponder | undefined;
  /** Longest time of a connection function, in milliseconds. */
  readonly functionTimeMs: number;
  /** `http://127.0.0.1:PORT` of this emulator, once it listens. */
  url(): string;
}

/** State of one service, per account and region, made on first use. */
export interface Regions<T> {
  at(account: string, region: string): T;
  /** Replaces the state. */
  put(account: string, region: string, state: T): void;
  /** Every account and region that was used, as `[account, region, state]`. */
  all(): readonly (readonly [string, string, T])[];
  clear(): void;
}

/**
 * Keeps one `T` per account and region. For a global service use one fixed region name.
 *
 * @example
 * const regions = createRegions(() => ({ anchors: new Map<string, Anchor>() }));
 * regions.at(ctx.account, ctx.region).anchors.set(id, anchor);
 */
export function createRegions<T>(create: () => T): Regions<T> {
  const states = new Map<string, readonly [string, string, T]>();
  return Object.freeze({
    at(account: string, region: string): T {
      const key = `${account}/${region}`;
      const entry = states.get(key) ?? [account, region, create()];
      states.set(key, entry);
      return entry[2];
    },
    put: (account: string, region: string, state: T) =>
      void states.set(`${account}/${region}`, [account, region, state]),
    all: () => [...states.values()],
    clear: () => states.clear(),
  });
}
