/**
 * An account and a region: where a target, an object or the state lies. CloudFront's region is
 * always us-east-1.
 */
export interface AccountRegion {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
}

/** `222222222222/eu-west-1`: one word for a place in texts, digests and keys. */
export function accountRegionText(accountRegion: AccountRegion): string {
  return `${accountRegion.account}/${accountRegion.region}`;
}
