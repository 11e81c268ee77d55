import type { Finding } from '../errors/finding.ts';
import type { PlannedTarget } from '../plan/plan.ts';
import type { Prepared } from '../plan/prepared.ts';
import { caExpired, caExpiresSoon } from '../preflight/certificate-rules.ts';
import { checkCertificate } from '../preflight/index.ts';
import { defined } from '../util/defined.ts';
import type { Instant } from '../util/time.ts';

/** A CA that a target holds and that ends within this is a warning. */
const endsSoonMs = 30 * 86_400_000;

/**
 * CAs drop expired serials from their CRLs, so where expiry is ignored a revoked client may come
 * back.
 */
export function expiryIgnored({ name, content }: PlannedTarget): readonly Finding[] {
  return (content?.attachments ?? [])
    .filter(({ ignoresExpiry }) => ignoresExpiry)
    .map(({ id }) => ({
      code: 'expiry-ignored',
      severity: 'warning',
      target: name,
      about: id,
      message: `${name}: ${id} admits expired certificates; CAs drop them from their CRLs, so that a revoked one may be admitted again`,
      source: 'RFC 5280, 3.3',
    }));
}

/** CAs that a target holds and that end soon, or have ended: the rules of the pre-flight. */
export function endingCas(
  target: Prepared['targets'][number] | undefined,
  { known }: Prepared['resolved'],
  now: Instant,
): readonly Finding[] {
  const { cas = [] } = target?.observed?.content ?? {};
  if (target === undefined || cas === 'unknown') return [];
  return cas
    .flatMap(({ sha256, certificate }) => certificate ?? known.find((one) => one.sha256 === sha256) ?? [])
    .filter(({ notAfter }) => notAfter - now <= endsSoonMs)
    .flatMap((ca) => checkCertificate(ca, target.bound.info, now, [caExpired, caExpiresSoon]))
    .map(({ code, severity, message, source, about }) => ({
      code,
      severity,
      target: target.name,
      message: `${target.name}: ${message}`,
      ...defined({ source, about }),
    }));
}
