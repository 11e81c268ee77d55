import type { CodeInfo } from '../code-info.ts';

/** Codes of accounts, credentials, endpoints, S3 sources and uploads. */
export const awsCodes = {
  'wrong-account': {
    kind: 'input',
    means: 'The credentials belong to another account than the definition names.',
    advice: 'Use the credentials of the account named, or correct its id.',
  },
  'credentials-missing': {
    kind: 'input',
    means: 'No AWS credentials were found.',
    advice: 'Sign in, name a profile, or set the environment variables of the AWS SDK.',
  },
  'credentials-expired': {
    kind: 'input',
    means: 'The AWS credentials have expired.',
    advice: 'Sign in again, then run the same command.',
  },
  'credentials-invalid': {
    kind: 'input',
    means: 'AWS does not know the credentials, or their signature does not match.',
    advice: 'Check the access key and its secret; check that the account still has it.',
  },
  'clock-skew': {
    kind: 'input',
    means: 'The clock of this machine is too far from that of AWS.',
    advice: 'Set the clock.',
  },
  'role-denied': {
    kind: 'service',
    means: 'The role of an account may not be assumed.',
    advice: 'Check the trust policy of the role, its external id, and `sts:AssumeRole` of the caller.',
  },
  'endpoint-invalid': {
    kind: 'input',
    means: 'An endpoint is not an http or https address.',
    advice: 'Correct --endpoint-url, the AWS_ENDPOINT_URL variable or the profile named.',
  },
  'endpoint-not-loopback': {
    kind: 'refused',
    means: 'Some endpoint points to this machine, but this call would have gone elsewhere.',
    advice: 'Set AWS_ENDPOINT_URL for all services, or unset every endpoint variable.',
  },
  'source-scheme': {
    kind: 'input',
    means: 'The address of a source has a scheme that is not accepted there.',
    advice: 'Use a path, s3:// or https://; http:// is for CRLs only, because they are signed.',
  },
  'source-unreachable': {
    kind: 'service',
    means: 'A source did not give what it should.',
    advice: 'Check the address by hand; what was accepted before stays in force.',
  },
  'source-denied': {
    kind: 'service',
    means: 'A source may not be read.',
    advice: 'Grant s3:GetObject (and s3:GetObjectVersion), or read access to the file.',
  },
  'source-too-large': {
    kind: 'input',
    means: 'A source is larger than any trust store could hold.',
    advice: 'Check that the address names a CA bundle or a CRL.',
  },
  'bucket-missing': {
    kind: 'input',
    means: 'The bucket for artifacts or the state does not exist.',
    advice: 'Make it with the two commands printed, or name another with `bucket`.',
  },
  'bucket-unversioned': {
    kind: 'input',
    means: 'The bucket does not keep versions, so nothing in it can be pinned.',
    advice: 'Switch versioning on with the command printed.',
  },
  'bucket-foreign-owner': {
    kind: 'refused',
    means: 'The bucket belongs to another account than the one that would use it.',
    advice: 'Name a bucket of the account with `bucket`; who owns the bucket could swap the CAs in it.',
  },
  'bucket-region': {
    kind: 'input',
    means: 'The bucket lies in another region than the services that read from it.',
    advice: 'Make a bucket in the region of the target.',
  },
} as const satisfies Readonly<Record<string, CodeInfo>>;
