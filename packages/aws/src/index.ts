export type { AwsAccount, CallerIdentity } from './clients/accounts.ts';
export type { ClientClass, ClientConfig, SdkClient } from './clients/client-class.ts';
export type { AwsCredentials, CredentialProvider } from './clients/credentials.ts';
export type { Env } from './clients/shared-config.ts';
export { systemClock } from './clock.ts';
export type { Aws, AwsOptions, ClientPlace } from './open-aws.ts';
export { openAws } from './open-aws.ts';
