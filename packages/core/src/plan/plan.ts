import type { CodeKind } from '../errors/code-info.ts';
import type { Finding } from '../errors/finding.ts';
import type { CrlFreshness } from '../state/freshness.ts';
import type { AccountRegion } from '../util/account-region.ts';
import type { PlannedStep } from './consent.ts';
import type { ContentSummary } from './content-summary.ts';

/**
 * A CA that a source offers and the lock does not know, or that the lock keeps although its source
 * dropped it.
 */
export interface CaChange {
  readonly change: 'propose' | 'keep' | 'retired';
  readonly sha256: string;
  readonly subject: string;
  readonly group: string;
  /** Targets on which its clients are admitted already, and through which CA (reach). */
  readonly admittedOn: readonly { readonly target: string; readonly through: string }[];
  /** Targets that trust its group and do not admit its clients. */
  readonly notOn: readonly string[];
}

/**
 * One way in which somebody who is not good by the definition is admitted. `anybody`: no
 * certificate is required where one should be. `untrusted`: clients of a CA that is not trusted.
 * `revoked`: clients whose revocation is not in force. `bypass`: around mutual TLS. `unknown`: what
 * stands there cannot be read. `consented`: revoked, and somebody consented to that by name.
 */
export interface Exposure {
  readonly kind: 'anybody' | 'untrusted' | 'revoked' | 'bypass' | 'unknown' | 'consented';
  /** `web: revoked clients are admitted (...)`. */
  readonly text: string;
}

/** Who is admitted and refused wrongly, as far as it was looked at. */
export interface Admission {
  readonly exposure: readonly Exposure[];
  /** Good clients that are refused, in words. */
  readonly lockout: readonly string[];
}

/** What a plan says about one target. */
export interface PlannedTarget {
  readonly name: string;
  readonly service: string;
  /** The service, for people: `Application Load Balancer`. */
  readonly title: string;
  readonly accountRegion: AccountRegion;
  /** It left the definition: detach, then delete. */
  readonly leaving: boolean;
  /** Something of it stays for now, as a finding says: it is not forgotten yet. */
  readonly stays?: true;
  /**
   * It was seen, and there is something to compare it with. False: nothing is known of it beyond
   * `failed`, or an error of the input leaves nothing that it should hold.
   */
  readonly compared: boolean;
  /** All steps, those left out too. */
  readonly steps: readonly PlannedStep[];
  /** The CRLs in force, by how much life they have left. */
  readonly freshness: readonly CrlFreshness[];
  readonly findings: readonly Finding[];
  /** What it holds now; absent when it could not be observed. */
  readonly content?: ContentSummary;
  /** Code and message of what went wrong while observing. */
  readonly failed?: { readonly code: string; readonly kind: CodeKind; readonly message: string };
}

/** All writes that would make the services follow the definition, in order, as data. */
export interface Plan {
  readonly formatVersion: 1;
  readonly definition: string;
  /** What `apply --approve` takes. */
  readonly digest: string;
  /** The lines that the digest stands for, as approved. */
  readonly lines: readonly string[];
  readonly targets: readonly PlannedTarget[];
  readonly caChanges: readonly CaChange[];
  readonly findings: readonly Finding[];
  /** Who is wrongly admitted or refused now, by what was observed of the targets. */
  readonly now: Admission;
  /** The same once the steps are done that may run. */
  readonly after: Admission;
  /** Writes: steps that may run, uploads not counted. */
  readonly calls: number;
  readonly slowest?: { readonly service: string; readonly seconds: number };
  /** Consents that steps wait for, as they are to be typed. */
  readonly missing: readonly string[];
  /** True when an error in the input keeps every write from happening. */
  readonly blocked: boolean;
  /** True when any step would run or waits for a consent. */
  readonly changes: boolean;
}
