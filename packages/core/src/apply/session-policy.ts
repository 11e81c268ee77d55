import type { JsonObject } from '../util/json.ts';

/**
 * An IAM policy that denies everything to sessions named after these serials: attach it to the
 * roles that the certificates could have. It works at once, on sessions that exist too.
 *
 * @param serials lower-case hex without leading zeros
 * @see AWS: IAM JSON policy elements, Condition keys: `aws:userid` of an assumed role is `<role
 *   id>:<session name>`
 */
export function denySessions(serials: readonly string[]): JsonObject {
  // Whether the name of a session is padded to whole bytes is not documented.
  const names = serials.flatMap((serial) => (serial.length % 2 === 0 ? [serial] : [serial, `0${serial}`]));
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TrustloomRevoked',
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { StringLike: { 'aws:userid': [...new Set(names)].sort().map((name) => `*:${name}`) } },
      },
    ],
  };
}
