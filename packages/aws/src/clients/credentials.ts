import type { Clock } from '@trustloom/core';
import { defined, serviceError } from '@trustloom/core';
import type { AwsAccount } from './accounts.ts';
import type { Env } from './shared-config.ts';

/** Credentials as SDK clients of every version take them. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Gives credentials; asked before every call, so it keeps what is still good. */
export type CredentialProvider = () => Promise<AwsCredentials>;

/** Credentials that expire sooner than this are fetched again. */
const renewBeforeMs = 5 * 60_000;

/** Options of the credential chain. */
export interface ChainOptions {
  readonly env: Env;
  readonly profile?: string;
  /** Settings for the clients that the chain makes inside (STS, SSO). */
  readonly clientConfig: object;
}

/**
 * The AWS SDK's own credential chain, untouched: environment, profile, SSO, process, web identity,
 * container, instance. The environment is the one passed in; a profile that is named goes before
 * keys in it, as in the chain.
 */
export function chainCredentials({ env, profile, clientConfig }: ChainOptions): CredentialProvider {
  const accessKeyId = env.AWS_ACCESS_KEY_ID;
  const secretAccessKey = env.AWS_SECRET_ACCESS_KEY;
  const named = profile ?? env.AWS_PROFILE;
  if (named === undefined && accessKeyId && secretAccessKey) {
    const sessionToken = env.AWS_SESSION_TOKEN;
    const fixed = Object.freeze({ accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) });
    return async () => fixed;
  }
  let chain: Promise<CredentialProvider> | undefined;
  const open = async (): Promise<CredentialProvider> => {
    const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
    return fromNodeProviderChain({
      clientConfig,
      ...defined({
        profile: named,
        configFilepath: env.AWS_CONFIG_FILE,
        filepath: env.AWS_SHARED_CREDENTIALS_FILE,
      }),
    });
  };
  return async () => {
    chain ??= open();
    return (await chain)();
  };
}

/** The one call of STS that hands out a role's credentials. */
export type AssumeRole = (input: {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly ExternalId?: string;
}) => Promise<AwsCredentials>;

/**
 * Credentials of an account's role: one session, shared by all clients, renewed five minutes before
 * it ends.
 *
 * @throws TrustloomError `role-denied` when the role may not be assumed
 */
export function roleCredentials(
  account: AwsAccount & { readonly assumeRole: string },
  assume: AssumeRole,
  clock: Clock,
): CredentialProvider {
  const fetchOnce = async () => {
    try {
      return await assume({
        RoleArn: account.assumeRole,
        RoleSessionName: sessionName(account.name),
        ...defined({ ExternalId: account.externalId }),
      });
    } catch (error) {
      const denied = { AccessDenied: 'role-denied', AccessDeniedException: 'role-denied' } as const;
      throw serviceError(error, `sts:AssumeRole ${account.assumeRole}`, denied);
    }
  };
  return keepUntilStale(fetchOnce, clock);
}

/**
 * `trustloom-apps`: shows in CloudTrail who came. STS takes 2 to 64 of `\w+=,.@-` (API reference,
 * AssumeRole).
 */
function sessionName(accountName: string): string {
  return `trustloom-${accountName.replace(/[^\w+=,.@-]/g, '-')}`.slice(0, 64);
}

function keepUntilStale(fetchOnce: CredentialProvider, clock: Clock): CredentialProvider {
  let current: Promise<AwsCredentials> | undefined;
  let goodUntil = Number.NEGATIVE_INFINITY;
  return async () => {
    if (current !== undefined && clock.now() < goodUntil) return current;
    goodUntil = Number.POSITIVE_INFINITY;
    const fetched = fetchOnce();
    current = fetched;
    try {
      const credentials = await fetched;
      goodUntil = (credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - renewBeforeMs;
      return credentials;
    } catch (error) {
      current = undefined;
      throw error;
    }
  };
}
