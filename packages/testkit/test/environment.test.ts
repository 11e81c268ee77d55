import { type LocalAws, startLocalAws } from '@trustloom/local-aws';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  makeAlb,
  makeApiGateway,
  makeBucket,
  makeCloudFront,
  makeEnvironment,
  makeRolesAnywhere,
} from '../src/index.ts';

let local: LocalAws;
beforeAll(async () => {
  local = await startLocalAws();
});
beforeEach(() => local.reset());
afterAll(() => local.close());

const account = '222222222222';

describe('places as a team has them', () => {
  it('a load balancer: https without client authentication, and a bypass on port 80', async () => {
    const made = await makeAlb({ local });
    expect(made.listenerArn).toContain(`eu-west-1:${account}:listener/app/edge/`);
    const edges = local.edges().map(({ kind, protocol, servicePort }) => ({ kind, protocol, servicePort }));
    expect(edges).toEqual([
      { kind: 'alb', protocol: 'https', servicePort: 443 },
      { kind: 'alb', protocol: 'http', servicePort: 80 },
    ]);
    const mutual = local.state().elbv2[0]?.state.listeners.get(made.listenerArn)?.mutual;
    expect(mutual?.Mode ?? 'off').toBe('off');
  });

  it('a distribution: https only, HTTP/2, no client authentication', async () => {
    const made = await makeCloudFront({ local });
    const held = local.state().cloudfront.find((one) => one.account === account)?.state;
    const config = held?.distributions.get(made.distributionId)?.config;
    expect(config).toMatchObject({
      HttpVersion: 'http2',
      DefaultCacheBehavior: { ViewerProtocolPolicy: 'https-only' },
    });
    expect(config?.ViewerMtlsConfig).toBeUndefined();
  });

  it.each(['http', 'rest'] as const)('a custom domain with a %s API behind it', async (kind) => {
    const made = await makeApiGateway({ local }, 'api.example.com', kind);
    const held = local.state().apiGateway.find((one) => one.account === account)?.state;
    expect(held?.domains.get(made.domain)).toMatchObject({ endpointType: 'REGIONAL', truststore: undefined });
    expect(held?.domains.get(made.domain)?.mappings).toHaveLength(1);
    expect(held?.apis.get(made.apiId)?.disableExecuteApiEndpoint).toBe(false);
  });

  it('a Roles Anywhere profile, and no anchor', async () => {
    const made = await makeRolesAnywhere({ local });
    const held = local.state().rolesAnywhere.find((one) => one.account === account)?.state;
    expect([...(held?.profiles.values() ?? [])]).toMatchObject([
      { arn: made.profileArn, enabled: true, roleArns: [made.roleArn] },
    ]);
    expect(held?.anchors.size).toBe(0);
  });

  it('all four at once', async () => {
    const environment = await makeEnvironment({ local, region: 'eu-central-1' });
    expect(Object.keys(environment)).toEqual(['web', 'edge', 'api', 'jobs']);
    expect(environment.edge.listenerArn).toContain(':eu-central-1:');
  });

  it('a bucket that keeps versions', async () => {
    const { bucket } = await makeBucket({ local });
    expect(local.state().s3).toMatchObject([
      { name: bucket, account, region: 'eu-west-1', versioning: 'Enabled' },
    ]);
    expect(bucket).toBe(`trustloom-${account}-eu-west-1`);
  });
});
