/** A limit of IAM Roles Anywhere, and where it is written down. */
export interface Limit {
  readonly max: number;
  readonly source: string;
  /** Year and month. */
  readonly checked: string;
}

const MODEL = 'service model 2018-05-10';
const QUOTAS = 'Roles Anywhere user guide, Quotas';
const limit = (max: number, source: string): Limit => Object.freeze({ max, source, checked: '2026-11' });

export const LIMITS = Object.freeze({
  nameCharacters: limit(255, MODEL),
  bundleCharacters: limit(16_000, MODEL),
  crlBytes: limit(300_000, MODEL),
  rolesPerProfile: limit(250, MODEL),
  managedPoliciesPerProfile: limit(50, MODEL),
  tagsPerResource: limit(200, MODEL),
  tagKeyCharacters: limit(128, MODEL),
  tagValueCharacters: limit(256, MODEL),
  longestSessionSeconds: limit(43_200, MODEL),
  trustAnchors: limit(50, QUOTAS),
  profiles: limit(250, QUOTAS),
  certificatesPerAnchor: limit(2, QUOTAS),
  crlsPerAnchor: limit(2, QUOTAS),
  chainHeaderCertificates: limit(5, 'Roles Anywhere user guide, Signing process'),
});

/** Shortest session, in seconds; service model 2018-05-10, checked 2026-11. */
export const SHORTEST_SESSION = 900;

/** Session length of a profile that names none, in seconds; user guide, checked 2026-11. */
export const DEFAULT_SESSION = 3600;
