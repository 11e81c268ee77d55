import { type AccountRegion, defined, zod } from '@trustloom/core/adapter';
import type { z as Zod } from 'zod';

/**
 * How a target on an Application Load Balancer is written in a definition, under `alb`. zod is
 * loaded when the schema is made.
 *
 * @example
 * const target = albTarget().parse({ listeners: ['arn:aws:elasticloadbalancing:...:listener/app/edge/...'] })
 */
export function albTarget() {
  const z = zod();
  const listener = z
    .string()
    .regex(
      /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/app\/[^/]+\/[0-9a-f]+\/[0-9a-f]+$/,
      'the ARN of a listener of an Application Load Balancer',
    );
  return z
    .strictObject({
      listeners: z
        .array(listener)
        .min(1)
        .refine((arns) => new Set(arns).size === arns.length, 'a listener stands here twice')
        .describe('ARNs of the HTTPS listeners that ask for client certificates; all in one region.'),
      mode: z
        .enum(['verify', 'passthrough', 'off'])
        .default('verify')
        .describe(
          'verify refuses clients without a trusted certificate; passthrough hands every certificate on; off asks for none.',
        ),
      advertiseCaNames: z
        .boolean()
        .default(false)
        .describe('Send the names of the trusted CAs to clients, so that they can choose a certificate.'),
      ignoreExpiry: z.boolean().default(false).describe('Admit expired client certificates.'),
      trustStore: z
        .string()
        .regex(
          /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:truststore\/[^/]+\/[0-9a-f]+$/,
          'the ARN of a trust store',
        )
        .optional()
        .describe('ARN of an existing trust store to take over; needs the consent adopt:<ARN>.'),
    })
    .refine(
      ({ listeners, trustStore }) =>
        new Set([...listeners, ...(trustStore === undefined ? [] : [trustStore])].map(regionAndAccount))
          .size === 1,
      'listeners and trust store must lie in one account and region',
    )
    .describe('A trust store for HTTPS listeners of an Application Load Balancer.');
}

/** A target as the definition gives it. */
export type AlbTarget = Zod.infer<ReturnType<typeof albTarget>>;

/** Account and region, read off the first listener. */
export function albAccountRegion({ listeners: [first = ''] }: AlbTarget): Partial<AccountRegion> {
  const [, , , region, account] = first.split(':');
  return defined({ account, region });
}

/** `eu-west-1:222222222222` of an ARN. */
function regionAndAccount(arn: string): string {
  return arn.split(':').slice(3, 5).join(':');
}
