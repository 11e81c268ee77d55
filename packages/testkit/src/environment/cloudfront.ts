import { CloudFrontClient, CreateDistributionCommand } from '@aws-sdk/client-cloudfront';
import { clientConfig, given, spot, type Where } from './where.ts';

/** A distribution as a team has it before mTLS. */
export interface TestCloudFront {
  readonly distributionId: string;
  readonly arn: string;
  readonly domainName: string;
}

/** The managed policy CachingDisabled ("Use managed cache policies", 2026-11). */
const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

/**
 * Makes a CloudFront distribution that meets what mTLS asks for: https only, HTTP/2, no client
 * authentication yet.
 *
 * @param name caller reference; default `web`
 */
export async function makeCloudFront(where: Where, name = 'web'): Promise<TestCloudFront> {
  const at = { ...spot(where), region: 'us-east-1' };
  const client = new CloudFrontClient(clientConfig(at, 'cloudfront'));
  const answer = await client.send(
    new CreateDistributionCommand({
      DistributionConfig: {
        CallerReference: name,
        Comment: name,
        Enabled: true,
        HttpVersion: 'http2',
        Origins: {
          Quantity: 1,
          Items: [
            {
              Id: 'app',
              DomainName: `${name}.example.com`,
              CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' },
            },
          ],
        },
        DefaultCacheBehavior: {
          TargetOriginId: 'app',
          ViewerProtocolPolicy: 'https-only',
          CachePolicyId: cachingDisabled,
        },
      },
    }),
  );
  const distribution = given(answer.Distribution, 'distribution');
  return Object.freeze({
    distributionId: given(distribution.Id, 'id'),
    arn: given(distribution.ARN, 'ARN'),
    domainName: given(distribution.DomainName, 'domain name'),
  });
}
