import type { Certificate, ObjectLocation } from '@trustloom/core';
import type { DesiredCheck } from './check.ts';
import type { PublishedHead } from './plan-check.ts';

/** What a target should hold. */
export interface Desired {
  readonly cas: readonly Certificate[];
  readonly known: readonly Certificate[];
  /** SHA-256 of the artifact of the bundle. */
  readonly artifact: string;
  readonly managed: boolean;
  /** What the authorizer should know; absent when the target names none. */
  readonly check?: DesiredCheck;
}

/** The domain as it is, and what is published for its authorizer. */
export interface Observed {
  /** Absent when nothing is, or the target names no authorizer. */
  readonly published?: PublishedHead;
  /** Routes behind the domain that ask the authorizer, or may: they read what is published. */
  readonly asking: readonly string[];
  /** Absent when there is no such domain. */
  readonly domain?: {
    /** It carries the marks of this definition and target. */
    readonly ours: boolean;
    /** It carries the mark of another definition or target. */
    readonly theirs: boolean;
    /** Where its truststore lies; absent when mutual TLS is off. */
    readonly truststore?: ObjectLocation;
    /** What lies there; undefined when it cannot be read. */
    readonly cas?: readonly Certificate[];
  };
}
