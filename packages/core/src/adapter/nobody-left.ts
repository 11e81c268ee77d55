import type { Finding } from '../errors/finding.ts';

/** Every CA that a target could let clients in through is revoked. */
export function nobodyLeft(target: string): Finding {
  return {
    code: 'nobody-left',
    severity: 'error',
    target,
    message: `${target}: every CA that could let clients in here is revoked by its issuer; nobody new is trusted here, and what stands goes by its consents`,
    source: 'RFC 5280, 6.1.3 (a)(3)',
  };
}
