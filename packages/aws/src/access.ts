import type { AccountRegion } from '@trustloom/core';
import type { Access, SdkClient, SdkClientClass } from '@trustloom/core/adapter';
import type { SdkClient as AnySdkClient, ClientConfig } from './clients/client-class.ts';
import type { Aws } from './open-aws.ts';

/**
 * The way to the services of one account and region, as `createTrustloom` takes it.
 *
 * @example
 * createTrustloom({ ...parts, services: [alb], access: serviceAccess(aws) })
 */
export function serviceAccess(
  aws: Pick<Aws, 'client'>,
): (accountRegion: AccountRegion, accountName: string) => Access {
  return ({ region }, account) => ({
    client<C extends SdkClient>(Class: SdkClientClass<C>, serviceId: string): C {
      // The contract leaves open what a client is configured by: each version of the SDK types it
      // in its own way.
      const known = Class as new (config: ClientConfig) => C & AnySdkClient;
      return aws.client(known, serviceId, { account, region });
    },
    fetch: globalThis.fetch,
  });
}
