import { type CodeInfo, input, inputAlone, refused, refusedAlone } from '../code-info.ts';

/** Codes of CA certificates and bundles. */
export const bundleCodes = {
  'empty-bundle': refused(
    'No CA certificate is left to trust.',
    'An empty bundle would lock everyone out, or admit everyone; name at least one CA.',
  ),
  'private-key-in-bundle': refused(
    'The input holds a private key.',
    'Remove the key from the file; treat it as exposed if the file was shared.',
  ),
  'pem-foreign-block': input(
    'The file holds a PEM block that is neither a certificate nor a CRL.',
    'Leave only CERTIFICATE blocks in a bundle, only one X509 CRL block in the file of a CRL.',
  ),
  'pem-headers': input('A PEM block has headers inside.', 'Export the certificate again, without headers.'),
  'pem-malformed': input(
    'A PEM block is broken: no end, or text that is not base64.',
    'Export the file again; check that it was not cut.',
  ),
  'certificate-malformed': input(
    'The certificate is not valid DER, or not a certificate.',
    'Export the certificate again.',
  ),
  'not-a-ca': input(
    'The certificate is not a CA: basicConstraints does not say so.',
    'Name the issuing CA instead of a client certificate.',
  ),
  'key-usage': input(
    'The CA may not sign certificates: keyUsage lacks keyCertSign.',
    'Name the CA that issues the certificates.',
  ),
  'ca-expired': input('The CA certificate is past its end.', 'Name its renewed certificate.'),
  'ca-not-yet-valid': input(
    'The CA certificate is not valid yet.',
    'Wait for its notBefore, or check the clock.',
  ),
  'ca-expires-soon': input('The CA certificate ends soon.', 'Renew the CA, and accept the new certificate.'),
  'duplicate-ca': input('The same certificate stands twice in the input.', 'None: it is counted once.'),
  'certificate-version': input('The certificate is not X.509 version 3.', 'Issue the CA again as version 3.'),
  'key-algorithm': input(
    'The service does not take this kind or size of key.',
    'Use a CA with RSA 2048 to 4096 or P-256 or P-384, which all four services take.',
  ),
  'signature-hash': input(
    'The service does not take this signature algorithm.',
    'Issue the CA again with SHA-256 or stronger.',
  ),
  'certificate-too-large': input(
    'One certificate is larger than the service takes.',
    'Issue the CA with a smaller key or fewer extensions.',
  ),
  'too-many-certificates': input(
    'More CAs than one store takes.',
    'Split the group, or retire CAs that are not used.',
  ),
  'bundle-too-large': input(
    'The bundle is larger than the service takes.',
    'Split the group, or retire CAs.',
  ),
  'incomplete-chain': input(
    'The chain does not end in a self-signed root of the bundle.',
    'Add the missing issuers up to the root: the service builds chains inside its truststore only.',
  ),
  'unknown-critical-extension': input(
    'A critical extension is not understood.',
    'Clients of this CA may be refused; issue the CA without it.',
  ),
} satisfies Readonly<Record<string, CodeInfo>>;

/** Codes of CRLs. Most refuse the CRL alone: what is in force stays, and everything else goes on. */
export const crlCodes = {
  'crl-malformed': inputAlone(
    'The file is not a valid CRL in DER or PEM.',
    'Fetch it again; check that the address gives a CRL and not a page.',
  ),
  'crl-unknown-issuer': inputAlone(
    'No CA that is accepted or offered signed the CRL.',
    'Accept its CA, or remove the address.',
  ),
  'crl-required': inputAlone(
    'A group names CRLs, and of one of its CAs none was ever accepted: it is not granted anew, and mutual TLS is not enforced for the first time.',
    'Fix the source of the CRL, or take its address out of `crls`; only --allow unlisted:<sha256 of the CA> grants it without a CRL.',
  ),
  'crl-none': input(
    'No CRL is named for a group, or none is known of a CA whose clients are admitted: whom it revoked is admitted.',
    'Add the address of its CRL to `crls`; until then none of its clients can be revoked.',
  ),
  'crl-bad-signature': inputAlone(
    'The signature of the CRL does not verify.',
    'Do not use it; ask the CA. The CRL in force stays.',
  ),
  'crl-signature-unsupported': inputAlone(
    'The signature algorithm of the CRL is not supported here.',
    'Have the CRL signed with RSA or ECDSA and SHA-256 or stronger.',
  ),
  'crl-not-yet-valid': inputAlone(
    'The CRL begins in the future.',
    'Check the clocks of the CA and of this machine.',
  ),
  'crl-expired': inputAlone(
    'The CRL is past its nextUpdate.',
    'Have the CA publish a new one. It is not attached where the service checks dates; what is in force stays.',
  ),
  'crl-publication-stopped': inputAlone(
    'A CA has missed two issues of its CRL in a row: it has stopped publishing. Its last CRL stays in force.',
    'Name a second source of the CRL; or retire the CA and remove it with --allow remove:<sha256 of the CA>; or withdraw enforcement of its CRL with --allow readmit:<sha256 of the CRL>, which admits whom it refuses.',
  ),
  'crl-enforcement-withdrawn': input(
    'Enforcement of the last CRL of a CA that stopped publishing was withdrawn: the CA has no revocation in force.',
    'Replace the CA. A newer CRL of it, from any source of the definition, is accepted and enforced again.',
  ),
  'crl-nearly-full': input(
    'At the present rate of growth the service will soon not take the CRL any more.',
    'Have the CA prune expired serials, split it into several issuing CAs, or ask AWS for a higher quota where there is one.',
  ),
  'crl-older': refusedAlone(
    'The CRL is older than the one in force.',
    'Find out why the CA went back; only --allow readmit:<sha256 of the CRL> takes it.',
  ),
  'crl-number-back': refusedAlone(
    'The number of a newer CRL is lower than that of the one in force.',
    'None if the CA was re-created; otherwise ask the CA. The CRL is used if it lost nothing.',
  ),
  'crl-shrunk': refusedAlone(
    'A newer CRL lost more serials than expired certificates or released holds explain.',
    'Ask the CA. Set `leafLife` of the group where the CA drops expired certificates; otherwise only --allow readmit:<sha256 of the CRL> takes it.',
  ),
  'crl-serials-lost': input(
    'Serials left a CRL and nothing explains it.',
    'Ask the CA. They stay refused where Trustloom enforces revocation itself; Application Load Balancer and Roles Anywhere follow the CRL.',
  ),
  'crl-issuer-not-accepted': inputAlone(
    'The CRL comes from a CA that is offered, but neither accepted nor issued by an accepted one.',
    'Accept the CA; the CRL is used from then on.',
  ),
  'crl-copy-lost': input(
    'The copy of an accepted CRL that belongs to the state is gone or changed.',
    'Nothing to do if the sources give a newer CRL; what an older one had cannot be compared any more.',
  ),
  'ca-revoked': inputAlone(
    'An accepted CA stands in the CRL of its issuer.',
    'Consent to its removal with --allow remove:<sha256>, and retire it in the lock.',
  ),
  'only-revoked-cas': inputAlone(
    'Every CA through which clients are admitted on a target is revoked by its issuer.',
    'Let what stands go by the consents that the plan prints (--allow remove:<sha256>); accept the CA that takes over, or take the target out of the definition.',
  ),
  'crl-indirect': inputAlone(
    'The CRL is an indirect one: it may name certificates of other CAs.',
    'Name the CRL that the CA issues for its own certificates.',
  ),
  'crl-delta-base': inputAlone(
    'A delta CRL builds on a newer complete CRL than the one available; it says nothing until that comes.',
    'Name the complete CRL of the CA beside its delta CRL, and see why it is late.',
  ),
  'crl-partial': inputAlone(
    'The CRL is a delta CRL or a partition, and the service checks CRLs only as they were signed. Where Trustloom enforces revocation itself they are merged.',
    'Name the complete CRL of the CA, too.',
  ),
  'crl-too-large': inputAlone(
    'The CRL is larger than the service takes.',
    'Have the CA prune expired serials, or split it into several issuing CAs.',
  ),
  'crl-too-many-entries': input(
    'More entries than the service takes.',
    'Have the CA prune expired serials, or ask AWS for a higher quota.',
  ),
  'crl-negative-serial': input(
    'A negative serial in the CRL cannot be revoked by the service.',
    'Replace the certificate that has it; retire the CA if there are many.',
  ),
  'crl-empty': input(
    'The CRL has no entries.',
    'None: the service refuses empty CRLs, and nothing is revoked; it is put in place with its first entry.',
  ),
  'crl-no-next-update': input(
    'The CRL has no nextUpdate.',
    'RFC 5280 requires one; without it, it is unknown when a newer CRL is missing.',
  ),
  'expiry-ignored': input(
    'A target admits expired certificates, although CAs drop them from their CRLs once they have expired.',
    'Leave out `ignoreExpiry`, or have the CA keep expired serials in its CRL.',
  ),
  'crl-not-enforced': input(
    'Revoked clients are admitted: nothing checks the CRL here.',
    'See the service page for what enforces revocation there, and switch it on.',
  ),
  'crl-issuer-not-in-store': input(
    'The service takes no CRL of a CA that does not stand in its store.',
    'Accept the CA, or use `anchors: issuing` so that its clients are not admitted.',
  ),
} satisfies Readonly<Record<string, CodeInfo>>;
