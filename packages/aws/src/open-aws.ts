import { type AccountRegion, type Clock, defined, serviceError, TrustloomError } from '@trustloom/core';
import type { AwsAccount, CallerIdentity } from './clients/accounts.ts';
import type { ClientClass, ClientConfig, SdkClient } from './clients/client-class.ts';
import {
  type AwsCredentials,
  type CredentialProvider,
  chainCredentials,
  roleCredentials,
} from './clients/credentials.ts';
import { endpointFor, findEndpoint, isLoopbackUrl, loopbackSetting } from './clients/endpoints.ts';
import { createHandler, notLoopback } from './clients/handler.ts';
import { never, retryReads } from './clients/retry.ts';
import { type Env, readProfile } from './clients/shared-config.ts';
import { systemClock } from './clock.ts';

/** What `openAws` is given. */
export interface AwsOptions {
  /** Environment variables: `process.env`, passed in. */
  readonly env: Env;
  /** Name of the profile; default `AWS_PROFILE`, then `default`. */
  readonly profile?: string;
  /**
   * Region where a call has no place of its own; default `AWS_REGION`, `AWS_DEFAULT_REGION`, the
   * profile's, then `us-east-1`.
   */
  readonly region?: string;
  /** Endpoint of all services, before every variable. */
  readonly endpointUrl?: string;
  /** Accounts of the definition. */
  readonly accounts: readonly AwsAccount[];
  /** For waits between attempts and for the life of role sessions; default the machine's. */
  readonly clock?: Clock;
  /** Called with the `Date` header of each answer: see `createAwsTime`. */
  readonly onDate?: (date: string | undefined) => void;
  /** Spreads the waits between attempts: 0 to below 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Version of Trustloom, for the user agent. */
  readonly version: string;
}

/** Whose credentials to use, and where. */
export interface ClientRegion {
  /**
   * Name of an account of the definition, or twelve digits; absent: the credentials that the chain
   * gives.
   */
  readonly account?: string;
  readonly region: string;
}

/** Access to AWS: the one place that makes SDK clients. */
export interface Aws {
  /** Region of calls that have no place of their own. */
  readonly region: string;
  readonly clock: Clock;
  /**
   * The client of a class for a place; made once for each. Credentials, endpoint, retry, user agent
   * and connections are set; nothing else.
   *
   * @param serviceId service id of the SDK, for the endpoint variables: `S3`, `RolesAnywhere`,
   *   `Elastic Load Balancing v2`
   * @throws TrustloomError `endpoint-not-loopback`, `endpoint-invalid`
   */
  client<C extends SdkClient>(
    Class: ClientClass<C>,
    serviceId: string,
    accountRegion: ClientRegion | AccountRegion,
  ): C;
  /** The account of that name or id, as the definition has it. */
  account(nameOrId: string): AwsAccount | undefined;
  /**
   * Asks STS once who the credentials of an account are, and compares.
   *
   * @param nameOrId name of an account, or twelve digits
   * @throws TrustloomError `wrong-account`, `role-denied`, `credentials-missing`,
   *   `credentials-expired`
   */
  checkAccount(nameOrId: string): Promise<CallerIdentity>;
  /** Closes all connections. */
  close(): void;
}

/** Services whose endpoints in a profile count for the guard. */
const ownServices = [
  'S3',
  'STS',
  'CloudFront',
  'CloudFront KeyValueStore',
  'Elastic Load Balancing v2',
  'API Gateway',
  'ApiGatewayV2',
  'RolesAnywhere',
] as const;

/**
 * Opens AWS for one run: the SDK's credential chain, one session per account, endpoints found the
 * same way for every client, reads sent again when a service is busy, writes sent once. When any
 * endpoint setting points to this machine, nothing goes anywhere else. Nothing is called before a
 * client is used.
 *
 * @example
 * const aws = openAws({ env: process.env, accounts: [{ name: 'apps', id: '222222222222' }], version: '0.1.0' })
 * await aws.checkAccount('apps')
 * const s3 = aws.client(S3Client, 'S3', { account: 'apps', region: 'eu-west-1' })
 */
export function openAws(options: AwsOptions): Aws {
  const { env } = options;
  const clock = options.clock ?? systemClock;
  const profile = readProfile(env, options.profile);
  const settings = {
    env,
    profile,
    ...defined({ option: options.endpointUrl }),
  };
  const guardedBy = loopbackSetting(settings, ownServices);
  const { handler, close } = createHandler(guardedBy, options.onDate);
  const region =
    options.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? profile.get('region') ?? 'us-east-1';
  const general = findEndpoint('', { ...settings, profile: { ...profile, service: () => undefined } });
  const chain = chainCredentials({
    env,
    clientConfig: { requestHandler: handler, ...(general === undefined ? {} : { endpoint: general.url }) },
    ...defined({ profile: options.profile }),
  });
  const retry = retryReads({ clock, random: options.random ?? Math.random });

  const config = (serviceId: string, where: string, credentials: CredentialProvider): ClientConfig => {
    const endpoint = findEndpoint(serviceId, settings);
    if (guardedBy !== undefined && (endpoint === undefined || !isLoopbackUrl(endpoint.url)))
      throw notLoopback(`${serviceId} (${endpoint?.url ?? 'AWS'})`, guardedBy);
    const fips = env.AWS_USE_FIPS_ENDPOINT;
    const dualstack = env.AWS_USE_DUALSTACK_ENDPOINT;
    return {
      region: where,
      credentials,
      requestHandler: handler,
      retryStrategy: never,
      maxAttempts: 1,
      customUserAgent: [['trustloom', options.version]],
      ignoreConfiguredEndpointUrls: true,
      profile: profile.name,
      ...(endpoint === undefined ? {} : { endpoint: endpointFor(serviceId, endpoint.url) }),
      ...(fips === undefined ? {} : { useFipsEndpoint: fips === 'true' }),
      ...(dualstack === undefined ? {} : { useDualstackEndpoint: dualstack === 'true' }),
      ...(serviceId === 'S3' && guardedBy !== undefined ? { forcePathStyle: true } : {}),
    };
  };
  const make = <C extends SdkClient>(
    Class: ClientClass<C>,
    serviceId: string,
    where: string,
    credentials: CredentialProvider,
  ): C => {
    const client = new Class(config(serviceId, where, credentials));
    client.middlewareStack.add(retry, {
      step: 'initialize',
      priority: 'low',
      name: 'trustloomRetryReads',
      override: true,
    });
    return client;
  };

  const find = (nameOrId: string) =>
    options.accounts.find((one) => one.name === nameOrId) ??
    options.accounts.find((one) => one.id === nameOrId);

  const providers = new Map<string, CredentialProvider>();
  const credentialsOf = (nameOrId: string | undefined): CredentialProvider => {
    const account = nameOrId === undefined ? undefined : find(nameOrId);
    const { assumeRole } = account ?? {};
    if (account === undefined || assumeRole === undefined) return chain;
    return remember(providers, account.name, () =>
      roleCredentials({ ...account, assumeRole }, (input) => assume(make, region, chain, input), clock),
    );
  };

  const clients = new WeakMap<object, Map<string, SdkClient>>();
  const identities = new Map<string, Promise<CallerIdentity>>();
  const aws: Aws = {
    region,
    clock,
    client<C extends SdkClient>(Class: ClientClass<C>, serviceId: string, accountRegion: ClientRegion): C {
      const made = clients.get(Class) ?? new Map<string, SdkClient>();
      clients.set(Class, made);
      const account =
        accountRegion.account === undefined
          ? undefined
          : (find(accountRegion.account)?.name ?? accountRegion.account);
      // A map per class holds only clients of that class.
      return remember(made, `${account ?? ''}/${accountRegion.region}`, () =>
        make(Class, serviceId, accountRegion.region, credentialsOf(accountRegion.account)),
      ) as C;
    },
    account: find,
    async checkAccount(nameOrId) {
      const account = find(nameOrId) ?? { name: nameOrId, id: nameOrId };
      const asked = remember(identities, account.name, () => callerIdentity(aws, account));
      try {
        return await asked;
      } catch (error) {
        identities.delete(account.name);
        throw error;
      }
    },
    close,
  };
  return Object.freeze(aws);
}

type Make = <C extends SdkClient>(
  Class: ClientClass<C>,
  serviceId: string,
  region: string,
  credentials: CredentialProvider,
) => C;

async function assume(
  make: Make,
  region: string,
  credentials: CredentialProvider,
  input: { RoleArn: string; RoleSessionName: string; ExternalId?: string },
): Promise<AwsCredentials> {
  const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
  const sts = make(STSClient, 'STS', region, credentials);
  const { Credentials: got } = await sts.send(new AssumeRoleCommand(input));
  if (got?.AccessKeyId === undefined || got.SecretAccessKey === undefined)
    throw new TrustloomError('role-denied', `sts:AssumeRole ${input.RoleArn}: no credentials in the answer`);
  return {
    accessKeyId: got.AccessKeyId,
    secretAccessKey: got.SecretAccessKey,
    ...defined({ sessionToken: got.SessionToken, expiration: got.Expiration }),
  };
}

async function callerIdentity(aws: Aws, account: AwsAccount): Promise<CallerIdentity> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const sts = aws.client(STSClient, 'STS', { account: account.name, region: aws.region });
  const answer = await sts.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
    throw serviceError(error, 'sts:GetCallerIdentity');
  });
  const identity = { account: answer.Account ?? '', arn: answer.Arn ?? '' };
  if (identity.account === account.id) return Object.freeze(identity);
  throw new TrustloomError(
    'wrong-account',
    `account ${account.name} is ${account.id} in the definition, but the credentials are of ${identity.account} (${identity.arn})`,
    { context: { name: account.name, expected: account.id, actual: identity.account, arn: identity.arn } },
  );
}

function remember<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
