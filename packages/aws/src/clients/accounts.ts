/** An account of the definition: its name there, its id, and the role that is used in it. */
export interface AwsAccount {
  readonly name: string;
  /** Twelve digits. */
  readonly id: string;
  /** ARN of the role to assume; absent: the credentials that the chain gives. */
  readonly assumeRole?: string;
  readonly externalId?: string;
}

/** Who the credentials of an account are, as STS tells. */
export interface CallerIdentity {
  /** Twelve digits. */
  readonly account: string;
  readonly arn: string;
}
