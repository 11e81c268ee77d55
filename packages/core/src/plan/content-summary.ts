import type {
  Bypass,
  Content,
  Endpoint,
  ObservedAttachment,
  ObservedEnforcement,
} from '../adapter/content.ts';
import { defined } from '../util/defined.ts';
import { isoTime } from '../util/time.ts';

/**
 * What a target holds, as results tell it: no certificate, no entry of a CRL, however many there
 * are.
 */
export interface ContentSummary {
  readonly exists: boolean;
  /** `unknown` where the service does not tell. */
  readonly cas: readonly { readonly sha256: string; readonly subject: string }[] | 'unknown';
  readonly crls: readonly {
    readonly sha256: string;
    readonly issuer: string;
    readonly entries: number;
    /** ISO times. */
    readonly thisUpdate?: string;
    readonly nextUpdate?: string;
    readonly inForce: boolean;
  }[];
  /** Absent: the service checks the CRLs in force itself. */
  readonly enforcement?: ObservedEnforcement;
  readonly attachments: readonly ObservedAttachment[];
  readonly bypasses: readonly Bypass[];
  readonly endpoints: readonly Endpoint[];
}

/** What results tell of what a target holds. Its findings stand among those of the target. */
export function contentSummary(content: Content): ContentSummary {
  const { exists, cas, crls, enforcement, attachments, bypasses, endpoints } = content;
  return {
    exists,
    cas: cas === 'unknown' ? cas : cas.map(({ sha256, subject }) => ({ sha256, subject })),
    crls: crls.map(({ sha256, issuer, entries, thisUpdate, nextUpdate, inForce }) => ({
      sha256,
      issuer,
      entries,
      ...defined({ thisUpdate: isoTimeOf(thisUpdate), nextUpdate: isoTimeOf(nextUpdate) }),
      inForce,
    })),
    ...defined({ enforcement }),
    attachments,
    bypasses,
    endpoints,
  };
}

function isoTimeOf(instant: number | undefined): string | undefined {
  return instant === undefined ? undefined : isoTime(instant);
}
