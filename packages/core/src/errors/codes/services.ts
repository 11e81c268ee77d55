import {
  type CodeInfo,
  input,
  inputAlone,
  race,
  refused,
  service,
  serviceAlone,
  transient,
} from '../code-info.ts';

/** Codes of what the four services answer, and of what adapters find on them. */
export const serviceCodes = {
  'access-denied': service(
    'AWS denied the call.',
    'Grant the permission named; `docs/services` lists all that are needed.',
  ),
  throttled: transient('The service asks to slow down.', 'Apply again later; what was done stays.'),
  'service-unavailable': transient('The service did not answer, or failed inside.', 'Apply again.'),
  'service-refused': service('The service refused the call.', 'Read its answer.'),
  'object-changed': race('Somebody else changed the object in the meantime.', 'Plan again.'),
  'object-missing': race('An object that the step needs is gone.', 'Plan again.'),
  'name-taken': service(
    'An object without our ownership tag has the name that we would use.',
    'Rename it, or adopt it with --allow adopt:<id>.',
  ),
  'owned-by-another': service(
    'The ownership tags of an object name another definition or another target.',
    'Take it out of the definition that has it first; two that write to one object undo each other.',
  ),
  'quota-exceeded': service(
    'A quota of the account is used up.',
    'Ask AWS for more, or remove what is not used.',
  ),
  'settle-timeout': transient(
    'The service did not become ready in time.',
    'Look at its status, then apply again.',
  ),
  precondition: input(
    'Something that the service demands before mutual TLS is not so.',
    'Correct it at its owner; nothing is written on this target until then.',
  ),
  'attachment-missing': input(
    'A listener, distribution or domain that the definition names does not exist.',
    'Correct the definition, or make it.',
  ),
  'anchor-crl-limit': input(
    'More CRLs than a trust anchor takes.',
    'Make the issuing CAs anchors, not the CA above them.',
  ),
  'anchor-certificate-limit': input(
    'More certificates of one CA key than a trust anchor takes.',
    'Retire the older ones.',
  ),
  'anchor-foreign-crl': input(
    'A CRL on one of our trust anchors does not carry our ownership tag.',
    'Remove it: an anchor takes two CRLs.',
  ),
  'anchor-crl-missing': inputAlone(
    'A CRL cannot be put in place, so a trust anchor stays disabled.',
    'Fix the CRL; without it revoked clients would be admitted.',
  ),
  'anchor-any-role': input(
    'Every role that trusts Roles Anywhere can be had through any anchor of the account.',
    'Name the ARN of the anchor in the trust policy of each role (aws:SourceArn).',
  ),
  'truststore-warning': service(
    'API Gateway warns about a certificate of the truststore: it does not use it.',
    'Correct or retire the CA that it names.',
  ),
  'store-failed': service(
    'The trust store failed: CloudFront could not use its bundle.',
    'Read the reason; fix the CA that it names, then apply again.',
  ),
  'ocsp-no-url': input(
    'CloudFront shall ask OCSP responders, and certificates name none, so they are refused.',
    'Switch `ocsp` off; the connection function refuses the revoked without it.',
  ),
  'key-value-store-too-many': inputAlone(
    'The revoked serials of a CA do not fit the KeyValueStore beside those of the others, so all its clients are refused.',
    'Use the compact form where the message says that it fits, or give the CA a target of its own.',
  ),
  'key-value-store-same-name': input(
    'Two groups of a target have CAs of one name, and the connection function sees names alone.',
    'Put the CAs into one group if they are one CA, or give each group a target of its own.',
  ),
  'key-value-store-full': serviceAlone(
    'The new revocations of a CA do not fit the KeyValueStore in use, so all its clients are refused.',
    'Apply: it makes a larger store and swaps it in.',
  ),
  'key-value-store-unread': serviceAlone(
    'The KeyValueStore in use cannot be read, so it is neither changed nor replaced.',
    'Find out why; to start afresh, delete the connection function and the store by hand, then apply.',
  ),
  'key-value-store-wrong-denial': serviceAlone(
    'A valid serial of an inventory looks like a revoked one in the compact KeyValueStore.',
    'Apply: it makes a new store that tells them apart and swaps it in.',
  ),
  'setting-unknown': service(
    'Something that a step would replace has settings that this version does not know.',
    'Read which; update Trustloom, or take them away at the service.',
  ),
  'attachment-external': input(
    'An external attachment is not as the definition says.',
    'Its owner has to change it.',
  ),
  'attachment-foreign': input(
    'A trust store that is not ours, or a listener that is not named, stands in the way.',
    'Read which; name it in the definition, or detach it.',
  ),
  'attachment-unnamed': input(
    'A listener uses the trust store of a target, and the definition does not name it.',
    'Name it in `listeners`, or switch its mutual TLS off at the load balancer.',
  ),
  'bundle-unreadable': input(
    'The bundle in force is not one that can be read.',
    'Look at it by hand; replacing it needs the consent remove:<target>.',
  ),
  'crl-unusable': input(
    'A CA is to be trusted whose CRL was refused or has expired, so those whom it revoked are admitted.',
    'Fix the CRL; trusting the CA without it needs the consent relax:<target>.',
  ),
  'crl-count-differs': service(
    'The service counts other entries in a CRL than it has.',
    'Look at the CRL by hand; the one that it should replace stays until the count is right.',
  ),
  'authorizer-asked': input(
    'A target left the definition, and routes still ask the authorizer that reads what was published for it.',
    'Take the authorizer off these routes, deploy the stage, and apply again: then what was published is deleted. To have it gone at once, delete it by hand.',
  ),
} satisfies Readonly<Record<string, CodeInfo>>;

/** Codes of accounts, credentials, endpoints, S3 sources and uploads. */
export const awsCodes = {
  'wrong-account': input(
    'The credentials belong to another account than the definition names.',
    'Use the credentials of the account named, or correct its id.',
  ),
  'credentials-missing': input(
    'No AWS credentials were found.',
    'Sign in, name a profile, or set the environment variables of the AWS SDK.',
  ),
  'credentials-expired': input(
    'The AWS credentials have expired.',
    'Sign in again, then run the same command.',
  ),
  'credentials-invalid': input(
    'AWS does not know the credentials, or their signature does not match.',
    'Check the access key and its secret; check that the account still has it.',
  ),
  'clock-skew': input('The clock of this machine is too far from that of AWS.', 'Set the clock.'),
  'role-denied': service(
    'The role of an account may not be assumed.',
    'Check the trust policy of the role, its external id, and `sts:AssumeRole` of the caller.',
  ),
  'endpoint-invalid': input(
    'An endpoint is not an http or https address.',
    'Correct --endpoint-url, the AWS_ENDPOINT_URL variable or the profile named.',
  ),
  'endpoint-not-loopback': refused(
    'Some endpoint points to this machine, but this call would have gone elsewhere.',
    'Set AWS_ENDPOINT_URL for all services, or unset every endpoint variable.',
  ),
  'source-scheme': input(
    'The address of a source has a scheme that is not accepted there.',
    'Use a path, s3:// or https://; http:// is for CRLs only, because they are signed.',
  ),
  'source-unreachable': service(
    'A source did not give what it should.',
    'Check the address by hand; what was accepted before stays in force.',
  ),
  'source-denied': service(
    'A source may not be read.',
    'Grant s3:GetObject (and s3:GetObjectVersion), or read access to the file.',
  ),
  'source-too-large': input(
    'A source is larger than any trust store could hold.',
    'Check that the address names a CA bundle or a CRL.',
  ),
  'bucket-missing': input(
    'The bucket for artifacts or the state does not exist.',
    'Make it with the two commands printed, or name another with `bucket`.',
  ),
  'bucket-unversioned': input(
    'The bucket does not keep versions, so nothing in it can be pinned.',
    'Switch versioning on with the command printed.',
  ),
  'bucket-foreign-owner': refused(
    'The bucket belongs to another account than the one that would use it.',
    'Name a bucket of the account with `bucket`; who owns the bucket could swap the CAs in it.',
  ),
  'bucket-region': input(
    'The bucket lies in another region than the services that read from it.',
    'Make a bucket in the region of the target.',
  ),
} satisfies Readonly<Record<string, CodeInfo>>;
