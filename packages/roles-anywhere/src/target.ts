import { defined } from '@trustloom/core';
import { z } from 'zod';

/** How a target on IAM Roles Anywhere is written in a definition, under `rolesAnywhere`. */
export const rolesAnywhereTarget = z
  .strictObject({
    region: z.string().min(1).optional().describe('AWS region of the trust anchors.'),
    probe: z
      .strictObject({
        profile: z
          .string()
          .regex(/^arn:aws[a-z-]*:rolesanywhere:[a-z0-9-]+:\d{12}:profile\/.+$/, 'the ARN of a profile')
          .describe('ARN of the profile with which `trustloom probe` asks for a session.'),
        role: z
          .string()
          .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'the ARN of a role')
          .describe('ARN of the role that it asks for.'),
      })
      .optional()
      .describe('What `trustloom probe` asks for; without it this target is not probed.'),
  })
  .describe('Trust anchors of IAM Roles Anywhere, one for each issuing CA. Hands out AWS credentials.');

/** A target as the definition gives it. */
export type RolesAnywhereTarget = z.infer<typeof rolesAnywhereTarget>;

/** The region, and the account where the probe tells it. */
export function rolesAnywherePlace({ region, probe }: RolesAnywhereTarget): {
  readonly account?: string;
  readonly region?: string;
} {
  const [, , , probeRegion, account] = probe?.profile.split(':') ?? [];
  const known = region ?? probeRegion;
  return { ...defined({ region: known, account }) };
}
