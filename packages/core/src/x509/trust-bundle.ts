import { TrustloomError } from '../errors/error.ts';
import type { Finding } from '../errors/finding.ts';
import { type Certificate, uniqueCertificates } from './certificate.ts';
import { readPem } from './pem.ts';
import { readCertificate } from './x509.ts';

/**
 * Reads a bundle as a source gives it, PEM or DER, in any order. Duplicates (by SHA-256 of the DER)
 * count once. A certificate that is no CA is a finding of severity error: a leaf in a trust store
 * would be trusted as if it were one.
 *
 * @param bytes the file
 * @param file its name, for messages
 * @throws TrustloomError `empty-bundle`, `private-key-in-bundle`, `pem-foreign-block`,
 *   `pem-headers`, `pem-malformed`, `certificate-malformed`
 * @example
 * const { certificates, findings } = parseBundle(await readFile('ca.pem'), 'ca.pem')
 */
export function parseBundle(
  bytes: Uint8Array | string,
  file: string,
): { readonly certificates: readonly Certificate[]; readonly findings: readonly Finding[] } {
  const blocks = readPem(bytes, file);
  const crlBlock = blocks.find(({ label }) => label === 'X509 CRL');
  if (crlBlock !== undefined) {
    throw new TrustloomError(
      'pem-foreign-block',
      `${file}:${crlBlock.line}:1: a CRL has no place in a bundle`,
      { context: { file, line: crlBlock.line } },
    );
  }
  if (blocks.length === 0)
    throw new TrustloomError('empty-bundle', `${file}: no certificate in this file`, { context: { file } });
  const seen = new Map<string, Certificate>();
  const findings: Finding[] = [];
  for (const { der, line } of blocks) {
    const certificate = readCertificate(der, `${file}:${line}:1`);
    const about = { about: certificate.sha256, at: { file, line, column: 1 } };
    if (seen.has(certificate.sha256)) {
      findings.push({
        code: 'duplicate-ca',
        severity: 'note',
        message: `${certificate.subject.text} stands here twice; it counts once`,
        ...about,
      });
    } else if (!certificate.isCa) {
      findings.push({
        code: 'not-a-ca',
        severity: 'error',
        message: `${certificate.subject.text} is not a CA (basicConstraints); name the CA that issued it`,
        source: 'RFC 5280, 4.2.1.9',
        ...about,
      });
    }
    seen.set(certificate.sha256, certificate);
  }
  return { certificates: [...seen.values()], findings };
}

/** Certificates without duplicates, by the SHA-256 of their DER: one order for any input. */
export function sortCertificates(certificates: readonly Certificate[]): readonly Certificate[] {
  return [...uniqueCertificates(certificates)].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
}

/**
 * The canonical bundle: sorted, no duplicates, no blank lines, no comments. The same set gives the
 * same bytes, whatever its order was; all four services take this form.
 */
export function bundlePem(certificates: readonly Certificate[]): string {
  return sortCertificates(certificates)
    .map(({ pem }) => pem)
    .join('');
}
