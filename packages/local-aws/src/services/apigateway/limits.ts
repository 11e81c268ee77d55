/** A limit of API Gateway, and where it is written down. */
export interface Limit {
  readonly max: number;
  readonly source: string;
  /** Year and month. */
  readonly checked: string;
}

const limit = (max: number, source: string): Limit => Object.freeze({ max, source, checked: '2026-11' });

const QUOTAS = 'API Gateway guide, Quotas';
const MODEL = 'service models 2015-07-09 and 2018-11-29';

export const LIMITS = Object.freeze({
  domains: limit(120, QUOTAS),
  truststoreCertificates: limit(1000, QUOTAS),
  truststoreBytes: limit(1_048_576, QUOTAS),
  uriCharacters: limit(2048, MODEL),
  versionCharacters: limit(64, MODEL),
  tags: limit(50, 'API Gateway guide, Tagging'),
  tagKeyCharacters: limit(128, 'API Gateway guide, Tagging'),
  tagValueCharacters: limit(256, 'API Gateway guide, Tagging'),
  pageItems: limit(500, 'API Gateway API reference, GetDomainNames'),
});

/** Items on a page when the caller does not say; API reference, checked 2026-11. */
export const DEFAULT_PAGE = 25;

/** Lambda authorizers (API Gateway guide, Use Lambda authorizers; Quotas). */
export const AUTHORIZER_LIMITS = Object.freeze({
  perApi: limit(10, QUOTAS),
  /** Seconds. */
  ttl: limit(3600, 'API Gateway guide, Use API Gateway Lambda authorizers'),
  defaultTtl: limit(300, 'API Gateway guide, Use API Gateway Lambda authorizers'),
});
