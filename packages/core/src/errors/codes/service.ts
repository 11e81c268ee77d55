import type { CodeInfo } from '../code-info.ts';

/** Codes of what the four services answer, and of what adapters find on them. */
export const serviceCodes = {
  'access-denied': {
    kind: 'service',
    means: 'AWS denied the call.',
    advice: 'Grant the permission named; `docs/services` lists all that are needed.',
  },
  throttled: {
    kind: 'transient',
    means: 'The service asks to slow down.',
    advice: 'Apply again later; what was done stays.',
  },
  'service-unavailable': {
    kind: 'transient',
    means: 'The service did not answer, or failed inside.',
    advice: 'Apply again.',
  },
  'service-refused': { kind: 'service', means: 'The service refused the call.', advice: 'Read its answer.' },
  'object-changed': {
    kind: 'race',
    means: 'Somebody else changed the object in the meantime.',
    advice: 'Plan again.',
  },
  'object-missing': { kind: 'race', means: 'An object that the step needs is gone.', advice: 'Plan again.' },
  'name-taken': {
    kind: 'service',
    means: 'An object without our ownership tag has the name that we would use.',
    advice: 'Rename it, or adopt it with --allow adopt:<id>.',
  },
  'quota-exceeded': {
    kind: 'service',
    means: 'A quota of the account is used up.',
    advice: 'Ask AWS for more, or remove what is not used.',
  },
  'settle-timeout': {
    kind: 'transient',
    means: 'The service did not become ready in time.',
    advice: 'Look at its status, then apply again.',
  },
  precondition: {
    kind: 'input',
    means: 'Something that the service demands before mutual TLS is not so.',
    advice: 'Correct it at its owner; nothing is written on this target until then.',
  },
  'attachment-missing': {
    kind: 'input',
    means: 'A listener, distribution or domain that the definition names does not exist.',
    advice: 'Correct the definition, or make it.',
  },
  'anchor-crl-limit': {
    kind: 'input',
    means: 'More CRLs than a trust anchor takes.',
    advice: 'Make the issuing CAs anchors, not the CA above them.',
  },
  'anchor-certificate-limit': {
    kind: 'input',
    means: 'More certificates of one CA key than a trust anchor takes.',
    advice: 'Retire the older ones.',
  },
  'anchor-foreign-crl': {
    kind: 'input',
    means: 'A CRL on one of our trust anchors does not carry our ownership tag.',
    advice: 'Remove it: an anchor takes two CRLs.',
  },
  'anchor-crl-missing': {
    kind: 'input',
    alone: true,
    means: 'A CRL cannot be put in place, so a trust anchor stays disabled.',
    advice: 'Fix the CRL; without it revoked clients would be admitted.',
  },
  'anchor-no-crl': {
    kind: 'input',
    means: 'No CRL is known of a CA whose clients are admitted through a trust anchor.',
    advice: 'Add the address of its CRL to `crls`; until then none of its clients can be revoked.',
  },
  'anchor-any-role': {
    kind: 'input',
    means: 'Every role that trusts Roles Anywhere can be had through any anchor of the account.',
    advice: 'Name the ARN of the anchor in the trust policy of each role (aws:SourceArn).',
  },
  'truststore-warning': {
    kind: 'service',
    means: 'API Gateway warns about a certificate of the truststore: it does not use it.',
    advice: 'Correct or retire the CA that it names.',
  },
  'store-failed': {
    kind: 'service',
    means: 'The trust store failed: CloudFront could not use its bundle.',
    advice: 'Read the reason; fix the CA that it names, then apply again.',
  },
  'ocsp-no-url': {
    kind: 'input',
    means: 'CloudFront shall ask OCSP responders, and certificates name none, so they are refused.',
    advice: 'Switch `ocsp` off; the connection function refuses the revoked without it.',
  },
  'key-value-store-too-many': {
    kind: 'input',
    means: 'The revoked serials do not fit one KeyValueStore.',
    advice:
      'Use the compact form where the message says that it fits, or spread the CAs over several targets.',
  },
  'key-value-store-short-serial': {
    kind: 'input',
    means: 'Several CAs share a connection function, and one of them revoked serials of less than 64 bits.',
    advice: 'Give that CA a target of its own, or let it issue random serials of 64 bits and more.',
  },
  'key-value-store-ca-serial': {
    kind: 'input',
    means:
      'A CA in good standing has the serial of a certificate that another CA revoked, and the connection function sees serials alone.',
    advice:
      'Have CAs issue random serials of 64 bits and more, renew the CA with another serial, or let the CA that only issues clients have path length 0.',
  },
  'key-value-store-full': {
    kind: 'service',
    alone: true,
    means: 'Some serials do not fit the buckets of the KeyValueStore any more.',
    advice: 'Apply: it makes a new store and swaps it in.',
  },
  'key-value-store-wrong-denial': {
    kind: 'service',
    alone: true,
    means: 'A valid serial of an inventory looks like a revoked one in the compact KeyValueStore.',
    advice: 'Apply: it makes a new store that tells them apart and swaps it in.',
  },
  'attachment-external': {
    kind: 'input',
    means: 'An external attachment is not as the definition says.',
    advice: 'Its owner has to change it.',
  },
  'attachment-foreign': {
    kind: 'input',
    means: 'A trust store that is not ours, or a listener that is not named, stands in the way.',
    advice: 'Read which; name it in the definition, or detach it.',
  },
  'bundle-unreadable': {
    kind: 'input',
    means: 'The bundle in force is not one that can be read.',
    advice: 'Look at it by hand; replacing it needs the consent remove:<target>.',
  },
  'crl-unusable': {
    kind: 'input',
    means:
      'A CA is to be trusted whose CRL was refused or has expired, so those whom it revoked are admitted.',
    advice: 'Fix the CRL; trusting the CA without it needs the consent relax:<target>.',
  },
  'crl-count-differs': {
    kind: 'service',
    means: 'The service counts other entries in a CRL than it has.',
    advice: 'Look at the CRL by hand; the one that it should replace stays until the count is right.',
  },
  'authorizer-asked': {
    kind: 'input',
    means:
      'A target left the definition, and routes still ask the authorizer that reads what was published for it.',
    advice:
      'Take the authorizer off these routes, deploy the stage, and apply again: then what was published is deleted. To have it gone at once, delete it by hand.',
  },
} as const satisfies Readonly<Record<string, CodeInfo>>;
