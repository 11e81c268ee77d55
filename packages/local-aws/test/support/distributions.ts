import {
  type CloudFrontClient,
  type DistributionConfig,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';

/** A distribution with one origin, and with what a test says besides. */
export const distributionConfig = (more: Partial<DistributionConfig> = {}): DistributionConfig => ({
  CallerReference: 'one',
  Comment: '',
  Enabled: true,
  Origins: {
    Quantity: 1,
    Items: [
      {
        Id: 'origin',
        DomainName: 'origin.example.com',
        CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' },
      },
    ],
  },
  DefaultCacheBehavior: { TargetOriginId: 'origin', ViewerProtocolPolicy: 'https-only', MinTTL: 0 },
  ...more,
});

/** Changes some of its configuration and keeps the rest. */
export async function configureDistribution(
  cloudfront: CloudFrontClient,
  Id: string,
  more: Partial<DistributionConfig>,
): Promise<void> {
  const { DistributionConfig: held, ETag } = await cloudfront.send(new GetDistributionConfigCommand({ Id }));
  if (!held) throw new Error('no configuration');
  const DistributionConfig = { ...held, ...more };
  await cloudfront.send(new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig }));
}
