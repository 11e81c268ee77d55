import { type CertificateInfo, readCertificate } from '../der/index.ts';
import type { EdgeSpec, EdgeTrust } from '../types.ts';
import type { Unknowns } from '../unknowns.ts';
import { checkPath } from './path.ts';
import {
  ALB_REASONS,
  API_GATEWAY_REASONS,
  CLOUDFRONT_REASONS,
  type ReasonTable,
  type Refusal,
} from './reasons.ts';
import { checkRevocation } from './revocation.ts';
import { type CrlStore, readAll, readCrlStore, readStore, type Store } from './store.ts';

/** Certificates as the client sent them, DER, leaf first. */
export type Presented = readonly Uint8Array[];

/** What becomes of a connection. */
export interface Verdict {
  /** `close`: no HTTP at all. `forbid`: every request gets 403. */
  readonly outcome: 'admit' | 'close' | 'forbid';
  /** As the service logs it. */
  readonly reason: string;
  readonly leaf: CertificateInfo | undefined;
  readonly presented: Presented;
  /** What a connection function added to the log. */
  readonly custom?: string;
}

/** Chain depth is 4 at CloudFront, ALB and API Gateway (their quota pages, checked 2026-11). */
const MAX_CAS = 4;

const REASONS: Readonly<Record<EdgeSpec['kind'], ReasonTable>> = {
  alb: ALB_REASONS,
  cloudfront: CLOUDFRONT_REASONS,
  'api-gateway': API_GATEWAY_REASONS,
  'execute-api': API_GATEWAY_REASONS,
};

/** Reads trust once for each version. */
export interface TrustCache {
  read(trust: EdgeTrust): { readonly store: Store; readonly crls: CrlStore };
}

export function createTrustCache(): TrustCache {
  let version: string | undefined;
  let parsed: { store: Store; crls: CrlStore } | undefined;
  return {
    read(trust) {
      if (!parsed || version !== trust.version)
        parsed = { store: readStore(trust.anchors), crls: readCrlStore(trust.crls) };
      version = trust.version;
      return parsed;
    },
  };
}

/** Decides about a connection, with the trust of this instant. */
export function decide(
  kind: EdgeSpec['kind'],
  trust: EdgeTrust,
  presented: Presented,
  cache: TrustCache,
  { now, unknowns }: { readonly now: number; readonly unknowns: Unknowns },
): Verdict {
  const leaf = presented[0] && readAll([presented[0]], readCertificate)[0];
  const admitted: Verdict = { outcome: 'admit', reason: 'Success', leaf, presented };
  const refused = (why: Refusal): Verdict => ({
    ...admitted,
    outcome: trust.mode === 'complete-chain' && why !== 'missing' ? 'forbid' : 'close',
    reason: REASONS[kind][why],
  });
  const gated = (path: readonly CertificateInfo[]): Verdict => {
    if (!trust.gate) return admitted;
    const said = trust.gate({ path, presented: readAll(presented, readCertificate) });
    const custom = said.custom === undefined ? {} : { custom: said.custom };
    if (said.admit) return { ...admitted, ...custom };
    return { ...admitted, outcome: 'close', reason: said.reason ?? 'Internal', ...custom };
  };
  if (trust.mode === 'off') return admitted;
  if (trust.mode === 'passthrough') return gated([]);
  if (presented.length === 0) {
    if (trust.mode !== 'optional') return refused('missing');
    return unknowns.cloudFrontOptionalFunction === 'refuse' ? gated([]) : admitted;
  }
  if (!leaf) return refused('invalid');
  const { store, crls } = cache.read(trust);
  const found = checkPath(leaf, readAll(presented.slice(1), readCertificate), store, {
    now,
    maxCas: MAX_CAS,
    ignoreExpiry: trust.ignoreExpiry,
    anchors: trust.mode === 'complete-chain' ? 'complete' : 'any',
  });
  if (!found.ok) return refused(found.why);
  const revocation = checkRevocation(found.path, store, crls, {
    now,
    wholeChain: unknowns.albCrlDepth === 'refuse',
    datesCount: unknowns.albExpiredCrl === 'refuse',
    everyCaNeedsOne: unknowns.albCaWithoutCrl === 'refuse',
    bridgingCas: true,
  });
  if (revocation === 'good') return gated(found.path);
  return refused(revocation === 'revoked' ? 'revoked' : 'crl-error');
}
