import type { Finding } from '../errors/finding.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { Trust } from './target.ts';

/** True when every CA that a target could admit clients through is revoked. */
export function isNoneLeft({ cas, revoked }: Trust, anchors: readonly Certificate[]): boolean {
  const lost = new Set(revoked.map(({ sha256 }) => sha256));
  return lost.size > 0 && (anchors.length === 0 || cas.every(({ sha256 }) => lost.has(sha256)));
}

/** Every CA that a target could admit clients through is revoked. */
export function onlyRevokedCas(target: string): Finding {
  return {
    code: 'only-revoked-cas',
    severity: 'error',
    target,
    message: `${target}: every CA that could admit clients here is revoked by its issuer; no CA is added here, and what stands is removed only by its consents`,
    source: 'RFC 5280, 6.1.3 (a)(3)',
  };
}
