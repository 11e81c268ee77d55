import { type AccountRegion, defined, type StandardSchemaV1, zod } from '@trustloom/core/adapter';

/** How a target on IAM Roles Anywhere is written in a definition, under `rolesAnywhere`. */
export interface RolesAnywhereTarget {
  /** AWS region of the trust anchors. */
  readonly region?: string | undefined;
  /** What `trustloom probe` asks for; without it this target is not probed. */
  readonly probe?:
    | {
        /** ARN of the profile with which it asks for a session. */
        readonly profile: string;
        /** ARN of the role that it asks for. */
        readonly role: string;
      }
    | undefined;
}

/** Schema of a target. */
export function rolesAnywhereTarget(): StandardSchemaV1<unknown, RolesAnywhereTarget> {
  const z = zod();
  return z
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
}

/** The region, and the account where the probe names it. */
export function rolesAnywhereAccountRegion({ region, probe }: RolesAnywhereTarget): Partial<AccountRegion> {
  const [, , , probeRegion, account] = probe?.profile.split(':') ?? [];
  return defined({ region: region ?? probeRegion, account });
}
