import { request } from 'node:https';
import { ApiGatewayV2Client, UpdateApiCommand } from '@aws-sdk/client-apigatewayv2';
import { type AuthorizerEvent, createAuthorizer, s3Objects } from '@trustloom/api-gateway/authorizer';
import type { LocalAws } from '@trustloom/local-aws';
import { createSession } from '@trustloom/roles-anywhere/create-session';
import {
  createTestClock,
  everyUnknown,
  makeBucket,
  makeEnvironment,
  serverlessCaBucket,
  startServerlessCa,
  type TestLeaf,
  type TestRolesAnywhere,
} from '@trustloom/testkit';
import type { DefinitionInput } from '../../src/define.ts';
import { account, openLocal } from './local.ts';
import { watchWrites } from './watched.ts';

const region = 'eu-west-1';
const lambda = `arn:aws:lambda:${region}:${account.id}:function:revocation`;

/** What became of a client at one target: admitted, or refused. */
export type Entry = 'in' | 'refused';

/** The same at all four targets. */
export const everywhere = (entry: Entry) => ({ web: entry, edge: entry, api: entry, jobs: entry });

/** What can be chosen of a team. */
export interface TeamOptions {
  /** One reading for every unknown. */
  readonly unknowns?: 'refuse' | 'admit';
  readonly revocation?: DefinitionInput['revocation'];
  readonly start?: string;
  /** Stops after each write: `watched.look` is called then. */
  readonly watch?: true;
}

/**
 * A team with one target of each kind that enforces revocation, a Serverless CA that it follows,
 * and ways to knock, on a local AWS with a clock that jumps.
 */
export async function openTeam({ unknowns, revocation, start, watch }: TeamOptions = {}) {
  const base = await openLocal({
    regions: [region, 'us-east-1'],
    clock: createTestClock(start),
    ...(unknowns === undefined ? {} : { unknowns: everyUnknown(unknowns) }),
  });
  const { local, clock } = base;
  const watched = watch ? await watchWrites(local) : undefined;
  const bucket = serverlessCaBucket();
  const { s3 } = await makeBucket({ local }, bucket);
  const ca = await startServerlessCa({ s3, bucket, clock });
  const environment = await makeEnvironment({ local }, { authorizer: { arn: lambda } });
  local.lambda(lambda, authorizerOf(base.bucket, clock));
  await closeDefaultEndpoint(local, environment.api.apiId);
  const { profileArn: profile, roleArn: role } = environment.jobs;
  const common = { trust: ['devices'], account: account.id };
  const definition: Omit<DefinitionInput, 'name' | 'state'> = {
    groups: { devices: { serverlessCa: { bucket } } },
    ...(revocation === undefined ? {} : { revocation }),
    targets: {
      web: { ...common, cloudfront: { distributions: [environment.web.distributionId] } },
      edge: { trust: ['devices'], alb: { listeners: [environment.edge.listenerArn] } },
      api: {
        ...common,
        apiGateway: { region, domain: environment.api.domain, api: 'http', authorizer: lambda },
      },
      jobs: { ...common, rolesAnywhere: { region, probe: { profile, role } } },
    },
  };
  const open = (endpoint = watched?.url ?? local.url) => base.open(definition, endpoint);
  const trustloom = await open();
  // Copies of the whole state are dear: anchors are looked up again when another was made.
  let seen: { readonly calls: number; readonly arns: readonly string[] } = { calls: -1, arns: [] };
  const anchors = () => {
    const calls = local.calls().filter(({ action }) => /TrustAnchor$/.test(action)).length;
    if (calls !== seen.calls) seen = { calls, arns: anchorsOf(local) };
    return seen.arns;
  };
  const edgeOf = (host: string) => local.edges().find(({ hosts }) => hosts.includes(host))?.resource ?? '';
  /** Whether a client is admitted at each target. */
  const knock = async (leaf: TestLeaf): Promise<Readonly<Record<string, Entry>>> => ({
    web: await knockEdge(local, edgeOf(environment.web.domainName), leaf),
    edge: await knockEdge(local, environment.edge.listenerArn, leaf),
    api: await knockEdge(local, edgeOf(environment.api.domain), leaf),
    jobs: await knockJobs(local, environment.jobs, leaf, { anchors: anchors() }),
  });
  return {
    clock,
    local,
    ca,
    environment,
    trustloom,
    /** Done after each single write, while whoever wrote still waits for the answer. */
    look(after: (action: string) => Promise<void>) {
      if (watched === undefined) throw new TypeError('open the team with watch: true');
      watched.look = after;
    },
    /** Another run beside the first, as of another machine: nobody looks at its writes. */
    open: () => open(local.url),
    knock,
    /** All that a first run takes: every CA accepted, every target enforcing. */
    async begin() {
      await trustloom.accept('all');
      return trustloom.apply({
        approve: 'any',
        allow: ['web', 'edge', 'api', 'jobs'].map((name) => `enforce:${name}`),
      });
    },
    /** Moves on to a time of day, `HH:MM` in UTC: today's, or tomorrow's when that has passed. */
    until(time: string) {
      const today = new Date(clock.now());
      const [hours = 0, minutes = 0] = time.split(':').map(Number);
      let at = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate(), hours, minutes);
      if (at <= clock.now()) at += 86_400_000;
      clock.advance(at - clock.now());
    },
    async [Symbol.asyncDispose]() {
      await trustloom.close();
      await watched?.[Symbol.asyncDispose]();
      await base[Symbol.asyncDispose]();
    },
  };
}

/** A running team. */
export type Team = Awaited<ReturnType<typeof openTeam>>;

/** The team's Lambda function: the authorizer, reading what a refresh publishes each time. */
function authorizerOf(
  { s3, bucket }: Awaited<ReturnType<typeof makeBucket>>,
  clock: { now(): number },
): (event: unknown) => Promise<unknown> {
  const authorizer = createAuthorizer({
    objects: s3Objects({ bucket, owner: account.id, client: s3 }),
    manifest: 'acme/authorizers/eu-west-1/api.example.com.json',
    pollMs: 0,
    now: clock.now,
    log: () => undefined,
  });
  return (event) => authorizer(event as AuthorizerEvent);
}

/** Otherwise revocation would be enforced on one of two ways in. */
async function closeDefaultEndpoint(local: LocalAws, ApiId: string): Promise<void> {
  const client = new ApiGatewayV2Client(local.clientConfig('apigateway', { account: account.id, region }));
  await client.send(new UpdateApiCommand({ ApiId, DisableExecuteApiEndpoint: true }));
}

/** A real handshake and a request with the client's whole chain, or without a certificate. */
export async function knockEdge(local: LocalAws, resource: string, leaf?: TestLeaf): Promise<Entry> {
  const edge = local.edges().find((one) => one.resource === resource);
  if (edge === undefined) throw new TypeError(`no edge for ${resource}`);
  const { host, port, caPem: ca, hosts } = edge;
  const status = await new Promise<number>((done) => {
    const options = {
      host,
      port,
      ca,
      servername: hosts[0],
      agent: false,
      ...(leaf === undefined ? {} : { cert: leaf.chainPem, key: leaf.keyPem }),
      // A client may hold a certificate that its own library would not make any more.
      ciphers: 'DEFAULT@SECLEVEL=0',
    };
    const call = request(options, (response) => {
      response.resume().on('end', () => done(response.statusCode ?? 0));
    });
    call.on('error', () => done(0));
    call.end();
  });
  return status === 200 ? 'in' : 'refused';
}

/** What a client sends along, and where it knocks: at every anchor there is. */
interface KnockJobs {
  readonly intermediatesPem?: readonly string[];
  readonly anchors?: readonly string[];
}

/** ARNs of all trust anchors. */
function anchorsOf(local: LocalAws): readonly string[] {
  return local
    .state()
    .rolesAnywhere.flatMap(({ state }) => [...state.anchors.values()].map(({ arn }) => arn));
}

/** A session asked for through every anchor; one that admits the client is enough. */
export async function knockJobs(
  local: LocalAws,
  { profileArn, roleArn }: TestRolesAnywhere,
  leaf: TestLeaf,
  { intermediatesPem = [], anchors = anchorsOf(local) }: KnockJobs = {},
): Promise<Entry> {
  const answers = await Promise.all(
    anchors.map((arn) =>
      createSession({
        endpoint: local.url,
        region,
        trustAnchorArn: arn,
        profileArn,
        roleArn,
        certificatePem: leaf.pem,
        privateKeyPem: leaf.keyPem,
        intermediatesPem,
        now: Date.now(),
      }),
    ),
  );
  return answers.some(({ status }) => status === 201) ? 'in' : 'refused';
}
