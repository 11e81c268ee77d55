import { type EstateAlb, makeAlb } from './alb.ts';
import { type EstateApiGateway, type EstateAuthorizer, makeApiGateway } from './api-gateway.ts';
import { type EstateCloudFront, makeCloudFront } from './cloudfront.ts';
import { type EstateRolesAnywhere, makeRolesAnywhere } from './roles-anywhere.ts';
import type { Where } from './where.ts';

/** Four places of one team. */
export interface Estate {
  readonly web: EstateCloudFront;
  readonly edge: EstateAlb;
  readonly api: EstateApiGateway;
  readonly jobs: EstateRolesAnywhere;
}

/**
 * Makes the four places as a team would have them before mTLS: a CloudFront distribution, an HTTPS listener on a load balancer (and a
 * door on port 80), an API Gateway regional custom domain, a Roles Anywhere profile. Anyone gets in at the first three.
 *
 * @param options.authorizer stands before all routes of the API
 * @example
 * await using local = await startLocalAws()
 * const { edge } = await makeEstate({ local })
 * console.log(edge.listenerArn)
 */
export async function makeEstate(
  where: Where,
  options: { readonly authorizer?: EstateAuthorizer } = {},
): Promise<Estate> {
  return Object.freeze({
    web: await makeCloudFront(where),
    edge: await makeAlb(where),
    api: await makeApiGateway(where, 'api.example.com', 'http', options.authorizer),
    jobs: await makeRolesAnywhere(where),
  });
}
