import type { CodeInfo } from '../code-info.ts';

/**
 * Codes of CRLs. Most refuse the CRL alone: what is in force stays, and everything else goes on.
 */
export const crlCodes = {
  'crl-malformed': {
    kind: 'input',
    alone: true,
    means: 'The file is not a valid CRL in DER or PEM.',
    advice: 'Fetch it again; check that the address gives a CRL and not a page.',
  },
  'crl-unknown-issuer': {
    kind: 'input',
    alone: true,
    means: 'No CA that is accepted or offered signed the CRL.',
    advice: 'Accept its CA, or remove the address.',
  },
  'crl-bad-signature': {
    kind: 'input',
    alone: true,
    means: 'The signature of the CRL does not verify.',
    advice: 'Do not use it; ask the CA. The CRL in force stays.',
  },
  'crl-signature-unsupported': {
    kind: 'input',
    alone: true,
    means: 'The signature algorithm of the CRL is not supported here.',
    advice: 'Have the CRL signed with RSA or ECDSA and SHA-256 or stronger.',
  },
  'crl-not-yet-valid': {
    kind: 'input',
    alone: true,
    means: 'The CRL begins in the future.',
    advice: 'Check the clocks of the CA and of this machine.',
  },
  'crl-expired': {
    kind: 'input',
    alone: true,
    means: 'The CRL is past its nextUpdate.',
    advice:
      'Have the CA publish a new one. It is not attached where the service checks dates; what is in force stays.',
  },
  'crl-publication-stopped': {
    kind: 'input',
    alone: true,
    means:
      'A CA has missed two issues of its CRL in a row: it has stopped publishing. Its last CRL stays in force.',
    advice:
      'Name a second source of the CRL; or retire the CA and remove it with --allow remove:<sha256 of the CA>; or withdraw enforcement of its CRL with --allow readmit:<sha256 of the CRL>, which admits whom it refuses.',
  },
  'crl-enforcement-withdrawn': {
    kind: 'input',
    means:
      'Enforcement of the last CRL of a CA that stopped publishing was withdrawn: the CA has no revocation in force.',
    advice:
      'Replace the CA. A newer CRL of it, from any source of the definition, is accepted and enforced again.',
  },
  'crl-nearly-full': {
    kind: 'input',
    means: 'At the present rate of growth the service will soon not take the CRL any more.',
    advice:
      'Have the CA prune expired serials, split it into several issuing CAs, or ask AWS for a higher quota where there is one.',
  },
  'crl-older': {
    kind: 'refused',
    alone: true,
    means: 'The CRL is older than the one in force.',
    advice: 'Find out why the CA went back; only --allow readmit:<sha256 of the CRL> takes it.',
  },
  'crl-number-back': {
    kind: 'refused',
    alone: true,
    means: 'The number of a newer CRL is lower than that of the one in force.',
    advice: 'None if the CA was re-created; otherwise ask the CA. The CRL is used if it lost nothing.',
  },
  'crl-shrunk': {
    kind: 'refused',
    alone: true,
    means: 'A newer CRL lost more serials than expired certificates or released holds explain.',
    advice:
      'Ask the CA. Set `leafLife` of the group where the CA drops expired certificates; otherwise only --allow readmit:<sha256 of the CRL> takes it.',
  },
  'crl-serials-lost': {
    kind: 'input',
    means: 'Serials left a CRL and nothing explains it.',
    advice:
      'Ask the CA. They stay refused where Trustloom enforces revocation itself; Application Load Balancer and Roles Anywhere follow the CRL.',
  },
  'crl-issuer-not-accepted': {
    kind: 'input',
    alone: true,
    means: 'The CRL comes from a CA that is offered, but neither accepted nor issued by an accepted one.',
    advice: 'Accept the CA; the CRL is used from then on.',
  },
  'crl-copy-lost': {
    kind: 'input',
    means: 'The copy of an accepted CRL that belongs to the state is gone or changed.',
    advice:
      'Nothing to do if the sources give a newer CRL; what an older one had cannot be compared any more.',
  },
  'ca-revoked': {
    kind: 'input',
    alone: true,
    means: 'An accepted CA stands in the CRL of its issuer.',
    advice: 'Consent to its removal with --allow remove:<sha256>, and retire it in the lock.',
  },
  'only-revoked-cas': {
    kind: 'input',
    alone: true,
    means: 'Every CA through which clients are admitted on a target is revoked by its issuer.',
    advice:
      'Let what stands go by the consents that the plan prints (--allow remove:<sha256>); accept the CA that takes over, or take the target out of the definition.',
  },
  'crl-indirect': {
    kind: 'input',
    alone: true,
    means: 'The CRL is an indirect one: it may name certificates of other CAs.',
    advice: 'Name the CRL that the CA issues for its own certificates.',
  },
  'crl-delta-base': {
    kind: 'input',
    alone: true,
    means:
      'A delta CRL builds on a newer complete CRL than the one available; it says nothing until that comes.',
    advice: 'Name the complete CRL of the CA beside its delta CRL, and see why it is late.',
  },
  'crl-partial': {
    kind: 'input',
    alone: true,
    means:
      'The CRL is a delta CRL or a partition, and the service checks CRLs only as they were signed. Where Trustloom enforces revocation itself they are merged.',
    advice: 'Name the complete CRL of the CA, too.',
  },
  'crl-too-large': {
    kind: 'input',
    alone: true,
    means: 'The CRL is larger than the service takes.',
    advice: 'Have the CA prune expired serials, or split it into several issuing CAs.',
  },
  'crl-too-many-entries': {
    kind: 'input',
    means: 'More entries than the service takes.',
    advice: 'Have the CA prune expired serials, or ask AWS for a higher quota.',
  },
  'crl-negative-serial': {
    kind: 'input',
    means: 'A negative serial in the CRL cannot be revoked by the service.',
    advice: 'Replace the certificate that has it; retire the CA if there are many.',
  },
  'crl-empty': {
    kind: 'input',
    means: 'The CRL has no entries.',
    advice:
      'None: the service refuses empty CRLs, and nothing is revoked; it is put in place with its first entry.',
  },
  'crl-no-next-update': {
    kind: 'input',
    means: 'The CRL has no nextUpdate.',
    advice: 'RFC 5280 requires one; without it, it is unknown when a newer CRL is missing.',
  },
  'expiry-ignored': {
    kind: 'input',
    means:
      'A target admits expired certificates, although CAs drop them from their CRLs once they have expired.',
    advice: 'Leave out `ignoreExpiry`, or have the CA keep expired serials in its CRL.',
  },
  'crl-not-enforced': {
    kind: 'input',
    means: 'Revoked clients are admitted: nothing checks the CRL here.',
    advice: 'See the service page for what enforces revocation there, and switch it on.',
  },
  'crl-issuer-not-in-store': {
    kind: 'input',
    means: 'The service takes no CRL of a CA that does not stand in its store.',
    advice: 'Accept the CA, or use `anchors: issuing` so that its clients are not admitted.',
  },
} as const satisfies Readonly<Record<string, CodeInfo>>;
