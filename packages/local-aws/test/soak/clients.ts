import { Agent } from 'node:http';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { RolesAnywhereClient } from '@aws-sdk/client-rolesanywhere';
import { S3Client } from '@aws-sdk/client-s3';
import { DEFAULT_ACCOUNTS } from '../../src/index.ts';
import '@aws-sdk/signature-v4a';

export type Clients = ReturnType<typeof clientsOf>;

/** SDK clients of one account that try each call once. */
export function clientsOf(url: string, account: string) {
  const keys = DEFAULT_ACCOUNTS.find(({ id }) => id === account);
  const credentials = { accessKeyId: keys?.accessKeyId ?? '', secretAccessKey: keys?.secretAccessKey ?? '' };
  const settings = { endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 };
  // The client of KeyValueStores puts the account id in front of the host, which no resolver here
  // knows.
  const lookup = (_host: string, _options: object, done: (error: null, found: object[]) => void) =>
    done(null, [{ address: '127.0.0.1', family: 4 }]);
  return {
    s3: new S3Client(settings),
    elb: new ElasticLoadBalancingV2Client(settings),
    cloudfront: new CloudFrontClient(settings),
    values: new CloudFrontKeyValueStoreClient({
      ...settings,
      endpoint: url.replace('127.0.0.1', 'localhost'),
      requestHandler: { httpAgent: new Agent({ lookup: lookup as never, keepAlive: true }) },
    }),
    rest: new APIGatewayClient(settings),
    http: new ApiGatewayV2Client(settings),
    anywhere: new RolesAnywhereClient(settings),
  };
}
