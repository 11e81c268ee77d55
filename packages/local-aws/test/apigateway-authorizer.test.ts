import { request as httpsRequest } from 'node:https';
import {
  APIGatewayClient,
  CreateAuthorizerCommand,
  CreateBasePathMappingCommand,
  CreateDeploymentCommand,
  CreateDomainNameCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  DeleteAuthorizerCommand,
  GetAuthorizersCommand,
  GetResourcesCommand,
  GetStagesCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateAuthorizerCommand,
} from '@aws-sdk/client-api-gateway';
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateApiMappingCommand,
  CreateRouteCommand,
  CreateStageCommand,
  GetAuthorizersCommand as GetHttpAuthorizersCommand,
  GetStagesCommand as GetHttpStagesCommand,
  GetRoutesCommand,
  CreateAuthorizerCommand as HttpAuthorizerCommand,
  UpdateRouteCommand,
} from '@aws-sdk/client-apigatewayv2';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createJumpClock, type LocalAws, startLocalAws } from '../src/index.ts';
import { certificateIn } from './support/apigateway.ts';
import { makeBucket } from './support/buckets.ts';
import { edgeWhere } from './support/edges.ts';
import { keyPem, makeCa, makeLeaf } from './support/pki.ts';

const region = 'eu-west-1';
const domain = 'api.example.com';
const lambda = `arn:aws:lambda:${region}:111111111111:function:check`;
const uri = `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${lambda}/invocations`;
const clock = createJumpClock(Date.now());
const root = makeCa('CN=Root');
const [ann, bob] = [makeLeaf(root, { serial: 0x9eaan }), makeLeaf(root, { serial: 0x1bn })];
let aws: LocalAws;
let rest: APIGatewayClient;
let http: ApiGatewayV2Client;
let seen: Record<string, unknown>[];

beforeEach(async () => {
  aws = await startLocalAws({ clock });
  rest = new APIGatewayClient({ ...aws.clientConfig('apigateway', { region }), maxAttempts: 1 });
  http = new ApiGatewayV2Client({ ...aws.clientConfig('apigateway', { region }), maxAttempts: 1 });
  await makeBucket(new S3Client(aws.clientConfig('s3', { region })), 'bundles', { 'ca.pem': root.pem });
  await rest.send(
    new CreateDomainNameCommand({
      domainName: domain,
      regionalCertificateArn: certificateIn(region),
      endpointConfiguration: { types: ['REGIONAL'] },
      securityPolicy: 'TLS_1_2',
      mutualTlsAuthentication: { truststoreUri: 's3://bundles/ca.pem' },
    }),
  );
  await clock.sleep(1000);
  seen = [];
});
afterEach(() => aws.close());

/** A request as a client makes it; the edge is the domain, or an API's default endpoint. */
function get(
  path: string,
  leaf?: typeof ann,
  options: { kind?: string; headers?: object; method?: string } = {},
) {
  const edge = edgeWhere(aws, ({ kind }) => kind === (options.kind ?? 'api-gateway'));
  return new Promise<{ status: number; body: Record<string, unknown> }>((resolve, reject) => {
    const request = httpsRequest({
      host: edge.host,
      port: edge.port,
      path,
      method: options.method ?? 'GET',
      servername: edge.hosts[0],
      ca: edge.caPem,
      agent: false,
      headers: { host: edge.hosts[0] ?? '', ...options.headers },
      ...(leaf === undefined ? {} : { cert: leaf.pem, key: keyPem(leaf.keys) }),
    });
    request.on('response', async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
    });
    request.on('error', reject);
    request.end();
  });
}

const policy = (Effect: 'Allow' | 'Deny', Resource = '*') => ({
  principalId: 'client',
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] },
});
/** Denies by the serial in the certificate, whatever form the event has. */
const serialOf = (event: Record<string, unknown>): string | undefined => {
  const context = event.requestContext as Record<string, Record<string, { serialNumber: string }>>;
  return (context.identity?.clientCert ?? context.authentication?.clientCert)?.serialNumber;
};
const answering = (answer: (serial: string | undefined) => unknown) => {
  aws.lambda(lambda, (event) => {
    seen.push(event as Record<string, unknown>);
    return answer(serialOf(event as Record<string, unknown>));
  });
};

/**
 * A REST API with `GET /orders/{id}` behind the authorizer, deployed as `live` under the domain's
 * root.
 */
async function restApi(more: { ttl?: number; identitySource?: string } = {}) {
  const { id: restApiId = '' } = await rest.send(
    new CreateRestApiCommand({ name: 'orders', endpointConfiguration: { types: ['REGIONAL'] } }),
  );
  const { items = [] } = await rest.send(new GetResourcesCommand({ restApiId }));
  const parentId = items[0]?.id ?? '';
  const orders = await rest.send(new CreateResourceCommand({ restApiId, parentId, pathPart: 'orders' }));
  const one = await rest.send(
    new CreateResourceCommand({ restApiId, parentId: orders.id ?? '', pathPart: '{id}' }),
  );
  const authorizer = await rest.send(
    new CreateAuthorizerCommand({
      restApiId,
      name: 'check',
      type: 'REQUEST',
      authorizerUri: uri,
      authorizerResultTtlInSeconds: more.ttl ?? 0,
      ...(more.identitySource === undefined ? {} : { identitySource: more.identitySource }),
    }),
  );
  const method = { restApiId, resourceId: one.id ?? '', httpMethod: 'GET' };
  await rest.send(
    new PutMethodCommand({ ...method, authorizationType: 'CUSTOM', authorizerId: authorizer.id }),
  );
  await rest.send(new PutIntegrationCommand({ ...method, type: 'MOCK' }));
  const open = { restApiId, resourceId: orders.id ?? '', httpMethod: 'ANY' };
  await rest.send(new PutMethodCommand({ ...open, authorizationType: 'NONE' }));
  await rest.send(new CreateDeploymentCommand({ restApiId, stageName: 'live' }));
  await rest.send(new CreateBasePathMappingCommand({ domainName: domain, restApiId, stage: 'live' }));
  return { restApiId, authorizerId: authorizer.id ?? '', method };
}

describe('a REST API', () => {
  test('asks its authorizer with the certificate in the event, and follows the policy', async () => {
    await restApi();
    answering((serial) => policy(serial === '00:9e:aa' ? 'Allow' : 'Deny'));
    expect((await get('/orders/7', ann)).status).toBe(200);
    expect(await get('/orders/7', bob)).toEqual({
      status: 403,
      body: { Message: 'User is not authorized to access this resource with an explicit deny' },
    });
    expect(seen[0]).toMatchObject({
      type: 'REQUEST',
      methodArn: expect.stringMatching(
        /^arn:aws:execute-api:eu-west-1:111111111111:\w{10}\/live\/GET\/orders\/7$/,
      ),
      resource: '/orders/{id}',
      pathParameters: { id: '7' },
      requestContext: {
        stage: 'live',
        domainName: domain,
        identity: { clientCert: { subjectDN: 'C=US,O=Example,CN=client', clientCertPem: ann.pem } },
      },
    });
  });

  test.each([
    ['a policy for another resource', () => policy('Allow', 'arn:aws:execute-api:*:*:*/live/POST/*'), 403],
    ['no policy at all', () => ({ principalId: 'x' }), 500],
    ['nothing', () => undefined, 500],
    [
      'an error',
      () => {
        throw new Error('broken');
      },
      500,
    ],
    [
      'Unauthorized',
      () => {
        throw new Error('Unauthorized');
      },
      401,
    ],
  ])('whose authorizer answers %s refuses', async (_name, answer, status) => {
    await restApi();
    answering(answer);
    expect((await get('/orders/7', ann)).status).toBe(status);
  });

  test('without a function in place answers 500, and unknown paths and methods 403', async () => {
    await restApi();
    expect((await get('/orders/7', ann)).status).toBe(500);
    expect((await get('/nothing', ann)).body).toEqual({ message: 'Missing Authentication Token' });
    expect((await get('/orders/7', ann, { method: 'POST' })).status).toBe(403);
    expect((await get('/orders', ann, { method: 'POST' })).status).toBe(200);
  });

  test('follows what is deployed, not what is written', async () => {
    const { restApiId, authorizerId, method } = await restApi();
    answering(() => policy('Deny'));
    await rest.send(new PutMethodCommand({ ...method, httpMethod: 'POST', authorizationType: 'NONE' }));
    expect((await get('/orders/7', ann, { method: 'POST' })).status).toBe(403);
    await rest.send(new CreateDeploymentCommand({ restApiId, stageName: 'live' }));
    expect((await get('/orders/7', ann, { method: 'POST' })).status).toBe(200);
    await expect(rest.send(new DeleteAuthorizerCommand({ restApiId, authorizerId }))).rejects.toMatchObject({
      name: 'ConflictException',
    });
  });

  test('keeps answers by the identity sources alone: one client is admitted by the answer to another', async () => {
    await restApi({ ttl: 300, identitySource: 'method.request.header.Accept' });
    answering((serial) => policy(serial === '00:9e:aa' ? 'Allow' : 'Deny'));
    const headers = { accept: 'text/html' };
    expect((await get('/orders/7', bob)).status).toBe(401);
    expect(seen).toEqual([]);
    expect((await get('/orders/7', ann, { headers })).status).toBe(200);
    expect((await get('/orders/7', bob, { headers })).status).toBe(200);
    expect((await get('/orders/7', bob, { headers: { accept: 'other' } })).status).toBe(403);
    await clock.sleep(301_000);
    expect((await get('/orders/7', bob, { headers })).status).toBe(403);
  });

  test('with the certificate among the identity sources keeps clients apart', async () => {
    await restApi({ ttl: 300, identitySource: 'context.identity.clientCert.serialNumber' });
    answering((serial) => policy(serial === '00:9e:aa' ? 'Allow' : 'Deny'));
    expect((await get('/orders/7', ann)).status).toBe(200);
    expect((await get('/orders/7', bob)).status).toBe(403);
    expect((await get('/orders/7', ann)).status).toBe(200);
    expect(seen).toHaveLength(2);
  });

  test('is the same at its default endpoint, where no certificate is asked for', async () => {
    await restApi();
    answering((serial) => policy(serial === undefined ? 'Deny' : 'Allow'));
    expect((await get('/live/orders/7', ann, { kind: 'execute-api' })).status).toBe(403);
    expect((await get('/live/orders', undefined, { kind: 'execute-api' })).status).toBe(200);
    expect((await get('/other/orders', undefined, { kind: 'execute-api' })).status).toBe(403);
  });

  test('can be walked from its domain to its authorizer, page by page', async () => {
    const { restApiId, authorizerId } = await restApi();
    const stages = await rest.send(new GetStagesCommand({ restApiId }));
    expect(stages.item?.map(({ stageName }) => stageName)).toEqual(['live']);
    const first = await rest.send(new GetResourcesCommand({ restApiId, embed: ['methods'], limit: 2 }));
    const second = await rest.send(
      new GetResourcesCommand({ restApiId, embed: ['methods'], limit: 2, position: first.position }),
    );
    const all = [...(first.items ?? []), ...(second.items ?? [])];
    expect(all.map(({ path }) => path)).toEqual(['/', '/orders', '/orders/{id}']);
    expect(all[2]?.resourceMethods?.GET).toMatchObject({
      authorizationType: 'CUSTOM',
      authorizerId,
      methodIntegration: { type: 'MOCK' },
    });
    const ttl = [{ op: 'replace' as const, path: '/authorizerResultTtlInSeconds', value: '60' }];
    await rest.send(new UpdateAuthorizerCommand({ restApiId, authorizerId, patchOperations: ttl }));
    const authorizers = await rest.send(new GetAuthorizersCommand({ restApiId }));
    expect(authorizers.items).toMatchObject([
      { id: authorizerId, authorizerUri: uri, authorizerResultTtlInSeconds: 60 },
    ]);
  });
});

/**
 * An HTTP API with `GET /orders/{id}` and `$default` behind the authorizer, deploying by itself.
 */
async function httpApi(
  payload: '1.0' | '2.0',
  simple: boolean,
  more: { ttl?: number; sources?: string[] } = {},
) {
  const { ApiId = '' } = await http.send(new CreateApiCommand({ Name: 'orders', ProtocolType: 'HTTP' }));
  const { AuthorizerId = '' } = await http.send(
    new HttpAuthorizerCommand({
      ApiId,
      Name: 'check',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: uri,
      AuthorizerPayloadFormatVersion: payload,
      EnableSimpleResponses: simple,
      IdentitySource: more.sources ?? [],
      AuthorizerResultTtlInSeconds: more.ttl ?? 0,
    }),
  );
  await http.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true }));
  const route = { ApiId, AuthorizationType: 'CUSTOM' as const, AuthorizerId };
  const made = await http.send(new CreateRouteCommand({ ...route, RouteKey: 'GET /orders/{id}' }));
  await http.send(
    new CreateApiMappingCommand({ DomainName: domain, ApiId, Stage: '$default', ApiMappingKey: 'v1' }),
  );
  return { ApiId, AuthorizerId, RouteId: made.RouteId ?? '' };
}

describe('an HTTP API', () => {
  test.each([
    ['2.0', true, (allowed: boolean) => ({ isAuthorized: allowed }), '40618'],
    ['2.0', false, (allowed: boolean) => policy(allowed ? 'Allow' : 'Deny'), '40618'],
    ['1.0', false, (allowed: boolean) => policy(allowed ? 'Allow' : 'Deny'), '00:9e:aa'],
  ] as const)('with payload %s, simple %s', async (payload, simple, answer, serial) => {
    await httpApi(payload, simple);
    answering((given) => answer(given === serial));
    expect((await get('/v1/orders/7', ann)).status).toBe(200);
    expect(await get('/v1/orders/7', bob)).toEqual({ status: 403, body: { message: 'Forbidden' } });
    expect(seen[0]).toMatchObject({ version: payload, type: 'REQUEST' });
    expect(seen[0]?.[payload === '2.0' ? 'routeArn' : 'methodArn']).toMatch(/\/\$default\/GET\/orders\/7$/);
  });

  test('answers 404 to what no route takes, 403 where no mapping leads, 500 to an answer of no form', async () => {
    await httpApi('2.0', true);
    answering(() => ({ isAuthorized: 'yes' }));
    expect((await get('/v1/orders', ann)).status).toBe(404);
    expect((await get('/orders/7', ann)).status).toBe(403);
    expect((await get('/v1/orders/7', ann)).status).toBe(500);
  });

  test('a stage that deploys by itself follows a route at once', async () => {
    const { ApiId, RouteId } = await httpApi('2.0', true);
    answering(() => ({ isAuthorized: false }));
    expect((await get('/v1/orders/7', ann)).status).toBe(403);
    await http.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: 'NONE' }));
    expect((await get('/v1/orders/7', ann)).status).toBe(200);
    const { body } = await get('/v1/orders/7?x=1', ann);
    expect(body.event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /orders/{id}',
      pathParameters: { id: '7' },
      requestContext: { authentication: { clientCert: { serialNumber: '40618' } } },
    });
  });

  test('can be walked from its domain to its authorizer', async () => {
    const { ApiId, AuthorizerId } = await httpApi('2.0', true);
    const routes = await http.send(new GetRoutesCommand({ ApiId }));
    expect(routes.Items).toMatchObject([{ RouteKey: 'GET /orders/{id}', AuthorizerId }]);
    const stages = await http.send(new GetHttpStagesCommand({ ApiId }));
    expect(stages.Items).toMatchObject([{ StageName: '$default', AutoDeploy: true }]);
    const authorizers = await http.send(new GetHttpAuthorizersCommand({ ApiId }));
    expect(authorizers.Items).toMatchObject([
      { AuthorizerId, AuthorizerUri: uri, EnableSimpleResponses: true },
    ]);
  });

  test('refuses an authorizer that could not work', async () => {
    await expect(httpApi('1.0', true)).rejects.toMatchObject({ name: 'BadRequestException' });
    await expect(httpApi('2.0', true, { ttl: 300 })).rejects.toMatchObject({ name: 'BadRequestException' });
    await expect(httpApi('2.0', true, { ttl: 3601, sources: ['$request.header.A'] })).rejects.toMatchObject({
      name: 'BadRequestException',
    });
  });
});
