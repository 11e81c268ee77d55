import { z } from 'zod';

/** How a target on API Gateway is written in a definition, under `apiGateway`. */
export const apiGatewayTarget = z
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
        'ARN of the Lambda function that refuses the revoked, as authorizers invoke it. Without it revoked clients get in.',
      ),
  })
  .describe('Mutual TLS of an API Gateway custom domain.');

/** A target as the definition gives it. */
export type ApiGatewayTarget = z.infer<typeof apiGatewayTarget>;

/** The region, where the target tells it. */
export function apiGatewayPlace({ region }: ApiGatewayTarget): { readonly region?: string } {
  return region === undefined ? {} : { region };
}
