import { S3Client } from '@aws-sdk/client-s3';
import {
  apiGatewayEdits,
  apiGatewayOracle,
  knock,
  makeApiGateway,
  onLocalAws,
  runAdapterContract,
} from '@trustloom/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { apiGateway } from '../src/index.ts';
import type { AuthorizerEvent } from '../src/revocation/authorizer/index.ts';
import { type BuiltAuthorizer, loadAuthorizer } from './support/bundle.ts';

/** IAM knows API Gateway's calls by their HTTP method. */
const methods: Readonly<Record<string, string>> = {
  UpdateDomainName: 'PATCH',
  TagResource: 'PUT',
  UntagResource: 'DELETE',
};
const lambda = 'arn:aws:lambda:eu-west-1:222222222222:function:revocation';

let built: BuiltAuthorizer;
beforeAll(async () => {
  built = await loadAuthorizer();
});

describe.each(['rest', 'http'] as const)('a domain managed by the %s API', (api) => {
  runAdapterContract(
    { describe, it },
    {
      name: `api-gateway (${api})`,
      service: apiGateway,
      worlds: onLocalAws({
        permissionOf: ({ service, action }) =>
          service === 'apigateway' ? `apigateway:${methods[action] ?? 'GET'}` : `${service}:${action}`,
        async setup(stage) {
          const { local, clock, accountRegion } = stage;
          const { domain } = await makeApiGateway({ local, ...accountRegion }, 'api.example.com', api, {
            arn: lambda,
          });
          const bucket = `trustloom-${accountRegion.account}-${accountRegion.region}`;
          const client = new S3Client({ ...local.clientConfig('s3', accountRegion), forcePathStyle: true });
          const authorizer = built.createAuthorizer({
            objects: built.s3Objects({ bucket, owner: accountRegion.account, client }),
            manifest: 'acme/authorizers/eu-west-1/api.example.com.json',
            pollMs: 0,
            now: clock.now,
            log: () => undefined,
          });
          local.lambda(lambda, (event) => authorizer(event as AuthorizerEvent));
          const edge = local.edges().find(({ hosts }) => hosts.includes(domain));
          return {
            target: { domain, region: accountRegion.region, api, authorizer: lambda },
            oracle: apiGatewayOracle(local, accountRegion, domain),
            edits: apiGatewayEdits(stage, domain),
            admits: async (knocking) => edge !== undefined && (await knock(edge, knocking)) === 200,
            async foreign() {
              const { domain: other } = await makeApiGateway(
                { local, ...accountRegion },
                'other.example.com',
                api,
              );
              const look = () =>
                JSON.stringify(local.state().apiGateway.map(({ state }) => state.domains.get(other)));
              const before = look();
              return () => expect(look()).toBe(before);
            },
          };
        },
      }),
    },
  );
});
