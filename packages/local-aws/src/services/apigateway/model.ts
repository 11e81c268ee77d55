import type * as V1 from '@aws-sdk/client-api-gateway';
import type * as V2 from '@aws-sdk/client-apigatewayv2';
import type { Operation } from '../service.ts';

/** The operations of API Gateway v1 that are emulated; every other one answers 501 with its name. */
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
}
