/**
 * What a walk from a domain can learn of what is really deployed, as infrastructure tools and
 * auditors ask for it.
 */
import {
  APIGatewayClient,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  DeleteDeploymentCommand,
  DeleteIntegrationCommand,
  DeleteResourceCommand,
  DeleteStageCommand,
  GetDeploymentCommand,
  GetExportCommand,
  GetIntegrationCommand,
  GetMethodCommand,
  GetResourceCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateMethodCommand,
} from '@aws-sdk/client-api-gateway';
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  ExportApiCommand,
  CreateAuthorizerCommand as HttpAuthorizerCommand,
  DeleteIntegrationCommand as HttpDeleteIntegrationCommand,
  CreateDeploymentCommand as HttpDeploymentCommand,
  GetIntegrationCommand as HttpGetIntegrationCommand,
  UpdateRouteCommand,
} from '@aws-sdk/client-apigatewayv2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../src/index.ts';

const uri =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111111111111:function:check/invocations';
let aws: LocalAws;
let rest: APIGatewayClient;
let http: ApiGatewayV2Client;

beforeEach(async () => {
  aws = await startLocalAws();
  rest = new APIGatewayClient({ ...aws.clientConfig('apigateway'), maxAttempts: 1 });
  http = new ApiGatewayV2Client({ ...aws.clientConfig('apigateway'), maxAttempts: 1 });
});
afterEach(() => aws.close());

const document = (body: Uint8Array | undefined) => JSON.parse(Buffer.from(body ?? []).toString());

describe('a REST API', () => {
  /** `ANY /orders` behind an authorizer, deployed as `live`. */
  async function deployed() {
    const { id: restApiId, rootResourceId } = await rest.send(new CreateRestApiCommand({ name: 'orders' }));
    const { id: authorizerId } = await rest.send(
      new CreateAuthorizerCommand({
        restApiId,
        name: 'check',
        type: 'REQUEST',
        authorizerUri: uri,
        authorizerResultTtlInSeconds: 0,
      }),
    );
    const { id: resourceId } = await rest.send(
      new CreateResourceCommand({ restApiId, parentId: rootResourceId, pathPart: 'orders' }),
    );
    const method = { restApiId, resourceId, httpMethod: 'ANY' };
    await rest.send(new PutMethodCommand({ ...method, authorizationType: 'CUSTOM', authorizerId }));
    await rest.send(new PutIntegrationCommand({ ...method, type: 'MOCK' }));
    const { id: deploymentId } = await rest.send(
      new CreateDeploymentCommand({ restApiId, stageName: 'live' }),
    );
    return { restApiId, rootResourceId, authorizerId, method, deploymentId };
  }
  const exported = async (restApiId: string | undefined, parameters = { extensions: 'authorizers' }) =>
    document(
      (
        await rest.send(
          new GetExportCommand({ restApiId, stageName: 'live', exportType: 'oas30', parameters }),
        )
      ).body,
    );

  test('shows who authorizes what is deployed, not what is written', async () => {
    const { restApiId, method, deploymentId } = await deployed();
    const patchOperations = [
      { op: 'replace' as const, path: '/authorizationType', value: 'NONE' },
      { op: 'replace' as const, path: '/authorizerId' },
    ];
    await rest.send(new UpdateMethodCommand({ ...method, patchOperations }));
    expect((await rest.send(new GetMethodCommand(method))).authorizationType).toBe('NONE');
    const before = await exported(restApiId);
    expect(before.paths['/orders']['x-amazon-apigateway-any-method'].security).toEqual([{ check: [] }]);
    expect(before.components.securitySchemes.check['x-amazon-apigateway-authorizer']).toMatchObject({
      type: 'request',
      authorizerUri: uri,
      authorizerResultTtlInSeconds: 0,
    });
    const summary = { restApiId, deploymentId, embed: ['apisummary'] };
    expect((await rest.send(new GetDeploymentCommand(summary))).apiSummary).toEqual({
      '/orders': { ANY: { authorizationType: 'CUSTOM', apiKeyRequired: false } },
    });
    await rest.send(new CreateDeploymentCommand({ restApiId, stageName: 'live' }));
    const after = await exported(restApiId);
    expect(after.paths['/orders']['x-amazon-apigateway-any-method'].security).toBeUndefined();
    expect(after.components).toEqual({});
  });

  test('shows authorizers only when asked to; another form answers 501', async () => {
    const { restApiId } = await deployed();
    expect((await exported(restApiId, { extensions: '' })).components).toEqual({});
    const swagger = rest.send(new GetExportCommand({ restApiId, stageName: 'live', exportType: 'swagger' }));
    await expect(swagger).rejects.toMatchObject({ name: 'NotImplemented' });
    const nowhere = rest.send(new GetExportCommand({ restApiId, stageName: 'gone', exportType: 'oas30' }));
    await expect(nowhere).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  test('is taken apart in order: stage, deployment, integration, resource with its methods', async () => {
    const { restApiId, rootResourceId, method, deploymentId } = await deployed();
    const gone = { restApiId, deploymentId };
    await expect(rest.send(new DeleteDeploymentCommand(gone))).rejects.toMatchObject({
      name: 'BadRequestException',
    });
    await rest.send(new DeleteStageCommand({ restApiId, stageName: 'live' }));
    await rest.send(new DeleteDeploymentCommand(gone));
    expect(await rest.send(new GetIntegrationCommand(method))).toMatchObject({ type: 'MOCK' });
    await rest.send(new DeleteIntegrationCommand(method));
    await expect(rest.send(new GetIntegrationCommand(method))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    const resource = { restApiId, resourceId: method.resourceId };
    expect(await rest.send(new GetResourceCommand(resource))).toMatchObject({ path: '/orders' });
    await rest.send(new DeleteResourceCommand(resource));
    await expect(rest.send(new GetMethodCommand(method))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    const root = rest.send(new DeleteResourceCommand({ restApiId, resourceId: rootResourceId }));
    await expect(root).rejects.toMatchObject({ name: 'BadRequestException' });
    expect((await rest.send(new GetResourcesCommand({ restApiId }))).items).toHaveLength(1);
  });
});

test('an HTTP API shows who authorizes what is deployed, and keeps an integration that a route calls', async () => {
  const { ApiId = '' } = await http.send(new CreateApiCommand({ Name: 'orders', ProtocolType: 'HTTP' }));
  const { AuthorizerId } = await http.send(
    new HttpAuthorizerCommand({
      ApiId,
      Name: 'check',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: uri,
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      IdentitySource: [],
    }),
  );
  const { IntegrationId = '' } = await http.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: 'HTTP_PROXY',
      IntegrationUri: 'https://x.example',
    }),
  );
  const { RouteId } = await http.send(
    new CreateRouteCommand({
      ApiId,
      RouteKey: '$default',
      AuthorizationType: 'CUSTOM',
      AuthorizerId,
      Target: `integrations/${IntegrationId}`,
    }),
  );
  await http.send(new CreateStageCommand({ ApiId, StageName: 'live' }));
  await http.send(new HttpDeploymentCommand({ ApiId, StageName: 'live' }));
  await http.send(new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: 'NONE' }));
  const ask = { ApiId, StageName: 'live', OutputType: 'JSON', Specification: 'OAS30' };
  const shown = document((await http.send(new ExportApiCommand(ask))).body);
  expect(shown.paths['/$default']['x-amazon-apigateway-any-method']).toMatchObject({
    isDefaultRoute: true,
    security: [{ check: [] }],
  });
  expect(shown.components.securitySchemes.check['x-amazon-apigateway-authorizer']).toMatchObject({
    authorizerUri: uri,
    authorizerPayloadFormatVersion: '2.0',
    enableSimpleResponses: true,
  });
  const used = http.send(new HttpDeleteIntegrationCommand({ ApiId, IntegrationId }));
  await expect(used).rejects.toMatchObject({ name: 'ConflictException' });
  expect(await http.send(new HttpGetIntegrationCommand({ ApiId, IntegrationId }))).toMatchObject({
    IntegrationType: 'HTTP_PROXY',
  });
});
