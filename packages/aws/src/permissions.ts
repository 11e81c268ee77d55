/**
 * IAM actions that this package needs, by what for; adapters list theirs in `facts.permissions`.
 */
export const awsPermissions = Object.freeze({
  /** Reading sources, with the role of the group's account. */
  sources: Object.freeze(['s3:GetObject']),
  /** Putting artifacts; services then read them with the same credentials. */
  uploads: Object.freeze(['s3:GetBucketVersioning', 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject']),
  /** The state and its leases. */
  state: Object.freeze(['s3:GetBucketVersioning', 's3:GetObject', 's3:PutObject']),
  /** Roles of other accounts; GetCallerIdentity needs no permission. */
  accounts: Object.freeze(['sts:AssumeRole']),
});
