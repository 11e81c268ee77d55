import { type StandardSchemaV1, zod } from '@trustloom/core/adapter';

/** A target as the definition gives it. */
export interface ApiGatewayTarget {
  readonly domain: string;
  readonly region?: string | undefined;
  readonly api: 'rest' | 'http';
  readonly authorizer?: string | undefined;
}

/**
 * How a target on API Gateway is written in a definition, under `apiGateway`. Loads the schema
 * library.
 *
 * @example
 * const result = apiGatewayTarget()['~standard'].validate({ domain: 'api.example.com' })
 */
export function apiGatewayTarget(): StandardSchemaV1<unknown, ApiGatewayTarget> {
  const z = zod();
  return z
    .strictObject({
      domain: z
        .string()
        .regex(/^[a-z0-9*](?:[a-z0-9.-]*[a-z0-9])?$/, 'the name of a custom domain, in lower case')
        .describe('Name of the regional custom domain.'),
      region: z.string().min(1).optional().describe('AWS region of the domain.'),
      api: z
        .enum(['rest', 'http'])
        .default('rest')
        .describe(
          'By which API the domain is managed: rest (v1) or http (v2). Either works for any domain; permissions differ.',
        ),
      authorizer: z
        .string()
        .regex(/^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:.+$/, 'the ARN of a Lambda function')
        .optional()
        .describe(
          'ARN of the Lambda function that refuses the revoked, as authorizers invoke it. Without it revoked clients are admitted.',
        ),
    })
    .describe('Mutual TLS of an API Gateway custom domain.');
}

/** The region, where the target names it. */
export function apiGatewayAccountRegion({ region }: ApiGatewayTarget): { readonly region?: string } {
  return region === undefined ? {} : { region };
}
