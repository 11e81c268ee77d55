import { defined } from '@trustloom/core';
import { z } from 'zod';

const listener = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/app\/[^/]+\/[0-9a-f]+\/[0-9a-f]+$/,
    'the ARN of a listener of an Application Load Balancer',
  );

/** How a target on an Application Load Balancer is written in a definition, under `alb`. */
export const albTarget = z
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
    ignoreExpiry: z.boolean().default(false).describe('Let expired client certificates in.'),
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
      new Set([...listeners, ...(trustStore === undefined ? [] : [trustStore])].map(placeOf)).size === 1,
    'listeners and trust store must lie in one account and region',
  )
  .describe('A trust store for HTTPS listeners of an Application Load Balancer.');

/** `eu-west-1:222222222222` of an ARN. */
function placeOf(arn: string): string {
  return arn.split(':').slice(3, 5).join(':');
}

/** A target as the definition gives it. */
export type AlbTarget = z.infer<typeof albTarget>;

/** Account and region, read off the first listener. */
export function albPlace(target: AlbTarget): { readonly account?: string; readonly region?: string } {
  const [, , , region, account] = (target.listeners[0] ?? '').split(':');
  return { ...defined({ account, region }) };
}
