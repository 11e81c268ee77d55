import type { CodeInfo } from '../code-info.ts';

/** Codes of CA certificates and bundles. */
export const bundleCodes = {
  'empty-bundle': {
    kind: 'refused',
    means: 'No CA certificate is left to trust.',
    advice: 'An empty bundle would lock everyone out, or admit everyone; name at least one CA.',
  },
  'private-key-in-bundle': {
    kind: 'refused',
    means: 'The input holds a private key.',
    advice: 'Remove the key from the file; treat it as exposed if the file was shared.',
  },
  'pem-foreign-block': {
    kind: 'input',
    means: 'The file holds a PEM block that is neither a certificate nor a CRL.',
    advice: 'Leave only CERTIFICATE blocks in a bundle, only one X509 CRL block in the file of a CRL.',
  },
  'pem-headers': {
    kind: 'input',
    means: 'A PEM block has headers inside.',
    advice: 'Export the certificate again, without headers.',
  },
  'pem-malformed': {
    kind: 'input',
    means: 'A PEM block is broken: no end, or text that is not base64.',
    advice: 'Export the file again; check that it was not cut.',
  },
  'certificate-malformed': {
    kind: 'input',
    means: 'The certificate is not valid DER, or not a certificate.',
    advice: 'Export the certificate again.',
  },
  'not-a-ca': {
    kind: 'input',
    means: 'The certificate is not a CA: basicConstraints does not say so.',
    advice: 'Name the issuing CA instead of a client certificate.',
  },
  'key-usage': {
    kind: 'input',
    means: 'The CA may not sign certificates: keyUsage lacks keyCertSign.',
    advice: 'Name the CA that issues the certificates.',
  },
  'ca-expired': {
    kind: 'input',
    means: 'The CA certificate is past its end.',
    advice: 'Name its renewed certificate.',
  },
  'ca-not-yet-valid': {
    kind: 'input',
    means: 'The CA certificate is not valid yet.',
    advice: 'Wait for its notBefore, or check the clock.',
  },
  'ca-expires-soon': {
    kind: 'input',
    means: 'The CA certificate ends soon.',
    advice: 'Renew the CA, and accept the new certificate.',
  },
  'duplicate-ca': {
    kind: 'input',
    means: 'The same certificate stands twice in the input.',
    advice: 'None: it is counted once.',
  },
  'certificate-version': {
    kind: 'input',
    means: 'The certificate is not X.509 version 3.',
    advice: 'Issue the CA again as version 3.',
  },
  'key-algorithm': {
    kind: 'input',
    means: 'The service does not take this kind or size of key.',
    advice: 'Use a CA with RSA 2048 to 4096 or P-256 or P-384, which all four services take.',
  },
  'signature-hash': {
    kind: 'input',
    means: 'The service does not take this signature algorithm.',
    advice: 'Issue the CA again with SHA-256 or stronger.',
  },
  'certificate-too-large': {
    kind: 'input',
    means: 'One certificate is larger than the service takes.',
    advice: 'Issue the CA with a smaller key or fewer extensions.',
  },
  'too-many-certificates': {
    kind: 'input',
    means: 'More CAs than one store takes.',
    advice: 'Split the group, or retire CAs that nobody uses.',
  },
  'bundle-too-large': {
    kind: 'input',
    means: 'The bundle is larger than the service takes.',
    advice: 'Split the group, or retire CAs.',
  },
  'incomplete-chain': {
    kind: 'input',
    means: 'The chain does not end in a self-signed root of the bundle.',
    advice: 'Add the missing issuers up to the root: the service builds chains inside its truststore only.',
  },
  'unknown-critical-extension': {
    kind: 'input',
    means: 'A critical extension is not understood.',
    advice: 'Clients of this CA may be refused; issue the CA without it.',
  },
} as const satisfies Readonly<Record<string, CodeInfo>>;
