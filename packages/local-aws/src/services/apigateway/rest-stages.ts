import type {
  Deployment as DeploymentOut,
  MethodSnapshot,
  Stage as StageOut,
} from '@aws-sdk/client-api-gateway';
import { type Context, notImplemented, type Operations } from '../service.ts';
import { exportStage } from './export.ts';
import type { RestModel } from './model.ts';
import { page } from './paging.ts';
import { deleteDeployment, deploy, oneOf, partsAt } from './parts.ts';
import type { Deployment, Parts, Stage } from './parts-model.ts';
import { type ApiGatewayRegions, apiOf, badRequest, conflict } from './state.ts';

type Part = Pick<
  Operations<RestModel>,
  | 'CreateDeployment'
  | 'CreateStage'
  | 'DeleteDeployment'
  | 'DeleteStage'
  | 'GetDeployment'
  | 'GetDeployments'
  | 'GetExport'
  | 'GetStage'
  | 'GetStages'
  | 'UpdateStage'
>;

/** Deployments and stages of REST APIs: what is deployed is what the edge follows. */
export function restStageOperations(regions: ApiGatewayRegions): Part {
  const at = (apiId: string, ctx: Context) => partsAt(regions, apiId, ctx, true);
  return {
    CreateDeployment(input, ctx) {
      const parts = at(input.restApiId, ctx);
      const deployment = deploy(parts, ctx, { description: input.description });
      // Terraform names no stage by an empty one.
      if (input.stageName !== undefined && input.stageName !== '')
        setStage(parts, input.stageName, deployment.id, input.variables, ctx);
      return describeDeployment(deployment);
    },
    GetDeployments(input, ctx) {
      const all = [...at(input.restApiId, ctx).deployments.values()];
      const { items, next } = page(all, input.position, input.limit);
      return { items: items.map(describeDeployment), position: next };
    },
    CreateStage(input, ctx) {
      const parts = at(input.restApiId, ctx);
      oneOf(parts.deployments, input.deploymentId, 'deployment');
      if (parts.stages.has(input.stageName)) throw conflict('Stage already exists');
      return describeStage(setStage(parts, input.stageName, input.deploymentId, input.variables, ctx));
    },
    GetStage: (input, ctx) => describeStage(oneOf(at(input.restApiId, ctx).stages, input.stageName, 'stage')),
    GetStages(input, ctx) {
      const { deploymentId } = input;
      const all = [...at(input.restApiId, ctx).stages.values()];
      const shown = all.filter((one) => deploymentId === undefined || one.deploymentId === deploymentId);
      return { item: shown.map(describeStage) };
    },
    UpdateStage(input, ctx) {
      const parts = at(input.restApiId, ctx);
      let stage = oneOf(parts.stages, input.stageName, 'stage');
      for (const { op, path, value = '' } of input.patchOperations ?? []) {
        if (op !== 'replace' || path !== '/deploymentId')
          throw notImplemented('API Gateway', 'UpdateStage of that path');
        stage = { ...stage, deploymentId: oneOf(parts.deployments, value, 'deployment').id };
      }
      parts.stages.set(stage.name, stage);
      return describeStage(stage);
    },
    DeleteStage(input, ctx) {
      const parts = at(input.restApiId, ctx);
      parts.stages.delete(oneOf(parts.stages, input.stageName, 'stage').name);
      return {};
    },
    GetDeployment(input, ctx) {
      const deployment = oneOf(at(input.restApiId, ctx).deployments, input.deploymentId, 'deployment');
      const summary = input.embed?.includes('apisummary') ? { apiSummary: summaryOf(deployment) } : {};
      return { ...describeDeployment(deployment), ...summary };
    },
    DeleteDeployment(input, ctx) {
      deleteDeployment(at(input.restApiId, ctx), input.deploymentId);
      return {};
    },
    GetExport(input, ctx) {
      if (input.exportType !== 'oas30' || (input.accepts ?? 'application/json') !== 'application/json')
        throw notImplemented('API Gateway', 'GetExport but for oas30 in application/json');
      const api = apiOf(regions.at(ctx.account, ctx.region), input.restApiId, true);
      const extensions = input.parameters?.extensions?.split(',') ?? [];
      return {
        contentType: 'application/json',
        contentDisposition: `attachment; filename="${input.stageName}-oas30.json"`,
        body: exportStage(
          api,
          at(input.restApiId, ctx),
          input.stageName,
          ctx,
          extensions.includes('authorizers'),
        ),
      };
    },
  };
}

function setStage(
  parts: Parts,
  name: string,
  deploymentId: string,
  variables: Readonly<Record<string, string>> | undefined,
  ctx: Context,
): Stage {
  if (!/^[\w-]{1,128}$/.test(name)) throw badRequest('Stage name only allows a-zA-Z0-9_-');
  const before = parts.stages.get(name);
  const stage: Stage = {
    name,
    deploymentId,
    autoDeploy: false,
    variables: variables ?? before?.variables ?? {},
    description: before?.description,
    createdAt: before?.createdAt ?? ctx.now,
  };
  parts.stages.set(name, stage);
  return stage;
}

/** Paths with their methods, as they were deployed. */
function summaryOf({ routes }: Deployment): Record<string, Record<string, MethodSnapshot>> {
  const summary: Record<string, Record<string, MethodSnapshot>> = {};
  for (const { path, method, authorizationType, rest } of routes)
    summary[path] = {
      ...summary[path],
      [method]: { authorizationType, apiKeyRequired: rest.apiKeyRequired === true },
    };
  return summary;
}

const describeDeployment = ({ id, description, createdAt }: Deployment): DeploymentOut => ({
  id,
  description,
  createdDate: new Date(createdAt),
});

const describeStage = (stage: Stage): StageOut => ({
  stageName: stage.name,
  deploymentId: stage.deploymentId,
  description: stage.description,
  variables: { ...stage.variables },
  cacheClusterEnabled: false,
  cacheClusterStatus: 'NOT_AVAILABLE',
  methodSettings: {},
  tracingEnabled: false,
  createdDate: new Date(stage.createdAt),
  lastUpdatedDate: new Date(stage.createdAt),
});
