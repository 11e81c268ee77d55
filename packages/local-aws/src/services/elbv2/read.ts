import type { Context } from '../service.ts';
import { ServiceError } from '../service.ts';
import { refusal } from './state.ts';

/**
 * Reads an S3 object with the caller's permission, or refuses with the operation's "not found"
 * code.
 */
export function readFor(
  ctx: Context,
  notFound: 'CaCertificatesBundleNotFound' | 'RevocationContentNotFound',
  where: { bucket: string; key: string; version: string | undefined },
): Uint8Array {
  const read = ctx.world.objects.read(where, ctx.caller);
  if (!read.ok) {
    // Which code a denied read has is not documented; AccessDenied is one of the common errors of
    // this API.
    if (read.why === 'denied')
      throw new ServiceError('AccessDenied', 403, 'The S3 object cannot be read by the caller');
    throw refusal(notFound, `The S3 object was not found (${read.why})`);
  }
  // Every sample has bucket and trust store in one region; across regions is unknown, and refused.
  if (read.region !== ctx.region) throw refusal(notFound, `The S3 bucket is not in ${ctx.region}`);
  return read.body;
}
