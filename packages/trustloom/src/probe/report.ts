import type { Bypass } from '@trustloom/core';

/** A client to knock with; its key is used for the handshake only. */
export interface ProbeClient {
  /** Title of its column. */
  readonly name: string;
  readonly certPem: string;
  readonly keyPem: string;
  /** Intermediates to send along. */
  readonly chainPem?: string;
}

/** What one client met at one target. */
export interface ProbeCell {
  readonly client: string;
  /** `refused`: no HTTP answer ever came. Else the HTTP status. `-`: cannot be tried. */
  readonly outcome: 'refused' | '-' | number;
  /** The service's own words, or what broke. */
  readonly detail?: string;
}

/** What the clients met at one target. */
export interface ProbeRow {
  readonly target: string;
  readonly service: string;
  /** The service cannot enforce revocation yet: a revoked client is admitted. */
  readonly revocationEnforced: boolean;
  /** The definition wants a certificate of everybody here. */
  readonly required: boolean;
  /** The definition wants expired certificates to be admitted here. */
  readonly ignoresExpiry: boolean;
  readonly cells: readonly ProbeCell[];
  readonly bypasses: readonly Bypass[];
}

/** Live answers of real handshakes. */
export interface ProbeReport {
  readonly formatVersion: 1;
  readonly clients: readonly string[];
  readonly rows: readonly ProbeRow[];
  /** Every reason for an exit code other than 0, in words. */
  readonly problems: readonly string[];
  /** 1 when anybody was admitted who should not be, or something was not as expected. */
  readonly exitCode: 0 | 1;
}
