import { ApiGatewayV2Client, UpdateApiCommand } from '@aws-sdk/client-apigatewayv2';
import {
  DeleteListenerCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type AuthorizerEvent, createAuthorizer, s3Objects } from '@trustloom/api-gateway/authorizer';
import type { LocalAws } from '@trustloom/local-aws';
import { createSession } from '@trustloom/roles-anywhere/create-session';
import {
  makeAlb,
  makeApiGateway,
  makeBucket,
  makeCloudFront,
  makeRolesAnywhere,
  type TestClock,
  type TestLeaf,
} from '@trustloom/testkit';
import type { TargetInput } from '../../src/define.ts';
import { account } from '../support/local.ts';
import { knockEdge } from '../support/team.ts';
import { type Kind, regions, type SiteKey, type WalkTarget } from './target.ts';

/** What a target of a definition says of the site where it is. */
type SiteInput = WithoutTrust<TargetInput>;
type WithoutTrust<Input> = Input extends unknown ? Omit<Input, 'trust' | 'was'> : never;

/** One thing to which a target is attached, and where clients knock. */
export interface Site {
  readonly key: SiteKey;
  readonly kind: Kind;
  readonly region: string;
  /** Id or ARN of it; of Roles Anywhere the region. */
  readonly resource: string;
  /** The target of the definition that is attached here. */
  input(target: WalkTarget): SiteInput;
  /** True when the client is admitted. */
  admits(client: TestLeaf): Promise<boolean>;
}

const lambdaOf = (number: number) => `arn:aws:lambda:eu-west-1:${account.id}:function:revocation-${number}`;

/** Makes all sites on a local AWS. */
export async function makeSites(local: LocalAws, clock: TestClock): Promise<Readonly<Record<SiteKey, Site>>> {
  const buckets = new Map<string, Awaited<ReturnType<typeof makeBucket>>>();
  for (const region of regions) buckets.set(region, await makeBucket({ local, region }));
  const own = buckets.get('eu-west-1');
  if (own === undefined) throw new TypeError('no bucket');
  const sites: Site[] = [];
  for (const number of [1, 2]) {
    sites.push(await cloudFrontSite(local, number));
    sites.push(await albSite(local, number));
    const domain = `api${number}.example.com`;
    const authorizer = createAuthorizer({
      objects: s3Objects({ bucket: own.bucket, owner: account.id, client: own.s3 }),
      manifest: `acme/authorizers/eu-west-1/${domain}.json`,
      pollMs: 0,
      now: clock.now,
      log: () => undefined,
    });
    local.lambda(lambdaOf(number), (event) => authorizer(event as AuthorizerEvent));
    sites.push(await apiSite(local, number, domain));
    sites.push(await rolesAnywhereSite(local, number));
  }
  return Object.fromEntries(sites.map((site) => [site.key, site])) as Record<SiteKey, Site>;
}

const edgeOf = (local: LocalAws, host: string) =>
  local.edges().find(({ hosts }) => hosts.includes(host))?.resource ?? host;

async function cloudFrontSite(local: LocalAws, number: number): Promise<Site> {
  const { distributionId, domainName } = await makeCloudFront({ local }, `web${number}`);
  return {
    key: `web${number}` as SiteKey,
    kind: 'cloudfront',
    region: 'us-east-1',
    resource: distributionId,
    input: ({ mode, ignoreExpiry }) => ({
      account: account.id,
      cloudfront: {
        distributions: [distributionId],
        ...(mode === undefined ? {} : { mode: 'optional' }),
        ...(ignoreExpiry === undefined ? {} : { ignoreExpiry }),
      },
    }),
    admits: async (client) => (await knockEdge(local, edgeOf(local, domainName), client)) === 'in',
  };
}

async function albSite(local: LocalAws, number: number): Promise<Site> {
  const { listenerArn, bypassArn } = await makeAlb({ local }, `lb${number}`);
  const config = local.clientConfig('elasticloadbalancing', { account: account.id, region: 'eu-west-1' });
  await new ElasticLoadBalancingV2Client(config).send(new DeleteListenerCommand({ ListenerArn: bypassArn }));
  return {
    key: `lb${number}` as SiteKey,
    kind: 'alb',
    region: 'eu-west-1',
    resource: listenerArn,
    input: ({ mode, ignoreExpiry }) => ({
      alb: {
        listeners: [listenerArn],
        ...(mode === undefined ? {} : { mode: 'off' }),
        ...(ignoreExpiry === undefined || mode !== undefined ? {} : { ignoreExpiry }),
      },
    }),
    admits: async (client) => (await knockEdge(local, listenerArn, client)) === 'in',
  };
}

async function apiSite(local: LocalAws, number: number, domain: string): Promise<Site> {
  const region = 'eu-west-1';
  const { apiId } = await makeApiGateway({ local }, domain, 'http', { arn: lambdaOf(number) });
  const client = new ApiGatewayV2Client(local.clientConfig('apigateway', { account: account.id, region }));
  // Otherwise revocation would be enforced on one of two ways in.
  await client.send(new UpdateApiCommand({ ApiId: apiId, DisableExecuteApiEndpoint: true }));
  return {
    key: `api${number}` as SiteKey,
    kind: 'apiGateway',
    region,
    resource: domain,
    input: ({ noAuthorizer }) => ({
      account: account.id,
      apiGateway: {
        region,
        domain,
        api: 'http',
        ...(noAuthorizer ? {} : { authorizer: lambdaOf(number) }),
      },
    }),
    admits: async (one) => (await knockEdge(local, edgeOf(local, domain), one)) === 'in',
  };
}

async function rolesAnywhereSite(local: LocalAws, number: number): Promise<Site> {
  const region = regions[number - 1] ?? 'eu-west-1';
  const { profileArn, roleArn } = await makeRolesAnywhere({ local, region });
  // Copies of the whole state are dear: anchors are looked up again when another was made.
  let seen: { readonly calls: number; readonly arns: readonly string[] } = { calls: -1, arns: [] };
  const anchors = () => {
    const calls = local.calls().filter(({ action }) => /TrustAnchor$/.test(action)).length;
    if (calls !== seen.calls) seen = { calls, arns: anchorsIn(local, region) };
    return seen.arns;
  };
  return {
    key: `ra${number}` as SiteKey,
    kind: 'rolesAnywhere',
    region,
    resource: region,
    input: () => ({ account: account.id, rolesAnywhere: { region } }),
    async admits(client) {
      const [, ...above] = client.chainPem.split(/(?<=-----END CERTIFICATE-----\n)/).filter(Boolean);
      const answers = await Promise.all(
        anchors().map((trustAnchorArn) =>
          createSession({
            endpoint: local.url,
            region,
            trustAnchorArn,
            profileArn,
            roleArn,
            certificatePem: client.pem,
            privateKeyPem: client.keyPem,
            intermediatesPem: above,
            now: Date.now(),
          }),
        ),
      );
      return answers.some(({ status }) => status === 201);
    },
  };
}

function anchorsIn(local: LocalAws, region: string): readonly string[] {
  return local
    .state()
    .rolesAnywhere.filter((one) => one.region === region)
    .flatMap(({ state }) => [...state.anchors.values()].map(({ arn }) => arn));
}
