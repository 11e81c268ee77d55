import type { Aws } from '@trustloom/aws';
import {
  type Adapter,
  type Facts,
  type Service,
  type StandardSchemaV1,
  TrustloomError,
} from '@trustloom/core';
import { asService } from '@trustloom/core/adapter';

/** One kind of target that this package knows: how to load its data, and how to load its adapter. */
export interface Kind {
  /** Key in a definition. */
  readonly key: string;
  /** What can be known of the service without any SDK or schema. */
  readonly facts: () => Promise<Facts>;
  /** How a target is written, without any SDK. */
  readonly target: () => Promise<StandardSchemaV1>;
  /** The adapter, wired to clients; loads the SDK. */
  readonly open: (aws: Pick<Aws, 'client'>) => Promise<Adapter>;
}

/** Every kind, in the order in which tables show them. */
export const kinds: readonly Kind[] = [
  {
    key: 'cloudfront',
    facts: async () => (await import('@trustloom/cloudfront/facts')).cloudfrontFacts,
    target: async () => (await import('@trustloom/cloudfront/target')).cloudfrontTarget,
    async open(aws) {
      const [{ cloudfront }, { CloudFrontClient }, { CloudFrontKeyValueStoreClient }] = await Promise.all([
        import('@trustloom/cloudfront'),
        import('@aws-sdk/client-cloudfront'),
        import('@aws-sdk/client-cloudfront-keyvaluestore'),
        // The client of key value stores signs with it, and only looks whether somebody has loaded it.
        import('@aws-sdk/signature-v4a'),
      ]);
      return cloudfront({
        client: (place) => aws.client(CloudFrontClient, 'CloudFront', place),
        keyValueStore: (place) =>
          aws.client(CloudFrontKeyValueStoreClient, 'CloudFront KeyValueStore', place),
      });
    },
  },
  {
    key: 'alb',
    facts: async () => (await import('@trustloom/alb/facts')).albFacts,
    target: async () => (await import('@trustloom/alb/target')).albTarget,
    async open(aws) {
      const [{ alb }, { ElasticLoadBalancingV2Client }] = await Promise.all([
        import('@trustloom/alb'),
        import('@aws-sdk/client-elastic-load-balancing-v2'),
      ]);
      return alb({
        client: (place) => aws.client(ElasticLoadBalancingV2Client, 'Elastic Load Balancing v2', place),
      });
    },
  },
  {
    key: 'apiGateway',
    facts: async () => (await import('@trustloom/api-gateway/facts')).apiGatewayFacts,
    target: async () => (await import('@trustloom/api-gateway/target')).apiGatewayTarget,
    async open(aws) {
      const [{ apiGateway }, { APIGatewayClient }, { ApiGatewayV2Client }] = await Promise.all([
        import('@trustloom/api-gateway'),
        import('@aws-sdk/client-api-gateway'),
        import('@aws-sdk/client-apigatewayv2'),
      ]);
      return apiGateway({
        v1: (place) => aws.client(APIGatewayClient, 'API Gateway', place),
        v2: (place) => aws.client(ApiGatewayV2Client, 'ApiGatewayV2', place),
      });
    },
  },
  {
    key: 'rolesAnywhere',
    facts: async () => (await import('@trustloom/roles-anywhere/facts')).rolesAnywhereFacts,
    target: async () => (await import('@trustloom/roles-anywhere/target')).rolesAnywhereTarget,
    async open(aws) {
      const [{ rolesAnywhere }, { RolesAnywhereClient }] = await Promise.all([
        import('@trustloom/roles-anywhere'),
        import('@aws-sdk/client-rolesanywhere'),
      ]);
      return rolesAnywhere({ client: (place) => aws.client(RolesAnywhereClient, 'RolesAnywhere', place) });
    },
  },
];

/** Facts of all four services. */
export async function allFacts(): Promise<readonly Facts[]> {
  return Promise.all(kinds.map(({ facts }) => facts()));
}

/** Loads the services of some kinds, each once. Keys that no service has are left out: reading the definition complains about them. */
export async function openServices(
  keys: readonly string[],
  aws: Pick<Aws, 'client'>,
): Promise<readonly Service[]> {
  const named = kinds.filter(({ key }) => keys.includes(key));
  return Promise.all(named.map(async (kind) => asService(await kind.open(aws))));
}

/** @throws TrustloomError `definition-unknown-key` when a kind is none of ours */
export function checkKinds(keys: readonly string[], file: string): void {
  const unknown = keys.filter((key) => !kinds.some((kind) => kind.key === key));
  if (unknown.length === 0) return;
  const known = kinds.map(({ key }) => key).join(', ');
  throw new TrustloomError(
    'definition-unknown-key',
    `${file}: a target has the unknown key ${unknown.join(', ')}; its kind is one of ${known}`,
  );
}
