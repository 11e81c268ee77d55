import type { Certificate, Trust } from '@trustloom/core';
import { type DesiredKeys, desiredKeys } from './desired.ts';
import type { KeyForm } from './layout.ts';
import { listKey } from './list-items.ts';

/** Lists that somebody let go: a store that has one keeps it until a step with that consent takes it out. */
export interface LetGo {
  /** What a store should say as long as it has them. */
  readonly before: DesiredKeys;
  /** Items by which a store tells that it has them. */
  readonly items: readonly string[];
  /** SHA-256 of the lists, as consents name them. */
  readonly things: readonly string[];
  /** Their CAs, for people. */
  readonly issuers: string;
}

/** Undefined when nothing was let go. */
export function letGoOf(trust: Trust, anchors: readonly Certificate[], form: KeyForm): LetGo | undefined {
  const { letGo } = trust.revocation;
  if (letGo.length === 0) return undefined;
  return {
    before: desiredKeys(withoutLettingGo(trust), anchors, form),
    items: letGo.map(({ keySha256 }) => listKey(keySha256)),
    things: letGo.map(({ sha256 }) => sha256),
    issuers: [...new Set(letGo.map(({ issuer }) => issuer))].join('; '),
  };
}

/** The same trust as if those lists were in force still. */
function withoutLettingGo(trust: Trust): Trust {
  const { lists, kept, letGo } = trust.revocation;
  const lost = letGo.filter(({ list }) => list === undefined);
  return {
    ...trust,
    revocation: {
      ...trust.revocation,
      lists: [...lists, ...letGo.flatMap(({ list }) => list ?? [])],
      kept: new Map([...kept, ...lost.map(({ keySha256 }) => [keySha256, 'list-memory-lost'] as const)]),
      letGo: [],
    },
  };
}
