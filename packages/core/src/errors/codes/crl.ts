import type { CodeInfo } from '../code-info.ts';

/**
 * Codes of certificate revocation lists. Most refuse the list alone: what is in force stays, and
 * everything else goes on.
 */
export const crlCodes = {
  'crl-malformed': {
    kind: 'input',
    alone: true,
    means: 'The list is not a valid DER or PEM CRL.',
    advice: 'Fetch it again; check that the address gives a CRL and not a page.',
  },
  'crl-unknown-issuer': {
    kind: 'input',
    alone: true,
    means: 'No CA that is accepted or offered signed the list.',
    advice: 'Accept its CA, or remove the address.',
  },
  'crl-bad-signature': {
    kind: 'input',
    alone: true,
    means: 'The signature of the list does not verify.',
    advice: 'Do not use it; ask the CA. The list in force stays.',
  },
  'crl-signature-unsupported': {
    kind: 'input',
    alone: true,
    means: 'The signature algorithm of the list is not supported here.',
    advice: 'Have the list signed with RSA or ECDSA and SHA-256 or stronger.',
  },
  'crl-not-yet-valid': {
    kind: 'input',
    alone: true,
    means: 'The list begins in the future.',
    advice: 'Check the clocks of the CA and of this machine.',
  },
  'crl-expired': {
    kind: 'input',
    alone: true,
    means: 'The list is past its nextUpdate.',
    advice:
      'Have the CA publish a new one. It is not attached where the service checks dates; what is in force stays.',
  },
  'crl-publication-stopped': {
    kind: 'input',
    alone: true,
    means:
      'A CA has missed two issues of its list in a row: it has stopped publishing. Its last list stays in force.',
    advice:
      'Name a second source of the list; or retire the CA and let it go with --allow remove:<sha256 of the CA>; or let the list go with --allow readmit:<sha256 of the list>, which lets in whom it refuses.',
  },
  'crl-enforcement-withdrawn': {
    kind: 'input',
    means: 'The last list of a CA that stopped publishing was let go: the CA has no revocation in force.',
    advice:
      'Replace the CA. A newer list of it, from any source of the definition, is accepted and enforced again.',
  },
  'crl-nearly-full': {
    kind: 'input',
    means: 'At the present rate of growth the service will soon not take the list any more.',
    advice:
      'Have the CA prune expired serials, split it into several issuing CAs, or ask AWS for a higher quota where there is one.',
  },
  'crl-older': {
    kind: 'refused',
    alone: true,
    means: 'The list is older than the one in force.',
    advice: 'Find out why the CA went back; only --allow readmit:<sha256 of the list> takes it.',
  },
  'crl-number-back': {
    kind: 'refused',
    alone: true,
    means: 'The number of a newer list is lower than that of the one in force.',
    advice: 'None if the CA was re-created; otherwise ask the CA. The list is used if it lost nothing.',
  },
  'crl-shrunk': {
    kind: 'refused',
    alone: true,
    means: 'A newer list lost more serials than expired certificates or released holds explain.',
    advice:
      'Ask the CA. Set `leafLife` of the group where the CA drops expired certificates; otherwise only --allow readmit:<sha256 of the list> takes it.',
  },
  'crl-serials-lost': {
    kind: 'input',
    means: 'Serials left a list and nothing explains it.',
    advice:
      'Ask the CA. They stay refused where Trustloom owns the check; Application Load Balancer and Roles Anywhere follow the list.',
  },
  'crl-issuer-not-accepted': {
    kind: 'input',
    alone: true,
    means: 'The list comes from a CA that is offered, but neither accepted nor issued by an accepted one.',
    advice: 'Accept the CA; the list is used from then on.',
  },
  'crl-copy-lost': {
    kind: 'input',
    means: 'The copy of an accepted list that belongs to the record is gone or changed.',
    advice:
      'Nothing to do if the sources give a newer list; what an older one had cannot be compared any more.',
  },
  'ca-revoked': {
    kind: 'input',
    alone: true,
    means: 'An accepted CA stands in the list of its issuer.',
    advice: 'Consent to its removal with --allow remove:<sha256>, and retire it in the lock.',
  },
  'only-revoked-cas': {
    kind: 'input',
    alone: true,
    means: 'Every CA that could let clients in on a target is revoked by its issuer.',
    advice:
      'Let what stands go by the consents that the plan prints (--allow remove:<sha256>); accept the CA that takes over, or take the target out of the definition.',
  },
  'crl-indirect': {
    kind: 'input',
    alone: true,
    means: 'The list is an indirect one: it may name certificates of other CAs.',
    advice: 'Name the list that the CA issues for its own certificates.',
  },
  'crl-delta-base': {
    kind: 'input',
    alone: true,
    means:
      'A delta list builds on a newer complete list than the one at hand; it says nothing until that comes.',
    advice: 'Name the complete list of the CA beside its delta list, and see why it is late.',
  },
  'crl-partial': {
    kind: 'input',
    alone: true,
    means:
      'The list is a delta list or a partition, and the service checks lists only as they were signed. Checks of ours merge it.',
    advice: 'Name the complete list of the CA, too.',
  },
  'crl-too-large': {
    kind: 'input',
    alone: true,
    means: 'The list is larger than the service takes.',
    advice: 'Have the CA prune expired serials, or split it into several issuing CAs.',
  },
  'crl-too-many-entries': {
    kind: 'input',
    means: 'More entries than the service takes.',
    advice: 'Have the CA prune expired serials, or ask AWS for a higher quota.',
  },
  'crl-negative-serial': {
    kind: 'input',
    means: 'A negative serial in the list cannot be revoked by the service.',
    advice: 'Replace the certificate that has it; retire the CA if there are many.',
  },
  'crl-empty': {
    kind: 'input',
    means: 'The list has no entries.',
    advice:
      'None: the service refuses empty lists, and nothing is revoked; it is put in place with its first entry.',
  },
  'crl-no-next-update': {
    kind: 'input',
    means: 'The list has no nextUpdate.',
    advice: 'RFC 5280 requires one; without it nobody can tell that a newer list is missing.',
  },
  'expiry-ignored': {
    kind: 'input',
    means:
      'A target lets expired certificates in, although CAs drop them from their lists once they have expired.',
    advice: 'Leave out `ignoreExpiry`, or have the CA keep expired serials in its list.',
  },
  'crl-not-enforced': {
    kind: 'input',
    means: 'Revoked clients get in: nothing checks the list here.',
    advice: 'See the service page for what enforces revocation there, and switch it on.',
  },
  'crl-issuer-not-in-store': {
    kind: 'input',
    means: 'The service takes no list of a CA that does not stand in its store.',
    advice: 'Accept the CA, or use `anchors: issuing` so that its clients do not get in.',
  },
} as const satisfies Readonly<Record<string, CodeInfo>>;
