import { createApiGateway } from '../services/apigateway/index.ts';
import { LIMITS as API_GATEWAY_LIMITS, AUTHORIZER_LIMITS } from '../services/apigateway/limits.ts';
import type { HttpModel, RestModel } from '../services/apigateway/model.ts';
import { createCloudFront } from '../services/cloudfront/index.ts';
import {
  BUNDLE as CLOUDFRONT_BUNDLE,
  LIMITS as CLOUDFRONT_LIMITS,
  FUNCTION_LIMITS,
  KVS_LIMITS,
} from '../services/cloudfront/limits.ts';
import type { CloudFrontModel } from '../services/cloudfront/model.ts';
import { createElbv2 } from '../services/elbv2/index.ts';
import { BUNDLE as ELB_BUNDLE, LIMITS as ELB_LIMITS } from '../services/elbv2/limits.ts';
import type { ElbModel } from '../services/elbv2/model.ts';
import { createRolesAnywhere } from '../services/rolesanywhere/index.ts';
import { LIMITS as ROLES_ANYWHERE_LIMITS } from '../services/rolesanywhere/limits.ts';
import { createS3 } from '../services/s3/index.ts';
import type { S3Model } from '../services/s3/model.ts';
import { createSts } from '../services/sts/index.ts';

/** How near an operation is to the service. */
export interface Fidelity {
  readonly service: string;
  readonly operation: string;
  /**
   * `exact`: request, answer, errors and effect as the service has them. `modelled`: as far as
   * trust stores need it; `note` says what is not.
   */
  readonly fidelity: 'exact' | 'modelled';
  readonly note: string;
}

type Notes<Model> = Readonly<Partial<Record<keyof Model, string>>>;

const NO_NETWORK = 'there is no network behind it; subnets and target groups are kept, not checked';
const PARTS = 'origins, caches and certificates are kept, not acted on';
const BEHIND = 'integrations are kept and never called: the edge answers with the event';

const cloudfront: Notes<CloudFrontModel> = {
  CreateDistribution: PARTS,
  CreateDistributionWithTags: PARTS,
  UpdateDistribution: PARTS,
  TestConnectionFunction: 'utilisation is the time on this machine',
  PublishConnectionFunction: 'the status after an association is ours (DEPLOYED)',
};
const elb: Notes<ElbModel> = {
  CreateLoadBalancer: NO_NETWORK,
  CreateListener: NO_NETWORK,
  ModifyListener: `${NO_NETWORK}; identity filters of Network Load Balancers are kept, not applied`,
  ModifyListenerAttributes: 'the defaults only; another value answers 501',
  ModifyLoadBalancerAttributes: 'kept; deletion protection alone is acted on',
  DescribeCapacityReservation: 'none is ever reserved',
  DeleteSharedTrustStoreAssociation: 'nothing is shared, so there is nothing to delete',
  DescribeAccountLimits: 'the limits that matter here',
};
const rest: Notes<RestModel> = {
  CreateRestApi: 'no import, no policy',
  PutIntegration: BEHIND,
  UpdateMethod: 'authorization only; another path answers 501',
  UpdateStage: 'the deployment only; another path answers 501',
  CreateDeployment: 'no canaries, no caches',
  CreateStage: 'no canaries, no caches',
  GetExport: 'OpenAPI 3.0 in JSON with paths, methods and authorizers; no models, no integrations',
  CreateAuthorizer: 'REQUEST authorizers are asked; TOKEN and COGNITO_USER_POOLS refuse at the edge',
};
const http: Notes<HttpModel> = {
  CreateApi: 'no quick create, no CORS',
  CreateIntegration: BEHIND,
  ExportApi: 'OpenAPI 3.0 in JSON of a stage, with paths, methods and authorizers; no integrations',
  CreateAuthorizer: 'REQUEST authorizers are asked; JWT refuses at the edge',
};
const s3: Notes<S3Model> = {
  PutObject: 'no encryption, no ACLs',
  PutBucketPolicy: 'kept, and read for other accounts; conditions are not',
};
const others: Readonly<Record<string, string>> = {
  AssumeRole: 'no IAM: any role of a known account, with its external id where one is set',
  CreateSession: 'role trust policies are not evaluated; the text for an expired certificate is ours',
};

/** Every operation that is emulated, by service and name: read off the tables of handlers. */
export function emulatedOperations(): readonly Fidelity[] {
  const cf = createCloudFront();
  const api = createApiGateway();
  const services = [
    { ...createS3().service, notes: s3 },
    { ...createSts(), notes: others },
    { ...createElbv2().service, notes: elb },
    { ...cf.service, notes: cloudfront },
    { ...cf.keyValues, notes: {} },
    ...api.services.map((service, index) => ({ ...service, notes: index === 0 ? rest : http })),
    { ...createRolesAnywhere().service, notes: others },
  ];
  return services.flatMap(({ title, operations, notes }) =>
    operations.map((operation): Fidelity => {
      const note = new Map(Object.entries(notes)).get(operation);
      return {
        service: title,
        operation,
        fidelity: note === undefined ? 'exact' : 'modelled',
        note: String(note ?? ''),
      };
    }),
  );
}

/** A documented limit that the emulator keeps. */
export interface LimitRow {
  readonly service: string;
  readonly name: string;
  readonly max: number;
  readonly source: string;
  readonly checked: string;
}

/** Every limit that is kept, with where it is written. */
export function keptLimits(): readonly LimitRow[] {
  const tables: readonly (readonly [string, object])[] = [
    ['CloudFront', { ...CLOUDFRONT_LIMITS, ...limitsOf(CLOUDFRONT_BUNDLE) }],
    ['CloudFront functions', FUNCTION_LIMITS],
    ['CloudFront KeyValueStore', KVS_LIMITS],
    ['Elastic Load Balancing', { ...ELB_LIMITS, ...limitsOf(ELB_BUNDLE) }],
    ['API Gateway', { ...API_GATEWAY_LIMITS, ...AUTHORIZER_LIMITS }],
    ['Roles Anywhere', ROLES_ANYWHERE_LIMITS],
  ];
  return tables.flatMap(([service, table]) =>
    Object.entries(table).flatMap(([name, row]) => (isLimit(row) ? [{ service, name, ...row }] : [])),
  );
}

const limitsOf = (rules: object) =>
  Object.fromEntries(Object.entries(rules).filter(([, row]) => isLimit(row)));

function isLimit(row: unknown): row is { max: number; source: string; checked: string } {
  return typeof row === 'object' && row !== null && 'max' in row && 'source' in row && 'checked' in row;
}

/**
 * What is known of these services and is not here: each answers 501 by its name, or has no
 * operation.
 */
export const ABSENT: readonly string[] = Object.freeze([
  'IAM: no users, policies or role trust; a list of allowed actions stands in for it (`allow`)',
  'ACM, Route 53, CloudWatch, CloudTrail, EventBridge, billing',
  'sharing of trust stores between accounts (AWS RAM)',
  'OCSP over the network: a responder is plugged in (`ocsp`)',
  'HTTP/3',
  'S3 multipart uploads, copies, ACLs, encryption, lifecycle',
  'Elastic Load Balancing rules, target groups, UDP',
  'Roles Anywhere notification settings and attribute mappings',
  'API Gateway models, usage plans, API keys, canaries, caches, private APIs',
]);

/**
 * Where the emulator admits a client that `openssl verify` refuses: rows of NIST PKITS, with what
 * AWS says of them.
 */
export const LAXER_THAN_OPENSSL: Readonly<Record<string, string>> = Object.freeze({
  InvalidNegativeSerialNumberTest15EE:
    'a negative serial cannot be revoked at an ALB, which accepts no CRL with one (ELB user guide, Mutual authentication with TLS; 2026-11)',
});

/** What a test here can never show. */
export const NOT_PROVABLE: readonly string[] = Object.freeze([
  'how long a change takes until every edge or node follows it',
  'what an unpublished control plane rate is (CloudFront, KeyValueStore)',
  'which of two readings of an unknown is the right one',
  'the text of an error where only its code is published',
  'which TLS alert a refused client is sent',
  'how the items of a KeyValueStore are counted against 5 MB',
]);
