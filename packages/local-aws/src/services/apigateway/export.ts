import type { Context } from '../service.ts';
import { defaultHost } from './apis.ts';
import { oneOf } from './parts.ts';
import type { Authorizer, Deployment, Parts, Route } from './parts-model.ts';
import { type Api, notFound } from './state.ts';

/**
 * A stage as OpenAPI 3.0, as it is deployed: paths, methods and who authorizes them. Authorizers
 * are shown with their extension, the one place where the service tells which of them was deployed
 * (guide, OpenAPI extensions; checked 2026-11). Models and integrations are not.
 */
export function exportStage(
  api: Api,
  parts: Parts,
  stageName: string,
  ctx: Context,
  extensions: boolean,
): Uint8Array {
  const stage = oneOf(parts.stages, stageName, 'stage');
  const deployment = parts.deployments.get(stage.deploymentId ?? '');
  if (deployment === undefined) throw notFound('Invalid deployment identifier specified');
  const schemes = extensions ? schemesOf(api, deployment) : {};
  const basePath = { default: stageName === '$default' ? '' : `/${stageName}` };
  const document = {
    openapi: '3.0.1',
    info: { title: api.name, version: api.version ?? new Date(deployment.createdAt).toISOString() },
    servers: [{ url: `https://${defaultHost(api.id, ctx.region)}/{basePath}`, variables: { basePath } }],
    paths: pathsOf(deployment, extensions),
    components: Object.keys(schemes).length === 0 ? {} : { securitySchemes: schemes },
  };
  return Buffer.from(JSON.stringify(document, undefined, 2));
}

function pathsOf(deployment: Deployment, extensions: boolean): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of deployment.routes) {
    const path = route.path === '$default' ? '/$default' : route.path;
    const method = route.method === 'ANY' ? 'x-amazon-apigateway-any-method' : route.method.toLowerCase();
    const scheme = schemeName(route, deployment);
    paths[path] = {
      ...paths[path],
      [method]: {
        responses: { default: { description: `Default response for ${route.method} ${path}` } },
        ...(extensions && scheme !== undefined ? { security: [{ [scheme]: [] }] } : {}),
        ...(route.path === '$default' ? { isDefaultRoute: true } : {}),
      },
    };
  }
  return paths;
}

function schemeName({ authorizationType, authorizerId = '' }: Route, { authorizers }: Deployment) {
  if (authorizationType === 'NONE') return undefined;
  return authorizationType === 'AWS_IAM' ? 'sigv4' : authorizers.get(authorizerId)?.name;
}

/** The schemes that deployed routes use, by the authorizer's name. */
function schemesOf(api: Api, deployment: Deployment): Record<string, object> {
  const schemes: Record<string, object> = {};
  for (const route of deployment.routes) {
    const name = schemeName(route, deployment);
    const authorizer = deployment.authorizers.get(route.authorizerId ?? '');
    if (name === undefined) continue;
    schemes[name] = authorizer === undefined ? SIGV4 : schemeOf(api, authorizer);
  }
  return schemes;
}

const SIGV4 = {
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  'x-amazon-apigateway-authtype': 'awsSigv4',
};

function schemeOf(api: Api, one: Authorizer): object {
  const form = { type: 'apiKey', name: 'Unused', in: 'header' };
  const lambda = {
    type: one.type.toLowerCase(),
    identitySource: one.identitySource.join(', '),
    authorizerUri: one.uri,
    authorizerResultTtlInSeconds: one.ttl,
  };
  return api.protocol === 'REST'
    ? { ...form, 'x-amazon-apigateway-authtype': 'custom', 'x-amazon-apigateway-authorizer': lambda }
    : {
        ...form,
        'x-amazon-apigateway-authorizer': {
          ...lambda,
          authorizerPayloadFormatVersion: one.payload,
          enableSimpleResponses: one.simple,
        },
      };
}
