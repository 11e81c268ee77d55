import { zod } from '@trustloom/core/adapter';
import type { z } from 'zod';

/**
 * How a target on CloudFront is written in a definition, under `cloudfront`.
 *
 * @example
 * const target = cloudfrontTarget().parse({ distributions: ['E2EXAMPLE'] })
 */
export function cloudfrontTarget() {
  const z = zod();
  return z
    .strictObject({
      distributions: z
        .array(z.string().regex(/^E[A-Z0-9]{6,20}$/, 'the id of a distribution, as E2EXAMPLE'))
        .min(1)
        .describe('Ids of the distributions that ask for client certificates.'),
      mode: z
        .enum(['required', 'optional', 'passthrough'])
        .default('required')
        .describe(
          'required refuses clients without a trusted certificate; optional admits those without any; passthrough hands every certificate on.',
        ),
      advertiseCaNames: z
        .boolean()
        .default(false)
        .describe('Send the names of the trusted CAs to clients, so that they can choose a certificate.'),
      ignoreExpiry: z.boolean().default(false).describe('Admit expired client certificates.'),
      ocsp: z
        .boolean()
        .default(false)
        .describe(
          'Ask the OCSP responder that each certificate names; certificates without one are then refused.',
        ),
      revocation: z
        .enum(['exact', 'compact'])
        .default('exact')
        .describe(
          'How revoked serials stand in the KeyValueStore: exact takes about 190,000; compact about 620,000, and refuses a valid certificate by mistake with a chance of at most 2^-41.',
        ),
      trustStore: z
        .string()
        .regex(/^[A-Za-z0-9_-]+$/, 'the id of a trust store')
        .optional()
        .describe('Id of an existing trust store to take over; needs the consent adopt:<id>.'),
    })
    .describe('A trust store for CloudFront distributions.');
}

/** A target as the definition gives it. */
export type CloudfrontTarget = z.infer<ReturnType<typeof cloudfrontTarget>>;
