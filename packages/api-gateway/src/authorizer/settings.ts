import type { AuthorizerOptions } from './authorizer.ts';
import { s3Objects } from './objects.ts';

/**
 * Settings from environment variables:
 *
 * - `TRUSTLOOM_HEAD`: `s3://<bucket>/<definition>/authorizers/<target>.json`; needed
 * - `TRUSTLOOM_BUCKET_OWNER`: account that must own the bucket
 * - `TRUSTLOOM_POLL_SECONDS`: default 10
 * - `TRUSTLOOM_ANSWER`: `policy` (default) or `simple`
 *
 * @throws RangeError when one of them cannot be
 */
export function settingsFrom(env: Readonly<Record<string, string | undefined>>): AuthorizerOptions {
  const { TRUSTLOOM_HEAD, TRUSTLOOM_BUCKET_OWNER: owner } = env;
  const { TRUSTLOOM_ANSWER: answer = 'policy', TRUSTLOOM_POLL_SECONDS: seconds = 10 } = env;
  const [, bucket, head] = /^s3:\/\/([^/]+)\/(.+)$/.exec(TRUSTLOOM_HEAD ?? '') ?? [];
  const pollMs = Number(seconds) * 1000;
  if (!bucket || !head || !(pollMs >= 0) || (answer !== 'policy' && answer !== 'simple'))
    throw new RangeError('TRUSTLOOM_HEAD, _POLL_SECONDS or _ANSWER');
  return {
    objects: s3Objects({ bucket, owner }),
    head,
    pollMs,
    answer,
    now: Date.now,
    log: (line) => process.stdout.write(`${line}\n`),
  };
}
