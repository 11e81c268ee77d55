/** Kinds of targets. */
export type Kind = 'cloudfront' | 'alb' | 'apiGateway' | 'rolesAnywhere';

/** Everything that a target can be attached to, in every scenario the same. */
export const siteKeys = ['web1', 'web2', 'lb1', 'lb2', 'api1', 'api2', 'ra1', 'ra2'] as const;
export type SiteKey = (typeof siteKeys)[number];

/** Regions with a bucket; the first has everything but one half of Roles Anywhere. */
export const regions = ['eu-west-1', 'eu-central-1', 'us-east-1'] as const;

const kinds: Readonly<Record<string, Kind>> = {
  web: 'cloudfront',
  lb: 'alb',
  api: 'apiGateway',
  ra: 'rolesAnywhere',
};

export function kindOfSite(site: SiteKey): Kind {
  const kind = kinds[site.slice(0, -1)];
  if (kind === undefined) throw new TypeError(site);
  return kind;
}

/** Groups of CAs that a scenario may have: `a` of one tier, `b` of two. */
export type GroupName = 'a' | 'b';

/** A target as a scenario has it: the settings are those that change who is admitted. */
export interface WalkTarget {
  readonly site: SiteKey;
  readonly trust: readonly GroupName[];
  readonly was?: string;
  readonly mode?: 'open';
  readonly ignoreExpiry?: true;
  readonly noAuthorizer?: true;
}
