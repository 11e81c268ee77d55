import type * as Elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Operation } from '../service.ts';

/**
 * The Elastic Load Balancing operations that are emulated; every other one answers 501 with its
 * name.
 */
export interface ElbModel {
  AddTags: Operation<Elb.AddTagsCommandInput, Elb.AddTagsCommandOutput>;
  AddTrustStoreRevocations: Operation<
    Elb.AddTrustStoreRevocationsCommandInput,
    Elb.AddTrustStoreRevocationsCommandOutput
  >;
  CreateListener: Operation<Elb.CreateListenerCommandInput, Elb.CreateListenerCommandOutput>;
  CreateLoadBalancer: Operation<Elb.CreateLoadBalancerCommandInput, Elb.CreateLoadBalancerCommandOutput>;
  CreateTrustStore: Operation<Elb.CreateTrustStoreCommandInput, Elb.CreateTrustStoreCommandOutput>;
  DeleteListener: Operation<Elb.DeleteListenerCommandInput, Elb.DeleteListenerCommandOutput>;
  DeleteLoadBalancer: Operation<Elb.DeleteLoadBalancerCommandInput, Elb.DeleteLoadBalancerCommandOutput>;
  DeleteSharedTrustStoreAssociation: Operation<
    Elb.DeleteSharedTrustStoreAssociationCommandInput,
    Elb.DeleteSharedTrustStoreAssociationCommandOutput
  >;
  DeleteTrustStore: Operation<Elb.DeleteTrustStoreCommandInput, Elb.DeleteTrustStoreCommandOutput>;
  DescribeAccountLimits: Operation<
    Elb.DescribeAccountLimitsCommandInput,
    Elb.DescribeAccountLimitsCommandOutput
  >;
  DescribeCapacityReservation: Operation<
    Elb.DescribeCapacityReservationCommandInput,
    Elb.DescribeCapacityReservationCommandOutput
  >;
  DescribeListenerAttributes: Operation<
    Elb.DescribeListenerAttributesCommandInput,
    Elb.DescribeListenerAttributesCommandOutput
  >;
  DescribeListeners: Operation<Elb.DescribeListenersCommandInput, Elb.DescribeListenersCommandOutput>;
  DescribeLoadBalancerAttributes: Operation<
    Elb.DescribeLoadBalancerAttributesCommandInput,
    Elb.DescribeLoadBalancerAttributesCommandOutput
  >;
  DescribeLoadBalancers: Operation<
    Elb.DescribeLoadBalancersCommandInput,
    Elb.DescribeLoadBalancersCommandOutput
  >;
  DescribeTags: Operation<Elb.DescribeTagsCommandInput, Elb.DescribeTagsCommandOutput>;
  DescribeTrustStoreAssociations: Operation<
    Elb.DescribeTrustStoreAssociationsCommandInput,
    Elb.DescribeTrustStoreAssociationsCommandOutput
  >;
  DescribeTrustStoreRevocations: Operation<
    Elb.DescribeTrustStoreRevocationsCommandInput,
    Elb.DescribeTrustStoreRevocationsCommandOutput
  >;
  DescribeTrustStores: Operation<Elb.DescribeTrustStoresCommandInput, Elb.DescribeTrustStoresCommandOutput>;
  GetTrustStoreCaCertificatesBundle: Operation<
    Elb.GetTrustStoreCaCertificatesBundleCommandInput,
    Elb.GetTrustStoreCaCertificatesBundleCommandOutput
  >;
  GetTrustStoreRevocationContent: Operation<
    Elb.GetTrustStoreRevocationContentCommandInput,
    Elb.GetTrustStoreRevocationContentCommandOutput
  >;
  ModifyListenerAttributes: Operation<
    Elb.ModifyListenerAttributesCommandInput,
    Elb.ModifyListenerAttributesCommandOutput
  >;
  ModifyLoadBalancerAttributes: Operation<
    Elb.ModifyLoadBalancerAttributesCommandInput,
    Elb.ModifyLoadBalancerAttributesCommandOutput
  >;
  ModifyListener: Operation<Elb.ModifyListenerCommandInput, Elb.ModifyListenerCommandOutput>;
  ModifyTrustStore: Operation<Elb.ModifyTrustStoreCommandInput, Elb.ModifyTrustStoreCommandOutput>;
  RemoveTags: Operation<Elb.RemoveTagsCommandInput, Elb.RemoveTagsCommandOutput>;
  RemoveTrustStoreRevocations: Operation<
    Elb.RemoveTrustStoreRevocationsCommandInput,
    Elb.RemoveTrustStoreRevocationsCommandOutput
  >;
}
