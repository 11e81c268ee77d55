import type { NodeHttpHandler } from '@smithy/node-http-handler';
import type { CredentialProvider } from './credentials.ts';
import type { never as neverAgain } from './retry.ts';

/**
 * What every SDK client is made with. A shape of our own that clients of all SDK versions in use
 * accept.
 */
export interface ClientConfig {
  readonly region: string;
  readonly credentials: CredentialProvider;
  readonly requestHandler: NodeHttpHandler;
  readonly retryStrategy: typeof neverAgain;
  readonly maxAttempts: number;
  readonly customUserAgent: [string, string][];
  readonly endpoint?: string;
  /** Endpoints are found by us; the client shall not look again. */
  readonly ignoreConfiguredEndpointUrls: boolean;
  readonly profile?: string;
  readonly useFipsEndpoint?: boolean;
  readonly useDualstackEndpoint?: boolean;
  /**
   * S3 on a loopback name: the bucket in the path, since `bucket.localhost` does not resolve
   * everywhere.
   */
  readonly forcePathStyle?: boolean;
}

/** What the factory needs of a client. */
export interface SdkClient {
  readonly middlewareStack: {
    add(
      middleware: <Args, Output>(
        next: (args: Args) => Promise<Output>,
        context: object,
      ) => (args: Args) => Promise<Output>,
      options: {
        readonly step: 'initialize';
        readonly priority: 'low';
        readonly name: string;
        readonly override: boolean;
      },
    ): void;
  };
  destroy(): void;
}

/** The class of an SDK client: `S3Client`, `ElasticLoadBalancingV2Client`. */
export type ClientClass<C extends SdkClient> = new (config: ClientConfig) => C;
