import type * as V1 from '@aws-sdk/client-api-gateway';
import type * as V2 from '@aws-sdk/client-apigatewayv2';
import type { Operation } from '../service.ts';

/** A client gets a body as a blob with helpers; here it is bytes. */
type WithBytes<Output> = Omit<Output, 'body'> & { readonly body: Uint8Array };

/**
 * The operations of API Gateway v1 that are emulated; every other one answers 501 with its name.
 */
export interface RestModel {
  CreateBasePathMapping: Operation<
    V1.CreateBasePathMappingCommandInput,
    V1.CreateBasePathMappingCommandOutput
  >;
  CreateDomainName: Operation<V1.CreateDomainNameCommandInput, V1.CreateDomainNameCommandOutput>;
  CreateRestApi: Operation<V1.CreateRestApiCommandInput, V1.CreateRestApiCommandOutput>;
  DeleteBasePathMapping: Operation<
    V1.DeleteBasePathMappingCommandInput,
    V1.DeleteBasePathMappingCommandOutput
  >;
  DeleteDomainName: Operation<V1.DeleteDomainNameCommandInput, V1.DeleteDomainNameCommandOutput>;
  DeleteRestApi: Operation<V1.DeleteRestApiCommandInput, V1.DeleteRestApiCommandOutput>;
  GetBasePathMapping: Operation<V1.GetBasePathMappingCommandInput, V1.GetBasePathMappingCommandOutput>;
  GetBasePathMappings: Operation<V1.GetBasePathMappingsCommandInput, V1.GetBasePathMappingsCommandOutput>;
  GetDomainName: Operation<V1.GetDomainNameCommandInput, V1.GetDomainNameCommandOutput>;
  GetDomainNames: Operation<V1.GetDomainNamesCommandInput, V1.GetDomainNamesCommandOutput>;
  GetRestApi: Operation<V1.GetRestApiCommandInput, V1.GetRestApiCommandOutput>;
  GetRestApis: Operation<V1.GetRestApisCommandInput, V1.GetRestApisCommandOutput>;
  GetTags: Operation<V1.GetTagsCommandInput, V1.GetTagsCommandOutput>;
  TagResource: Operation<V1.TagResourceCommandInput, V1.TagResourceCommandOutput>;
  UntagResource: Operation<V1.UntagResourceCommandInput, V1.UntagResourceCommandOutput>;
  UpdateDomainName: Operation<V1.UpdateDomainNameCommandInput, V1.UpdateDomainNameCommandOutput>;
  UpdateRestApi: Operation<V1.UpdateRestApiCommandInput, V1.UpdateRestApiCommandOutput>;
  CreateAuthorizer: Operation<V1.CreateAuthorizerCommandInput, V1.CreateAuthorizerCommandOutput>;
  CreateDeployment: Operation<V1.CreateDeploymentCommandInput, V1.CreateDeploymentCommandOutput>;
  CreateResource: Operation<V1.CreateResourceCommandInput, V1.CreateResourceCommandOutput>;
  CreateStage: Operation<V1.CreateStageCommandInput, V1.CreateStageCommandOutput>;
  DeleteAuthorizer: Operation<V1.DeleteAuthorizerCommandInput, V1.DeleteAuthorizerCommandOutput>;
  DeleteDeployment: Operation<V1.DeleteDeploymentCommandInput, V1.DeleteDeploymentCommandOutput>;
  DeleteIntegration: Operation<V1.DeleteIntegrationCommandInput, V1.DeleteIntegrationCommandOutput>;
  DeleteMethod: Operation<V1.DeleteMethodCommandInput, V1.DeleteMethodCommandOutput>;
  DeleteResource: Operation<V1.DeleteResourceCommandInput, V1.DeleteResourceCommandOutput>;
  DeleteStage: Operation<V1.DeleteStageCommandInput, V1.DeleteStageCommandOutput>;
  GetAuthorizer: Operation<V1.GetAuthorizerCommandInput, V1.GetAuthorizerCommandOutput>;
  GetAuthorizers: Operation<V1.GetAuthorizersCommandInput, V1.GetAuthorizersCommandOutput>;
  GetDeployment: Operation<V1.GetDeploymentCommandInput, V1.GetDeploymentCommandOutput>;
  GetDeployments: Operation<V1.GetDeploymentsCommandInput, V1.GetDeploymentsCommandOutput>;
  GetExport: Operation<V1.GetExportCommandInput, WithBytes<V1.GetExportCommandOutput>>;
  GetIntegration: Operation<V1.GetIntegrationCommandInput, V1.GetIntegrationCommandOutput>;
  GetMethod: Operation<V1.GetMethodCommandInput, V1.GetMethodCommandOutput>;
  GetResource: Operation<V1.GetResourceCommandInput, V1.GetResourceCommandOutput>;
  GetResources: Operation<V1.GetResourcesCommandInput, V1.GetResourcesCommandOutput>;
  GetStage: Operation<V1.GetStageCommandInput, V1.GetStageCommandOutput>;
  GetStages: Operation<V1.GetStagesCommandInput, V1.GetStagesCommandOutput>;
  PutIntegration: Operation<V1.PutIntegrationCommandInput, V1.PutIntegrationCommandOutput>;
  PutMethod: Operation<V1.PutMethodCommandInput, V1.PutMethodCommandOutput>;
  UpdateAuthorizer: Operation<V1.UpdateAuthorizerCommandInput, V1.UpdateAuthorizerCommandOutput>;
  UpdateMethod: Operation<V1.UpdateMethodCommandInput, V1.UpdateMethodCommandOutput>;
  UpdateStage: Operation<V1.UpdateStageCommandInput, V1.UpdateStageCommandOutput>;
}

/** The operations of API Gateway v2 that are emulated. */
export interface HttpModel {
  CreateApi: Operation<V2.CreateApiCommandInput, V2.CreateApiCommandOutput>;
  CreateApiMapping: Operation<V2.CreateApiMappingCommandInput, V2.CreateApiMappingCommandOutput>;
  CreateDomainName: Operation<V2.CreateDomainNameCommandInput, V2.CreateDomainNameCommandOutput>;
  DeleteApi: Operation<V2.DeleteApiCommandInput, V2.DeleteApiCommandOutput>;
  DeleteApiMapping: Operation<V2.DeleteApiMappingCommandInput, V2.DeleteApiMappingCommandOutput>;
  DeleteDomainName: Operation<V2.DeleteDomainNameCommandInput, V2.DeleteDomainNameCommandOutput>;
  GetApi: Operation<V2.GetApiCommandInput, V2.GetApiCommandOutput>;
  GetApiMapping: Operation<V2.GetApiMappingCommandInput, V2.GetApiMappingCommandOutput>;
  GetApiMappings: Operation<V2.GetApiMappingsCommandInput, V2.GetApiMappingsCommandOutput>;
  GetApis: Operation<V2.GetApisCommandInput, V2.GetApisCommandOutput>;
  GetDomainName: Operation<V2.GetDomainNameCommandInput, V2.GetDomainNameCommandOutput>;
  GetDomainNames: Operation<V2.GetDomainNamesCommandInput, V2.GetDomainNamesCommandOutput>;
  GetTags: Operation<V2.GetTagsCommandInput, V2.GetTagsCommandOutput>;
  TagResource: Operation<V2.TagResourceCommandInput, V2.TagResourceCommandOutput>;
  UntagResource: Operation<V2.UntagResourceCommandInput, V2.UntagResourceCommandOutput>;
  UpdateApi: Operation<V2.UpdateApiCommandInput, V2.UpdateApiCommandOutput>;
  UpdateDomainName: Operation<V2.UpdateDomainNameCommandInput, V2.UpdateDomainNameCommandOutput>;
  CreateAuthorizer: Operation<V2.CreateAuthorizerCommandInput, V2.CreateAuthorizerCommandOutput>;
  CreateDeployment: Operation<V2.CreateDeploymentCommandInput, V2.CreateDeploymentCommandOutput>;
  CreateIntegration: Operation<V2.CreateIntegrationCommandInput, V2.CreateIntegrationCommandOutput>;
  CreateRoute: Operation<V2.CreateRouteCommandInput, V2.CreateRouteCommandOutput>;
  CreateStage: Operation<V2.CreateStageCommandInput, V2.CreateStageCommandOutput>;
  DeleteAuthorizer: Operation<V2.DeleteAuthorizerCommandInput, V2.DeleteAuthorizerCommandOutput>;
  DeleteDeployment: Operation<V2.DeleteDeploymentCommandInput, V2.DeleteDeploymentCommandOutput>;
  DeleteIntegration: Operation<V2.DeleteIntegrationCommandInput, V2.DeleteIntegrationCommandOutput>;
  DeleteRoute: Operation<V2.DeleteRouteCommandInput, V2.DeleteRouteCommandOutput>;
  DeleteStage: Operation<V2.DeleteStageCommandInput, V2.DeleteStageCommandOutput>;
  ExportApi: Operation<V2.ExportApiCommandInput, WithBytes<V2.ExportApiCommandOutput>>;
  GetAuthorizer: Operation<V2.GetAuthorizerCommandInput, V2.GetAuthorizerCommandOutput>;
  GetAuthorizers: Operation<V2.GetAuthorizersCommandInput, V2.GetAuthorizersCommandOutput>;
  GetDeployment: Operation<V2.GetDeploymentCommandInput, V2.GetDeploymentCommandOutput>;
  GetDeployments: Operation<V2.GetDeploymentsCommandInput, V2.GetDeploymentsCommandOutput>;
  GetIntegration: Operation<V2.GetIntegrationCommandInput, V2.GetIntegrationCommandOutput>;
  GetIntegrations: Operation<V2.GetIntegrationsCommandInput, V2.GetIntegrationsCommandOutput>;
  GetRoute: Operation<V2.GetRouteCommandInput, V2.GetRouteCommandOutput>;
  GetRoutes: Operation<V2.GetRoutesCommandInput, V2.GetRoutesCommandOutput>;
  GetStage: Operation<V2.GetStageCommandInput, V2.GetStageCommandOutput>;
  GetStages: Operation<V2.GetStagesCommandInput, V2.GetStagesCommandOutput>;
  UpdateAuthorizer: Operation<V2.UpdateAuthorizerCommandInput, V2.UpdateAuthorizerCommandOutput>;
  UpdateRoute: Operation<V2.UpdateRouteCommandInput, V2.UpdateRouteCommandOutput>;
  UpdateStage: Operation<V2.UpdateStageCommandInput, V2.UpdateStageCommandOutput>;
}
