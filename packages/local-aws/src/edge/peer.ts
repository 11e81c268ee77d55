import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { Presented } from './decide.ts';

/**
 * Certificates that the client sent, leaf first. Node gives them linked by issuer, so a certificate
 * that links to nothing is not among them; that changes no path.
 */
export function presentedBy(socket: TLSSocket): Presented {
  const chain: Uint8Array[] = [];
  const seen = new Set<string>();
  let next: Partial<DetailedPeerCertificate> | undefined = socket.getPeerCertificate(true);
  while (next?.raw && next.fingerprint256 && !seen.has(next.fingerprint256)) {
    seen.add(next.fingerprint256);
    chain.push(new Uint8Array(next.raw));
    next = next.issuerCertificate;
  }
  return chain;
}
