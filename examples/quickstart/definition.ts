/**
 * The definition of the story, as a team would write it; what is in angle brackets is filled in.
 */
export function definitionText(ids: {
  readonly bucket: string;
  readonly distribution: string;
  readonly listener: string;
  readonly domain: string;
  readonly authorizer: string;
  readonly profile: string;
  readonly role: string;
}): string {
  return `name: acme
state: apps/eu-west-1
groups:
  devices: { serverlessCa: { bucket: ${ids.bucket} }, account: ca }
accounts:
  ca: { assumeRole: "arn:aws:iam::111111111111:role/trustloom-read" }
  apps: { id: "222222222222" }
targets:
  web: { account: apps, trust: [devices], cloudfront: { distributions: [${ids.distribution}] } }
  edge: { account: apps, trust: [devices], alb: { listeners: ["${ids.listener}"] } }
  api:
    account: apps
    trust: [devices]
    apiGateway: { region: eu-west-1, domain: ${ids.domain}, authorizer: "${ids.authorizer}" }
  jobs:
    account: apps
    trust: [devices]
    rolesAnywhere: { region: eu-west-1, probe: { profile: "${ids.profile}", role: "${ids.role}" } }
`;
}
