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
import { asService } from '@trustloom/core/adapter';
import { startLocalAws } from '@trustloom/local-aws';
import {
  type ApiKind,
  createTestClock,
  type EstateAuthorizer,
  knock,
  makeApiGateway,
  makeBucket,
  type TestCa,
  type TestLeaf,
} from '@trustloom/testkit';
import type { AuthorizerEvent, AuthorizerOptions } from '../../src/authorizer/index.ts';
import { apiGateway } from '../../src/index.ts';
import type { BuiltAuthorizer } from './bundle.ts';

export const place = { account: '222222222222', region: 'eu-west-1' };
export const lambda = 'arn:aws:lambda:eu-west-1:222222222222:function:revocation';
export const domain = 'api.example.com';
const hour = 3_600_000;

/** A domain with an authorizer on a fresh local AWS, and the whole product on it: CAs and lists are what `files` says. */
export async function openStory(
  built: BuiltAuthorizer,
  kind: ApiKind,
  settings: Partial<EstateAuthorizer> & { readonly answer?: 'policy' | 'simple' } = {},
) {
  const { answer = 'policy', ...authorizer } = settings;
  const clock = createTestClock();
  const local = await startLocalAws({ clock });
  await makeBucket({ local, ...place });
  const made = await makeApiGateway({ local, ...place }, domain, kind, { arn: lambda, ...authorizer });
  const { credentials } = local.clientConfig('sts', place);
  const env = {
    ...local.env,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const accounts = [{ name: 'apps', id: place.account }];
  const aws = openAws({ env, accounts, version: '0.0.0-test', clock, random: () => 0 });
  const adapter = apiGateway({
    v1: (at) => aws.client(APIGatewayClient, 'API Gateway', at),
    v2: (at) => aws.client(ApiGatewayV2Client, 'ApiGatewayV2', at),
  });
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
        record: 'apps/eu-west-1',
        accounts: { apps: { id: place.account } },
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
                apiGateway: { region: place.region, domain, api: kind, ...target },
              },
            },
      },
      { env: {}, services: [asService(adapter)] },
    );
    const uploads = createUploads(aws, { definition: 'acme' });
    const store = createStore(aws, { place, accountName: 'apps', definition: 'acme' });
    return createTrustloom({
      ...{
        definition,
        lock,
        services: [asService(adapter)],
        access: serviceAccess(aws),
        sources,
        uploads,
        store,
        clock,
      },
      holder: 'test',
    });
  };
  const s3 = new S3Client({ ...local.clientConfig('s3', place), forcePathStyle: true });
  const logged: string[] = [];
  /** Starts the function anew, as Lambda does. */
  const deploy = (options: Partial<AuthorizerOptions> = {}) => {
    const authorize = built.createAuthorizer({
      objects: built.s3Objects({
        bucket: `trustloom-${place.account}-${place.region}`,
        owner: place.account,
        client: s3,
      }),
      head: 'acme/authorizers/edge.json',
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
    rest: new APIGatewayClient(local.clientConfig('apigateway', place)),
    http: new ApiGatewayV2Client(local.clientConfig('apigateway', place)),
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
    leave: () => open(undefined, true).apply({ approve: 'any', allow: ['open:edge'] }),
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

/** What `openStory` gives. */
export type Story = Awaited<ReturnType<typeof openStory>>;
