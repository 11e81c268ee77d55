import {
  APIGatewayClient,
  CreateBasePathMappingCommand,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  CreateAuthorizerCommand as CreateRestAuthorizerCommand,
  CreateDomainNameCommand as CreateRestDomainCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from '@aws-sdk/client-api-gateway';
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateApiMappingCommand,
  CreateAuthorizerCommand,
  CreateDomainNameCommand,
  CreateRouteCommand,
  CreateStageCommand,
  UpdateApiCommand,
} from '@aws-sdk/client-apigatewayv2';
import { clientConfig, given, type Spot, spot, type Where } from './where.ts';

/** A regional custom domain as a team has it before mTLS. */
export interface TestApiGateway {
  readonly domain: string;
  readonly apiId: string;
  /** The default endpoint, which goes around the domain: a bypass. */
  readonly defaultEndpoint: string;
}

/** Which API Gateway the team uses: an HTTP API (v2), or a REST API (v1). */
export type ApiKind = 'http' | 'rest';

/** How a team puts a Lambda authorizer before all routes of an API. */
export interface TestAuthorizer {
  /** ARN of the function. */
  readonly arn: string;
  /** HTTP APIs only; default 2.0. A REST API always sends the form 1.0. */
  readonly payload?: '1.0' | '2.0';
  /** HTTP APIs with payload 2.0 only: `{ isAuthorized }` instead of a policy. */
  readonly simple?: boolean;
  /** Seconds that an answer is kept; default 0. */
  readonly ttl?: number;
  /** What answers are kept by, in the API's own form. */
  readonly sources?: readonly string[];
}

const stage = 'live';

/**
 * Makes a regional custom domain with an API behind it, without client authentication; the API's
 * default endpoint is open.
 *
 * @param domain default `api.example.com`
 * @param authorizer asked about every request; without it the API has no routes at all
 */
export async function makeApiGateway(
  where: Where,
  domain = 'api.example.com',
  kind: ApiKind = 'http',
  authorizer?: TestAuthorizer,
): Promise<TestApiGateway> {
  const at = spot(where);
  const certificateArn = `arn:aws:acm:${at.region}:${at.account}:certificate/0b2ad0f3-5a4c-4a57-9d0b-6a1f0a9b7c02`;
  const make = kind === 'http' ? http : rest;
  const apiId = await make(at, domain, certificateArn, authorizer);
  return Object.freeze({
    domain,
    apiId,
    defaultEndpoint: `https://${apiId}.execute-api.${at.region}.amazonaws.com`,
  });
}

/**
 * Puts a Lambda authorizer before every route of an API that has none yet: what a team does with
 * its own tool once mutual TLS is on. Before that, clients come without a certificate, and a check
 * of certificates refuses them all.
 */
export async function putAuthorizer(
  where: Where,
  { apiId }: Pick<TestApiGateway, 'apiId'>,
  authorizer: TestAuthorizer,
  kind: ApiKind = 'http',
): Promise<void> {
  const at = spot(where);
  const config = clientConfig(at, 'apigateway');
  await (kind === 'http'
    ? httpRoutes(new ApiGatewayV2Client(config), apiId, at, authorizer)
    : restRoutes(new APIGatewayClient(config), apiId, at, authorizer));
}

/**
 * Closes the address that AWS gives to each HTTP API: it goes around the custom domain, and so
 * around mutual TLS.
 *
 * @example
 * await closeDefaultEndpoint({ local }, environment.api)
 */
export async function closeDefaultEndpoint(
  where: Where,
  { apiId: ApiId }: Pick<TestApiGateway, 'apiId'>,
): Promise<void> {
  const client = new ApiGatewayV2Client(clientConfig(spot(where), 'apigateway'));
  await client.send(new UpdateApiCommand({ ApiId, DisableExecuteApiEndpoint: true }));
}

async function http(
  at: Spot,
  domain: string,
  certificateArn: string,
  authorizer?: TestAuthorizer,
): Promise<string> {
  const client = new ApiGatewayV2Client(clientConfig(at, 'apigateway'));
  await client.send(
    new CreateDomainNameCommand({
      DomainName: domain,
      DomainNameConfigurations: [
        { CertificateArn: certificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
      ],
    }),
  );
  const api = await client.send(new CreateApiCommand({ Name: domain, ProtocolType: 'HTTP' }));
  const apiId = given(api.ApiId, 'API');
  if (authorizer !== undefined) await httpRoutes(client, apiId, at, authorizer);
  await client.send(new CreateApiMappingCommand({ DomainName: domain, ApiId: apiId, Stage: stage }));
  return apiId;
}

async function rest(
  at: Spot,
  domain: string,
  certificateArn: string,
  authorizer?: TestAuthorizer,
): Promise<string> {
  const client = new APIGatewayClient(clientConfig(at, 'apigateway'));
  await client.send(
    new CreateRestDomainCommand({
      domainName: domain,
      regionalCertificateArn: certificateArn,
      endpointConfiguration: { types: ['REGIONAL'] },
      securityPolicy: 'TLS_1_2',
    }),
  );
  const api = await client.send(
    new CreateRestApiCommand({ name: domain, endpointConfiguration: { types: ['REGIONAL'] } }),
  );
  const apiId = given(api.id, 'API');
  if (authorizer !== undefined) await restRoutes(client, apiId, at, authorizer);
  await client.send(new CreateBasePathMappingCommand({ domainName: domain, restApiId: apiId, stage }));
  return apiId;
}

/** Everything goes to `$default`, behind the authorizer. */
async function httpRoutes(
  client: ApiGatewayV2Client,
  ApiId: string,
  { region }: Spot,
  { arn, payload = '2.0', simple = false, ttl = 0, sources = [] }: TestAuthorizer,
): Promise<void> {
  const { AuthorizerId } = await client.send(
    new CreateAuthorizerCommand({
      ApiId,
      Name: 'revocation',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: uriOf(arn, region),
      AuthorizerPayloadFormatVersion: payload,
      EnableSimpleResponses: simple,
      IdentitySource: [...sources],
      AuthorizerResultTtlInSeconds: ttl,
    }),
  );
  await client.send(
    new CreateRouteCommand({ ApiId, RouteKey: '$default', AuthorizationType: 'CUSTOM', AuthorizerId }),
  );
  await client.send(new CreateStageCommand({ ApiId, StageName: stage, AutoDeploy: true }));
}

/** Everything goes to `/` or `/{proxy+}`, behind the authorizer. */
async function restRoutes(
  client: APIGatewayClient,
  restApiId: string,
  { region }: Spot,
  { arn, ttl = 0, sources = [] }: TestAuthorizer,
): Promise<void> {
  const { id: authorizerId } = await client.send(
    new CreateRestAuthorizerCommand({
      restApiId,
      name: 'revocation',
      type: 'REQUEST',
      authorizerUri: uriOf(arn, region),
      authorizerResultTtlInSeconds: ttl,
      ...(sources.length === 0 ? {} : { identitySource: sources.join(',') }),
    }),
  );
  const { items = [] } = await client.send(new GetResourcesCommand({ restApiId }));
  const root = given(items[0]?.id, 'resource');
  const proxy = await client.send(
    new CreateResourceCommand({ restApiId, parentId: root, pathPart: '{proxy+}' }),
  );
  for (const resourceId of [root, given(proxy.id, 'resource')]) {
    const method = { restApiId, resourceId, httpMethod: 'ANY' };
    await client.send(new PutMethodCommand({ ...method, authorizationType: 'CUSTOM', authorizerId }));
    await client.send(new PutIntegrationCommand({ ...method, type: 'MOCK' }));
  }
  await client.send(new CreateDeploymentCommand({ restApiId, stageName: stage }));
}

function uriOf(arn: string, region: string): string {
  return `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
}
