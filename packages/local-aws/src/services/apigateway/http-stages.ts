import type { Deployment as DeploymentOut, Stage as StageOut } from '@aws-sdk/client-apigatewayv2';
import { defined } from '../../util/defined.ts';
import { type Context, notImplemented, type Operations } from '../service.ts';
import { exportStage } from './export.ts';
import type { HttpModel } from './model.ts';
import { itemsOf } from './paging.ts';
import { deleteDeployment, deploy, deployAutomatically, oneOf, partsAt } from './parts.ts';
import type { Deployment, Stage } from './parts-model.ts';
import { type ApiGatewayRegions, apiOf, conflict } from './state.ts';

type Part = Pick<
  Operations<HttpModel>,
  | 'CreateDeployment'
  | 'CreateStage'
  | 'DeleteDeployment'
  | 'DeleteStage'
  | 'ExportApi'
  | 'GetDeployment'
  | 'GetDeployments'
  | 'GetStage'
  | 'GetStages'
  | 'UpdateStage'
>;

/** Deployments and stages of HTTP APIs: what is deployed is what the edge follows. */
export function httpStageOperations(regions: ApiGatewayRegions): Part {
  const at = (apiId: string, ctx: Context) => partsAt(regions, apiId, ctx, false);
  return {
    CreateDeployment(input, ctx) {
      const parts = at(input.ApiId, ctx);
      const stage = input.StageName === undefined ? undefined : oneOf(parts.stages, input.StageName, 'Stage');
      const deployment = deploy(parts, ctx, { description: input.Description });
      if (stage !== undefined) parts.stages.set(stage.name, { ...stage, deploymentId: deployment.id });
      return describeDeployment(deployment);
    },
    GetDeployment: (input, ctx) =>
      describeDeployment(oneOf(at(input.ApiId, ctx).deployments, input.DeploymentId, 'Deployment')),
    GetDeployments: (input, ctx) =>
      itemsOf(at(input.ApiId, ctx).deployments.values(), describeDeployment, input),
    CreateStage(input, ctx) {
      const parts = at(input.ApiId, ctx);
      if (parts.stages.has(input.StageName)) throw conflict('Stage already exists');
      if (input.DeploymentId !== undefined) oneOf(parts.deployments, input.DeploymentId, 'Deployment');
      const stage: Stage = {
        name: input.StageName,
        deploymentId: input.DeploymentId,
        autoDeploy: input.AutoDeploy ?? false,
        variables: input.StageVariables ?? {},
        description: input.Description,
        createdAt: ctx.now,
      };
      parts.stages.set(stage.name, stage);
      deployAutomatically(parts, ctx);
      return describeStage(oneOf(parts.stages, stage.name, 'Stage'));
    },
    GetStage: (input, ctx) => describeStage(oneOf(at(input.ApiId, ctx).stages, input.StageName, 'Stage')),
    GetStages: (input, ctx) => itemsOf(at(input.ApiId, ctx).stages.values(), describeStage, input),
    UpdateStage(input, ctx) {
      const parts = at(input.ApiId, ctx);
      const before = oneOf(parts.stages, input.StageName, 'Stage');
      if (input.DeploymentId !== undefined) oneOf(parts.deployments, input.DeploymentId, 'Deployment');
      const stage: Stage = {
        ...before,
        deploymentId: input.DeploymentId ?? before.deploymentId,
        autoDeploy: input.AutoDeploy ?? before.autoDeploy,
        variables: input.StageVariables ?? before.variables,
      };
      parts.stages.set(stage.name, stage);
      deployAutomatically(parts, ctx);
      return describeStage(oneOf(parts.stages, stage.name, 'Stage'));
    },
    DeleteStage(input, ctx) {
      const parts = at(input.ApiId, ctx);
      parts.stages.delete(oneOf(parts.stages, input.StageName, 'Stage').name);
      return {};
    },
    DeleteDeployment(input, ctx) {
      deleteDeployment(at(input.ApiId, ctx), input.DeploymentId);
      return {};
    },
    ExportApi(input, ctx) {
      if (input.Specification !== 'OAS30' || input.OutputType !== 'JSON' || input.StageName === undefined)
        throw notImplemented('API Gateway v2', 'ExportApi but of a stage, as OAS30 in JSON');
      const api = apiOf(regions.at(ctx.account, ctx.region), input.ApiId, false);
      const parts = at(input.ApiId, ctx);
      return { body: exportStage(api, parts, input.StageName, ctx, input.IncludeExtensions ?? true) };
    },
  };
}

const describeDeployment = (one: Deployment): DeploymentOut => ({
  DeploymentId: one.id,
  AutoDeployed: one.automatic,
  Description: one.description,
  DeploymentStatus: 'DEPLOYED',
  CreatedDate: new Date(one.createdAt),
});

const describeStage = (stage: Stage): StageOut => ({
  StageName: stage.name,
  AutoDeploy: stage.autoDeploy,
  Description: stage.description,
  StageVariables: { ...stage.variables },
  CreatedDate: new Date(stage.createdAt),
  LastUpdatedDate: new Date(stage.createdAt),
  ...defined({ DeploymentId: stage.deploymentId }),
});
