import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { S3Client } from '@aws-sdk/client-s3';
import { createStore, createUploads, openAws, serviceAccess } from '@trustloom/aws';
import {
  acceptCas,
  createTrustloom,
  definitionFromObject,
  emptyLock,
  type JsonObject,
  type Sources,
  type Trustloom,
  TrustloomError,
} from '@trustloom/core';
import { startLocalAws } from '@trustloom/local-aws';
import {
  type ApiKind,
  createTestClock,
  knock,
  makeApiGateway,
  makeBucket,
  type TestAuthorizer,
  type TestCa,
  type TestLeaf,
} from '@trustloom/testkit';
import { apiGateway } from '../../src/index.ts';
import type { AuthorizerEvent, AuthorizerOptions } from '../../src/revocation/authorizer/index.ts';
import type { BuiltAuthorizer } from './bundle.ts';

export const accountRegion = { account: '222222222222', region: 'eu-west-1' };
export const lambda = 'arn:aws:lambda:eu-west-1:222222222222:function:revocation';
export const domain = 'api.example.com';
const hour = 3_600_000;

/**
 * A domain with an authorizer on a fresh local AWS, and the whole product on it: CAs and CRLs are
 * what `files` says.
 */
export async function openScenario(
  built: BuiltAuthorizer,
  kind: ApiKind,
  settings: Partial<TestAuthorizer> & { readonly answer?: 'policy' | 'simple' } = {},
) {
  const { answer = 'policy', ...authorizer } = settings;
  const clock = createTestClock();
  const local = await startLocalAws({ clock });
  await makeBucket({ local, ...accountRegion });
  const made = await makeApiGateway({ local, ...accountRegion }, domain, kind, {
    arn: lambda,
    ...authorizer,
  });
  const { credentials } = local.clientConfig('sts', accountRegion);
  const env = {
    ...local.env,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const accounts = [{ name: 'apps', id: accountRegion.account }];
  const aws = openAws({ env, accounts, version: '0.0.0-test', clock, random: () => 0 });
  const files: Record<string, string | Uint8Array> = {};
  const sources: Sources = {
    async fetch({ text }) {
      const file = files[text];
      if (file === undefined) throw new TrustloomError('file-not-found', `${text}: no such file`);
      return { bytes: typeof file === 'string' ? new TextEncoder().encode(file) : file, from: text };
    },
  };
  let lock = emptyLock;
  const open = (target: JsonObject | undefined = { authorizer: lambda }, left = false): Trustloom => {
    const definition = definitionFromObject(
      {
        name: 'acme',
        state: 'apps/eu-west-1',
        accounts: { apps: { id: accountRegion.account } },
        groups: {
          devices: { from: 'ca.pem', crls: Object.keys(files).filter((name) => name.endsWith('.crl')) },
        },
        revocation: { grace: '1h' },
        targets: left
          ? {}
          : {
              edge: {
                account: 'apps',
                trust: ['devices'],
                apiGateway: { region: accountRegion.region, domain, api: kind, ...target },
              },
            },
      },
      { env: {}, services: [apiGateway] },
    );
    const uploads = createUploads(aws, { definition: 'acme' });
    const store = createStore(aws, { accountRegion, accountName: 'apps', definition: 'acme' });
    return createTrustloom({
      ...{
        definition,
        lock,
        services: [apiGateway],
        access: serviceAccess(aws),
        sources,
        uploads,
        store,
        clock,
      },
      holder: 'test',
    });
  };
  const s3 = new S3Client({ ...local.clientConfig('s3', accountRegion), forcePathStyle: true });
  const logged: string[] = [];
  /** Starts the function anew, as Lambda does. */
  const deploy = (options: Partial<AuthorizerOptions> = {}) => {
    const authorize = built.createAuthorizer({
      objects: built.s3Objects({
        bucket: `trustloom-${accountRegion.account}-${accountRegion.region}`,
        owner: accountRegion.account,
        client: s3,
      }),
      manifest: 'acme/authorizers/eu-west-1/api.example.com.json',
      answer,
      now: clock.now,
      log: (line) => void logged.push(line),
      ...options,
    });
    local.lambda(lambda, (event) => authorize(event as AuthorizerEvent));
  };
  deploy();
  let number = 0;
  return {
    ...made,
    local,
    clock,
    s3,
    logged,
    files,
    open,
    deploy,
    rest: new APIGatewayClient(local.clientConfig('apigateway', accountRegion)),
    http: new ApiGatewayV2Client(local.clientConfig('apigateway', accountRegion)),
    /** Trusts these CAs, and takes what they offer now. */
    async accept(...cas: readonly TestCa[]) {
      files['ca.pem'] = cas.map(({ pem }) => pem).join('');
      ({ lock } = acceptCas(lock, (await open().offers()).offers, 'all', clock.now()));
    },
    /** The CA publishes its next list. */
    publish(ca: TestCa, ...revoked: readonly TestLeaf[]) {
      number += 1;
      clock.advance(1000);
      const now = Math.floor(clock.now() / 1000) * 1000;
      const entries = revoked.map(({ serial }) => ({ serial }));
      files[`${ca.subject}.crl`] = ca.issueCrl({
        entries,
        number,
        thisUpdate: now,
        nextUpdate: now + 24 * hour,
      }).der;
    },
    apply: (allow: readonly string[] = ['enforce:edge']) => open().apply({ approve: 'any', allow }),
    /** Applies the definition without the target. */
    leave: () => open(undefined, true).apply({ approve: 'any', allow: ['relax:edge'] }),
    async knock(client?: TestLeaf, path = '/orders') {
      local.settle();
      const edge = local.edges().find(({ hosts }) => hosts.includes(domain));
      if (edge === undefined) throw new TypeError('the domain has no edge');
      return knock(edge, client, path);
    },
    async close() {
      aws.close();
      await local.close();
    },
  };
}

/** What `openScenario` gives. */
export type Scenario = Awaited<ReturnType<typeof openScenario>>;
