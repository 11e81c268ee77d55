import type { Crl } from '../crl/crl.ts';
import type { Finding } from '../errors/finding.ts';
import type { Certificate } from '../x509/certificate.ts';
import { caNames } from './ca-words.ts';

/**
 * A CRL that none of these CAs signed: by whom it says that it was issued, and whether one of them
 * has that name and another key.
 *
 * @param whose what the CAs are: `CA that is accepted or offered`
 * @see RFC 5280, 6.3.3 (f)
 */
export function unknownIssuer(crl: Crl, from: string, known: readonly Certificate[], whose: string): Finding {
  const namesakes = known.filter(({ subject }) => subject.der === crl.issuer.der);
  const message =
    namesakes.length > 0
      ? `the CRL of ${crl.issuer.text} is signed by another key than that of ${caNames(namesakes)}; it is not used. Name the CRL of that CA, or the CA that signed this one`
      : `no ${whose} signed this CRL (issuer ${crl.issuer.text}); it is not used. Accept its CA, or remove the address.`;
  return {
    code: 'crl-unknown-issuer',
    severity: 'error',
    about: crl.sha256,
    message: `${from}: ${message}`,
    source: 'RFC 5280, 6.3.3 (f)',
  };
}
