import { type Certificate, defined, type Trust } from '@trustloom/core/adapter';
import type { CloudfrontTarget } from '../target.ts';
import { crlKey } from './entries/crl-items.ts';
import { type DesiredEntries, desiredEntries } from './entries/index.ts';
import type { EntryForm } from './entries/serials.ts';
import { generateConnectionFunction } from './function.ts';

/** What refuses the revoked: the connection function, and what its KeyValueStore says. */
export interface DesiredRevocation {
  readonly code: string;
  readonly entries: DesiredEntries;
  /** Absent when no CRL was withdrawn. */
  readonly withdrawn?: Withdrawn;
}

/**
 * CRLs whose enforcement was withdrawn: a store that has one keeps it until a step with that
 * consent takes it out.
 */
export interface Withdrawn {
  /** What a store should say as long as it has them. */
  readonly before: DesiredEntries;
  /** Items by which a store tells that it has them. */
  readonly items: readonly string[];
  /** SHA-256 of the CRLs, as consents name them. */
  readonly crls: readonly string[];
  /** Their CAs, for people. */
  readonly issuers: string;
}

/** What refuses the revoked, by definition; undefined in passthrough, where nothing can. */
export function desiredRevocation(
  trust: Trust,
  anchors: readonly Certificate[],
  { mode, revocation: form }: CloudfrontTarget,
): DesiredRevocation | undefined {
  if (mode === 'passthrough') return undefined;
  return {
    code: generateConnectionFunction({ mode, graceMs: trust.revocation.graceMs }),
    entries: desiredEntries(trust, anchors, form),
    ...defined({ withdrawn: withdrawnOf(trust, anchors, form) }),
  };
}

function withdrawnOf(trust: Trust, anchors: readonly Certificate[], form: EntryForm): Withdrawn | undefined {
  const { withdrawn } = trust.revocation;
  if (withdrawn.length === 0) return undefined;
  return {
    before: desiredEntries(inForceAgain(trust), anchors, form),
    items: withdrawn.map(({ keySha256 }) => crlKey(keySha256)),
    crls: withdrawn.map(({ sha256 }) => sha256),
    issuers: [...new Set(withdrawn.map(({ issuer }) => issuer))].join('; '),
  };
}

/** The same trust as if the withdrawn CRLs were in force still. */
function inForceAgain(trust: Trust): Trust {
  const { crls, unread, withdrawn } = trust.revocation;
  const lost = withdrawn.filter(({ issuerCrl }) => issuerCrl === undefined);
  return {
    ...trust,
    revocation: {
      ...trust.revocation,
      crls: [...crls, ...withdrawn.flatMap(({ issuerCrl }) => issuerCrl ?? [])],
      unread: new Map([...unread, ...lost.map(({ keySha256 }) => [keySha256, 'crl-copy-lost'] as const)]),
      withdrawn: [],
    },
  };
}
