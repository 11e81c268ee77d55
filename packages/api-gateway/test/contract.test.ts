import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { apiGatewayEdits, apiGatewayOracle, makeApiGateway, runAdapterContract } from '@trustloom/testkit';
import { describe, expect, it } from 'vitest';
import { apiGateway } from '../src/index.ts';

/** IAM knows API Gateway's calls by their HTTP method. */
const methods: Readonly<Record<string, string>> = {
  UpdateDomainName: 'PATCH',
  TagResource: 'PUT',
  UntagResource: 'DELETE',
};

describe.each(['rest', 'http'] as const)('a domain managed by the %s API', (api) => {
  runAdapterContract(
    { describe, it },
    {
      name: `api-gateway (${api})`,
      adapter: (aws) =>
        apiGateway({
          v1: (place) => aws.client(APIGatewayClient, 'API Gateway', place),
          v2: (place) => aws.client(ApiGatewayV2Client, 'ApiGatewayV2', place),
        }),
      permissionOf: ({ service, action }) =>
        service === 'apigateway' ? `apigateway:${methods[action] ?? 'GET'}` : `${service}:${action}`,
      async setup(stage) {
        const { local, place } = stage;
        const { domain } = await makeApiGateway({ local, ...place }, 'api.example.com', api);
        return {
          target: { domain, region: place.region, api },
          oracle: apiGatewayOracle(local, place, domain),
          edits: apiGatewayEdits(stage, domain),
          async foreign() {
            const { domain: other } = await makeApiGateway({ local, ...place }, 'other.example.com', api);
            const look = () =>
              JSON.stringify(local.state().apiGateway.map(({ state }) => state.domains.get(other)));
            const before = look();
            return () => expect(look()).toBe(before);
          },
        };
      },
    },
  );
});
