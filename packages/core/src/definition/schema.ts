import type { z as Zod } from 'zod';
import { zod } from '../util/lazy.ts';

/** Keys of a target that every kind has; all others name its kind. */
export const commonTargetKeys = ['account', 'region', 'trust', 'was', 'attach', 'anchors'] as const;

/** YAML reads `011111111111` as a number, and an octal one at that. */
function quoteIt(issue: { readonly input?: unknown }): string | undefined {
  return typeof issue.input === 'number' ? 'an account id is text: quote it, "222222222222"' : undefined;
}

/** Text that may be left out, but not be empty. */
function optionalText(z: typeof Zod, description: string) {
  return z.string().min(1).optional().describe(description);
}

/** What the schemas of targets and definitions are made of. */
function parts(z: typeof Zod) {
  const name = z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,62}$/, 'a name: a letter, then letters, digits, - and _, 63 at most');
  const account = z
    .string({ error: quoteIt })
    .min(1)
    .describe('Name of an entry of `accounts`, or twelve digits (quoted).');
  const duration = z.string().regex(/^\d+(s|m|h|d)$/, 'a duration such as 30s, 5m, 24h or 90d');

  const serverlessCa = z
    .strictObject({
      bucket: z
        .string()
        .min(3)
        .describe('External bucket of the CA, as its Terraform output `external_s3_bucket_name`.'),
      project: optionalText(
        z,
        "Project of the CA; read off the bucket's name where that has the module's own form.",
      ),
      env: optionalText(
        z,
        "Environment of the CA; read off the bucket's name where that has the module's own form.",
      ),
      prodEnvs: z
        .array(z.string())
        .optional()
        .describe('Environments whose objects carry no suffix; default prd and prod.'),
    })
    .describe('A Serverless CA: its bundle and both CRLs, by naming convention.');

  const group = z
    .strictObject({
      from: optionalText(z, 'Where the CA certificates are: a path, s3://bucket/key or https://...'),
      crls: z
        .array(z.string().min(1))
        .optional()
        .describe('Where the CRLs are; http:// is allowed too, since CRLs are signed.'),
      serverlessCa: serverlessCa.optional(),
      account: account.optional().describe('Account whose role reads the sources.'),
      leafLife: duration.optional().describe('Longest life of a client certificate of this group, as 365d.'),
      inventory: optionalText(
        z,
        'Where the serials that the CAs issued are, one a line in hex: a path, s3://bucket/key or https://... A compact form of revoked serials is laid out so that it refuses none of the valid ones.',
      ),
    })
    .describe('CAs that belong together.');

  const accountEntry = z
    .strictObject({
      id: z
        .string({ error: quoteIt })
        .regex(/^\d{12}$/, 'twelve digits, quoted')
        .optional()
        .describe('Twelve digits, quoted; used with the credentials available.'),
      assumeRole: z
        .string()
        .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'the ARN of a role')
        .optional()
        .describe('ARN of a role to assume.'),
      externalId: z.string().optional().describe('External id for the role.'),
    })
    .refine(({ id, assumeRole }) => (id === undefined) !== (assumeRole === undefined), {
      error: 'exactly one of `id` and `assumeRole`',
    })
    .describe('An account: its id, or the role to assume in it.');
  return { name, account, duration, group, accountEntry };
}

/** Schema of a target, with one key per adapter; what stands under it is checked by the adapter. */
function targetSchema(kinds: readonly string[]) {
  const z = zod();
  const { account } = parts(z);
  return z
    .strictObject({
      account: account.optional(),
      region: optionalText(z, 'AWS region, where the ARNs of the target do not tell it.'),
      trust: z.array(z.string()).min(1).describe('Groups that are trusted here.'),
      was: z
        .string()
        .min(1)
        .optional()
        .describe(
          'What the target was called before, after it was renamed; needed where it has no listener, distribution or domain by which it is known again.',
        ),
      attach: z
        .enum(['managed', 'external'])
        .optional()
        .describe(
          'external: somebody else owns the attachment; the content is kept, the attachment reported.',
        ),
      anchors: z
        .enum(['all', 'issuing'])
        .optional()
        .describe('issuing: only CAs that issue client certificates become anchors, which narrows reach.'),
      ...Object.fromEntries(kinds.map((kind) => [kind, z.unknown().optional()] as const)),
    })
    .describe('One place that must follow.');
}

/** Schema of a whole definition. */
export function definitionSchema(kinds: readonly string[]) {
  const z = zod();
  const { name, duration, group, accountEntry } = parts(z);
  return z.strictObject({
    name: name.describe('Name of the definition: the mark on everything that is made for it.'),
    state: z
      .string()
      .regex(
        /^[^/\s]+\/[a-z]{2}(-[a-z]+)+-\d$/,
        'an account and a region: "222222222222/eu-west-1" or apps/eu-west-1',
      )
      .describe('Where the state lies: account and region.'),
    bucket: z
      .string()
      .optional()
      .describe(
        'Bucket for the state and uploads; default trustloom-{account}-{region}, which are the only placeholders.',
      ),
    groups: z.record(name, group).describe('Groups of CAs, by name.'),
    revocation: z
      .strictObject({
        grace: duration
          .optional()
          .describe('How long a stale CRL is used where Trustloom owns the check; 0s denies at once.'),
        maxLag: duration
          .optional()
          .describe("Longest acceptable time from a CRL's issue to its enforcement."),
      })
      .optional()
      .describe('How long a stale CRL is used, and how fast a new one must be in force.'),
    accounts: z.record(name, accountEntry).optional().describe('Accounts by name.'),
    targets: z.record(name, targetSchema(kinds)).describe('Targets by name.'),
  });
}

/** A definition as its schema gives it. */
export type RawDefinition = Zod.infer<ReturnType<typeof definitionSchema>>;
