import type * as Cf from '@aws-sdk/client-cloudfront';
import type { Operation } from '../service.ts';

/** The CloudFront operations that are emulated; every other one answers 501 with its name. */
export interface CloudFrontModel {
  CreateDistribution: Operation<Cf.CreateDistributionCommandInput, Cf.CreateDistributionCommandOutput>;
  CreateDistributionWithTags: Operation<
    Cf.CreateDistributionWithTagsCommandInput,
    Cf.CreateDistributionWithTagsCommandOutput
  >;
  CreateTrustStore: Operation<Cf.CreateTrustStoreCommandInput, Cf.CreateTrustStoreCommandOutput>;
  DeleteDistribution: Operation<Cf.DeleteDistributionCommandInput, Cf.DeleteDistributionCommandOutput>;
  DeleteTrustStore: Operation<Cf.DeleteTrustStoreCommandInput, Cf.DeleteTrustStoreCommandOutput>;
  GetDistribution: Operation<Cf.GetDistributionCommandInput, Cf.GetDistributionCommandOutput>;
  GetDistributionConfig: Operation<
    Cf.GetDistributionConfigCommandInput,
    Cf.GetDistributionConfigCommandOutput
  >;
  GetTrustStore: Operation<Cf.GetTrustStoreCommandInput, Cf.GetTrustStoreCommandOutput>;
  ListDistributions: Operation<Cf.ListDistributionsCommandInput, Cf.ListDistributionsCommandOutput>;
  ListDistributionsByTrustStore: Operation<
    Cf.ListDistributionsByTrustStoreCommandInput,
    Cf.ListDistributionsByTrustStoreCommandOutput
  >;
  ListTagsForResource: Operation<Cf.ListTagsForResourceCommandInput, Cf.ListTagsForResourceCommandOutput>;
  ListTrustStores: Operation<Cf.ListTrustStoresCommandInput, Cf.ListTrustStoresCommandOutput>;
  TagResource: Operation<Cf.TagResourceCommandInput, Cf.TagResourceCommandOutput>;
  UntagResource: Operation<Cf.UntagResourceCommandInput, Cf.UntagResourceCommandOutput>;
  UpdateDistribution: Operation<Cf.UpdateDistributionCommandInput, Cf.UpdateDistributionCommandOutput>;
  UpdateTrustStore: Operation<Cf.UpdateTrustStoreCommandInput, Cf.UpdateTrustStoreCommandOutput>;
  CreateConnectionFunction: Operation<
    Cf.CreateConnectionFunctionCommandInput,
    Cf.CreateConnectionFunctionCommandOutput
  >;
  DeleteConnectionFunction: Operation<
    Cf.DeleteConnectionFunctionCommandInput,
    Cf.DeleteConnectionFunctionCommandOutput
  >;
  DescribeConnectionFunction: Operation<
    Cf.DescribeConnectionFunctionCommandInput,
    Cf.DescribeConnectionFunctionCommandOutput
  >;
  /** A client gets the code as a blob with helpers; here it is bytes. */
  GetConnectionFunction: Operation<
    Cf.GetConnectionFunctionCommandInput,
    Omit<Cf.GetConnectionFunctionCommandOutput, 'ConnectionFunctionCode'> & {
      ConnectionFunctionCode: Uint8Array;
    }
  >;
  ListConnectionFunctions: Operation<
    Cf.ListConnectionFunctionsCommandInput,
    Cf.ListConnectionFunctionsCommandOutput
  >;
  ListDistributionsByConnectionFunction: Operation<
    Cf.ListDistributionsByConnectionFunctionCommandInput,
    Cf.ListDistributionsByConnectionFunctionCommandOutput
  >;
  PublishConnectionFunction: Operation<
    Cf.PublishConnectionFunctionCommandInput,
    Cf.PublishConnectionFunctionCommandOutput
  >;
  TestConnectionFunction: Operation<
    Cf.TestConnectionFunctionCommandInput,
    Cf.TestConnectionFunctionCommandOutput
  >;
  UpdateConnectionFunction: Operation<
    Cf.UpdateConnectionFunctionCommandInput,
    Cf.UpdateConnectionFunctionCommandOutput
  >;
  CreateKeyValueStore: Operation<Cf.CreateKeyValueStoreCommandInput, Cf.CreateKeyValueStoreCommandOutput>;
  DeleteKeyValueStore: Operation<Cf.DeleteKeyValueStoreCommandInput, Cf.DeleteKeyValueStoreCommandOutput>;
  DescribeKeyValueStore: Operation<
    Cf.DescribeKeyValueStoreCommandInput,
    Cf.DescribeKeyValueStoreCommandOutput
  >;
  ListKeyValueStores: Operation<Cf.ListKeyValueStoresCommandInput, Cf.ListKeyValueStoresCommandOutput>;
  UpdateKeyValueStore: Operation<Cf.UpdateKeyValueStoreCommandInput, Cf.UpdateKeyValueStoreCommandOutput>;
}
