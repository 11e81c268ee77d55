import { makeAlb, type TestAlb } from './alb.ts';
import { makeApiGateway, type TestApiGateway, type TestAuthorizer } from './api-gateway.ts';
import { makeCloudFront, type TestCloudFront } from './cloudfront.ts';
import { makeRolesAnywhere, type TestRolesAnywhere } from './roles-anywhere.ts';
import type { Where } from './where.ts';

/** Four places of one team. */
export interface TestEnvironment {
  readonly web: TestCloudFront;
  readonly edge: TestAlb;
  readonly api: TestApiGateway;
  readonly jobs: TestRolesAnywhere;
}

/**
 * Makes the four places as a team would have them before mTLS: a CloudFront distribution, an HTTPS
 * listener on a load balancer (and a bypass on port 80), an API Gateway regional custom domain, a
 * Roles Anywhere profile. Anyone is admitted at the first three.
 *
 * @param options.authorizer stands before all routes of the API
 * @example
 * await using local = await startLocalAws()
 * const { edge } = await makeEstate({ local })
 * console.log(edge.listenerArn)
 */
export async function makeEnvironment(
  where: Where,
  options: { readonly authorizer?: TestAuthorizer } = {},
): Promise<TestEnvironment> {
  return Object.freeze({
    web: await makeCloudFront(where),
    edge: await makeAlb(where),
    api: await makeApiGateway(where, 'api.example.com', 'http', options.authorizer),
    jobs: await makeRolesAnywhere(where),
  });
}
