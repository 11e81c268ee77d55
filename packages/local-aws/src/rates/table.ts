/** A token bucket of a control plane, per account and region. */
export interface RateRow {
  /** Signing name. */
  readonly service: string;
  /** Operations that draw on it; a call may draw on several. */
  readonly actions: readonly string[] | 'all';
  /** Calls that may come at once. */
  readonly burst: number;
  readonly perSecond: number;
  readonly source: string;
  readonly checked: string;
}

const row = (
  service: string,
  actions: RateRow['actions'],
  burst: number,
  perSecond: number,
  source: string,
): RateRow => ({ service, actions, burst, perSecond, source, checked: '2026-11' });

const ELB = 'Elastic Load Balancing API reference, Request throttling';
const API = 'API Gateway guide, Quotas for control operations';
const RA = 'IAM Roles Anywhere user guide, Quotas';

/** Rates of the control planes. CloudFront and KeyValueStore publish none. */
export const RATES: readonly RateRow[] = Object.freeze([
  row(
    'elasticloadbalancing',
    ['DescribeTrustStores', 'DescribeTrustStoreRevocations', 'DescribeTrustStoreAssociations'],
    40,
    10,
    ELB,
  ),
  row(
    'elasticloadbalancing',
    ['GetTrustStoreCaCertificatesBundle', 'GetTrustStoreRevocationContent'],
    20,
    4,
    ELB,
  ),
  row('elasticloadbalancing', ['CreateTrustStore'], 10, 0.2, ELB),
  row(
    'elasticloadbalancing',
    ['AddTrustStoreRevocations', 'RemoveTrustStoreRevocations', 'ModifyTrustStore', 'DeleteTrustStore'],
    10,
    0.2,
    ELB,
  ),
  row('apigateway', ['CreateDomainName'], 1, 1 / 30, API),
  row('apigateway', ['UpdateDomainName'], 1, 1 / 30, API),
  row('apigateway', ['DeleteDomainName'], 1, 1 / 30, API),
  row('apigateway', 'all', 40, 10, API),
  row(
    'rolesanywhere',
    [
      'CreateTrustAnchor',
      'DeleteTrustAnchor',
      'DisableTrustAnchor',
      'EnableTrustAnchor',
      'GetTrustAnchor',
      'ListTrustAnchors',
      'UpdateTrustAnchor',
    ],
    1,
    1,
    RA,
  ),
  row(
    'rolesanywhere',
    ['DeleteCrl', 'DisableCrl', 'EnableCrl', 'GetCrl', 'ImportCrl', 'ListCrls', 'UpdateCrl'],
    1,
    1,
    RA,
  ),
  row(
    'rolesanywhere',
    [
      'CreateProfile',
      'DeleteProfile',
      'DisableProfile',
      'EnableProfile',
      'GetProfile',
      'ListProfiles',
      'UpdateProfile',
    ],
    1,
    1,
    RA,
  ),
  row('rolesanywhere', ['GetSubject', 'ListSubjects'], 1, 1, RA),
  row('rolesanywhere', ['ListTagsForResource', 'TagResource', 'UntagResource'], 1, 1, RA),
  row('rolesanywhere', ['CreateSession'], 10, 10, RA),
]);
