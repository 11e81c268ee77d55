import {
  CreateAuthorizerCommand,
  CreateBasePathMappingCommand,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  GetResourcesCommand,
  PutMethodCommand,
  UpdateRestApiCommand,
} from '@aws-sdk/client-api-gateway';
import {
  CreateApiMappingCommand,
  CreateRouteCommand,
  GetAuthorizersCommand,
  UpdateApiCommand,
} from '@aws-sdk/client-apigatewayv2';
import { createTestCa, type TestCa } from '@trustloom/testkit';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { routesOf } from '../src/observe/enforcement.ts';
import { type BuiltAuthorizer, loadAuthorizer } from './support/bundle.ts';
import { domain, lambda, openScenario, type Scenario } from './support/scenario.ts';

const uriOf = (arn: string) =>
  `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${arn}/invocations`;

/** An export with one route and one authorizer. */
function exported(authorizer: object | undefined, operation: object = { security: [{ check: [] }] }) {
  const scheme = {
    type: 'apiKey',
    'x-amazon-apigateway-authtype': 'custom',
    'x-amazon-apigateway-authorizer': authorizer,
  };
  const securitySchemes = { check: scheme, api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' } };
  const document = { openapi: '3.0.1', paths: { '/a': { get: operation } }, components: { securitySchemes } };
  return new TextEncoder().encode(JSON.stringify(document));
}
const good = { type: 'request', authorizerUri: uriOf(lambda), authorizerResultTtlInSeconds: 0 };

describe('a deployed route counts', () => {
  test.each([
    ['with our function and no cache', good, undefined],
    [
      'with the certificate in the key of the cache (REST)',
      {
        ...good,
        authorizerResultTtlInSeconds: 300,
        identitySource: 'method.request.header.A, context.identity.clientCert.clientCertPem',
      },
      undefined,
    ],
    [
      'with the certificate in the key of the cache (HTTP)',
      {
        ...good,
        authorizerResultTtlInSeconds: 300,
        identitySource: '$context.identity.clientCert.clientCertPem',
      },
      undefined,
    ],
    [
      'not with a serial in the key: two CAs may give the same',
      {
        ...good,
        authorizerResultTtlInSeconds: 60,
        identitySource: 'context.identity.clientCert.serialNumber',
      },
      /^answers are cached for 60 s by context\.identity\.clientCert\.serialNumber, not by the certificate/,
    ],
    [
      'not when nothing is said of a cache, which is then 300 s',
      { ...good, authorizerResultTtlInSeconds: undefined },
      /^answers are cached for 300 s by nothing/,
    ],
    [
      'not with another function',
      { ...good, authorizerUri: uriOf(`${lambda}-old`) },
      /asks another function: .*-old$/,
    ],
    [
      'not with another version of it',
      { ...good, authorizerUri: uriOf(`${lambda}:7`) },
      /asks another function: .*:7$/,
    ],
    [
      'not with a function that a stage variable names',
      {
        ...good,
        authorizerUri: uriOf('arn:aws:lambda:eu-west-1:222222222222:function:$' + '{stageVariables.fn}'),
      },
      /a function that a stage variable names/,
    ],
    ['not with a TOKEN authorizer', { ...good, type: 'token' }, /type TOKEN, which sees no certificate/],
    ['not with Cognito', { type: 'cognito_user_pools' }, /type COGNITO_USER_POOLS/],
    ['not with JWT', { type: 'jwt' }, /type JWT/],
  ])('%s', (_name, authorizer, gap) => {
    const routes = routesOf(exported(authorizer), lambda);
    expect(routes).toEqual([
      {
        route: 'GET /a',
        asks: expect.any(String),
        ...(gap === undefined ? {} : { gap: expect.stringMatching(gap) }),
      },
    ]);
  });

  test.each([
    ['nothing', {}, 'asks no authorizer'],
    ['an API key alone', { security: [{ api_key: [] }] }, 'asks no authorizer'],
    ['our function and an API key', { security: [{ check: [] }, { api_key: [] }] }, undefined],
  ])('asked: %s', (_name, operation, gap) => {
    expect(routesOf(exported(good, operation), lambda)).toEqual([
      { route: 'GET /a', asks: gap === undefined ? 'yes' : 'no', ...(gap === undefined ? {} : { gap }) },
    ]);
  });

  test.each([
    ['as it should be', good, 'yes'],
    ['and its answers are kept', { ...good, authorizerResultTtlInSeconds: 300 }, 'yes'],
    ['in another version', { ...good, authorizerUri: uriOf(`${lambda}:7`) }, 'unknown'],
    [
      'perhaps, by a stage variable',
      { ...good, authorizerUri: uriOf('$' + '{stageVariables.fn}') },
      'unknown',
    ],
    ['not at all, but another', { ...good, authorizerUri: uriOf(`${lambda}-old`) }, 'no'],
  ])('the function is asked %s', (_name, authorizer, asks) => {
    expect(routesOf(exported(authorizer), lambda)).toMatchObject([{ asks }]);
  });

  test.each(['', '[]', '{"paths":1}'])(
    'an export that is none (%s) is told apart from one without routes',
    (text) => {
      expect(routesOf(new TextEncoder().encode(text), lambda)).toBeUndefined();
    },
  );
});

describe('status walks the domain', () => {
  let built: BuiltAuthorizer;
  let root: TestCa;
  let scenario: Scenario;
  beforeAll(async () => {
    built = await loadAuthorizer('enforcement');
    root = await createTestCa({ subject: 'CN=Root', key: 'P-256' });
  });
  afterEach(() => scenario.close());

  async function opened(kind: 'rest' | 'http') {
    scenario = await openScenario(built, kind, { payload: '2.0' });
    scenario.publish(root);
    await scenario.accept(root);
    await scenario.apply();
  }
  const enforcement = async () => (await scenario.open().status()).targets[0]?.content?.enforcement;

  test('and is content only when every route of a REST API asks, and its own endpoint is closed', async () => {
    await opened('rest');
    expect(await enforcement()).toEqual({
      mechanism: 'authorizer',
      state: 'partly',
      gaps: [`${scenario.apiId}: the default endpoint is open and goes around mutual TLS`],
    });
    const patchOperations = [{ op: 'replace' as const, path: '/disableExecuteApiEndpoint', value: 'true' }];
    await scenario.rest.send(new UpdateRestApiCommand({ restApiId: scenario.apiId, patchOperations }));
    expect(await enforcement()).toEqual({ mechanism: 'authorizer', state: 'enforced', gaps: [] });
  });

  test('what is configured does not count before it is deployed', async () => {
    await opened('rest');
    const restApiId = scenario.apiId;
    const { items = [] } = await scenario.rest.send(new GetResourcesCommand({ restApiId }));
    const resourceId = items.find(({ path }) => path === '/')?.id;
    const open = { restApiId, resourceId, httpMethod: 'GET', authorizationType: 'NONE' };
    await scenario.rest.send(new PutMethodCommand(open));
    expect((await enforcement())?.gaps).toHaveLength(1);
    await scenario.rest.send(new CreateDeploymentCommand({ restApiId, stageName: 'live' }));
    expect((await enforcement())?.gaps).toContain(`${restApiId}/live GET /: asks no authorizer`);
  });

  test('a route of an HTTP API that asks nobody is named', async () => {
    await opened('http');
    const { apiId: ApiId } = scenario;
    await scenario.http.send(new UpdateApiCommand({ ApiId, DisableExecuteApiEndpoint: true }));
    expect((await enforcement())?.state).toBe('enforced');
    await scenario.http.send(new CreateRouteCommand({ ApiId, RouteKey: 'GET /health' }));
    const { Items = [] } = await scenario.http.send(new GetAuthorizersCommand({ ApiId }));
    const AuthorizerId = Items[0]?.AuthorizerId;
    await scenario.http.send(
      new CreateRouteCommand({ ApiId, RouteKey: 'GET /orders', AuthorizationType: 'CUSTOM', AuthorizerId }),
    );
    expect(await enforcement()).toEqual({
      mechanism: 'authorizer',
      state: 'partly',
      gaps: [`${ApiId}/live GET /health: asks no authorizer`],
    });
  });

  test('a REST API whose stage the client names is walked in all its stages', async () => {
    await opened('http');
    const { id: restApiId = '' } = await scenario.rest.send(new CreateRestApiCommand({ name: 'second' }));
    const { items = [] } = await scenario.rest.send(new GetResourcesCommand({ restApiId }));
    const authorizer = await scenario.rest.send(
      new CreateAuthorizerCommand({
        restApiId,
        name: 'check',
        type: 'REQUEST',
        authorizerUri: uriOf(lambda),
        authorizerResultTtlInSeconds: 0,
      }),
    );
    const method = { restApiId, resourceId: items[0]?.id, authorizerId: authorizer.id };
    await scenario.rest.send(
      new PutMethodCommand({ ...method, httpMethod: 'GET', authorizationType: 'CUSTOM' }),
    );
    await scenario.rest.send(new CreateDeploymentCommand({ restApiId, stageName: 'good' }));
    await scenario.rest.send(
      new PutMethodCommand({ ...method, httpMethod: 'POST', authorizationType: 'NONE' }),
    );
    await scenario.rest.send(new CreateDeploymentCommand({ restApiId, stageName: 'bad' }));
    await scenario.rest.send(
      new CreateBasePathMappingCommand({ domainName: domain, restApiId, basePath: 'second' }),
    );
    expect((await enforcement())?.gaps).toContain(`${restApiId}/bad POST /: asks no authorizer`);
  });

  test('each page of mappings is read, each stage once', async () => {
    await opened('http');
    const { apiId: ApiId } = scenario;
    for (let index = 0; index < 3; index += 1)
      await scenario.http.send(
        new CreateApiMappingCommand({ DomainName: domain, ApiId, Stage: 'live', ApiMappingKey: `v${index}` }),
      );
    const before = scenario.local.calls().length;
    await scenario.open().status();
    const calls = scenario.local
      .calls()
      .slice(before)
      .filter(({ service }) => service === 'apigateway')
      .map(({ action }) => action);
    expect(calls.sort()).toEqual([
      'ExportApi',
      'GetApiMappings',
      'GetApis',
      'GetBasePathMappings',
      'GetDomainNames',
    ]);
  });
});
