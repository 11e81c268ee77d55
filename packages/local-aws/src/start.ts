import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Account, createCredentials, DEFAULT_ACCOUNTS, type Role } from './accounts.ts';
import { realClock } from './clock.ts';
import { createContent } from './content.ts';
import { createEdges } from './edge/index.ts';
import { createFaults, type Fault } from './faults/faults.ts';
import { frozenCopy } from './freeze.ts';
import type { OcspResponder } from './functions/ocsp.ts';
import { createPersistence } from './persist/persist.ts';
import { defaultRandom, type Random } from './random.ts';
import { createRates } from './rates/rates.ts';
import { type ApiGatewayState, createApiGateway } from './services/apigateway/index.ts';
import { type CloudFrontState, createCloudFront } from './services/cloudfront/index.ts';
import { createElbv2, type ElbState } from './services/elbv2/index.ts';
import { createRolesAnywhere, type RolesAnywhereState } from './services/rolesanywhere/index.ts';
import { type Bucket, createS3 } from './services/s3/index.ts';
import type { WireRequest, WireResponse } from './services/service.ts';
import { createSts } from './services/sts/index.ts';
import { createSettle, type SettleMode } from './settle.ts';
import type { Clock, Connection, Edge } from './types.ts';
import { DEFAULT_UNKNOWNS, type Unknowns } from './unknowns.ts';
import { defined } from './util/defined.ts';
import { createDispatch } from './wire/dispatch.ts';
import type { Call, LambdaHandler, World } from './world.ts';

/** How a local AWS is started. Everything has a default. */
export interface LocalAwsOptions {
  /** Port of the control planes; 0 (default) takes any free one. */
  readonly port?: number;
  /**
   * Accounts and their keys; default two, `111111111111` and `222222222222`. A request signed with
   * an unknown key counts as the first account's.
   */
  readonly accounts?: readonly Account[];
  /**
   * Roles with an external id or a shorter longest session. Any other role can be assumed by
   * anybody.
   */
  readonly roles?: readonly Role[];
  /** Default the real one; `createJumpClock` for tests. */
  readonly clock?: Clock;
  /**
   * When changes are ready: `auto` (default, 5 ms on the clock), `manual` (at `settle()`), or a
   * time in milliseconds.
   */
  readonly settle?: 'auto' | 'manual' | { readonly ms: number };
  /** Other readings of what is unknown about AWS; see `DEFAULT_UNKNOWNS`. */
  readonly unknowns?: Partial<Unknowns>;
  /**
   * Refuse wrong signatures of known keys; default false. Signatures with certificates are always
   * checked.
   */
  readonly verifySignatures?: boolean;
  /** Keep the control planes' published rates, by token buckets on the clock; default false. */
  readonly rates?: boolean;
  /**
   * IAM actions that may be called, with `*`: everything else is denied, so that a policy can be
   * proven. Default: all. What IAM checks beyond the action (resources, conditions) is not.
   */
  readonly allow?: readonly string[];
  /**
   * Address on which the control planes listen; default 127.0.0.1. Anything else lets others on the
   * network in, who then own all accounts. Data planes stay on 127.0.0.1.
   */
  readonly host?: string;
  /**
   * Lambda functions by ARN, for authorizers: `{ 'arn:aws:lambda:…': (event) => ({ isAuthorized:
   * true }) }`.
   */
  readonly lambdas?: Readonly<Record<string, LambdaHandler>>;
  /** Answers for every OCSP responder; without it none can be reached. */
  readonly ocsp?: OcspResponder;
  /**
   * URL of an HTTP server to which load balancers and distributions forward the requests that they
   * admit, with the headers that the services add. Without it they answer with what they would
   * forward, as JSON.
   */
  readonly origin?: string;
  /**
   * Longest time of a connection function, in milliseconds; default 1000, since a busy machine is
   * not an edge. CloudFront's is 5.
   */
  readonly functionTimeMs?: number;
  /**
   * Folder in which everything is kept: what is there is loaded at the start, ports of data
   * planes are new. Without it nothing is kept when the process ends. Lambda functions and faults
   * are never kept.
   */
  readonly dir?: string;
  readonly random?: Random;
  /** Real time in milliseconds; for tests of expired URLs and sessions. */
  readonly wall?: () => number;
}

/** What the emulator holds, as a frozen copy. */
export interface LocalAwsState {
  readonly s3: readonly Bucket[];
  readonly elbv2: readonly { readonly account: string; readonly region: string; readonly state: ElbState }[];
  readonly cloudfront: readonly { readonly account: string; readonly state: CloudFrontState }[];
  readonly rolesAnywhere: readonly {
    readonly account: string;
    readonly region: string;
    readonly state: RolesAnywhereState;
  }[];
  readonly apiGateway: readonly {
    readonly account: string;
    readonly region: string;
    readonly state: ApiGatewayState;
  }[];
}

/** Settings of an SDK client: spread them into its constructor. */
export interface LocalClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A running local AWS. */
export interface LocalAws extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, or the address that it was given: every service, every region. */
  readonly url: string;
  readonly accounts: readonly Account[];
  /** Environment variables for child processes, with the keys of the first account. */
  readonly env: Readonly<Record<string, string>>;
  /** Settings for an SDK client of a service; by default the first account in us-east-1. */
  clientConfig(
    service: string,
    where?: { readonly account?: string; readonly region?: string },
  ): LocalClientConfig;
  /** Everything that is held, as a frozen copy: the oracle of tests. */
  state(): LocalAwsState;
  /** Requests answered since the start or the last reset, in order: the last 50,000 of them. */
  calls(): readonly Call[];
  /** The data planes: real listeners. */
  edges(): readonly Edge[];
  /** Every handshake with a data plane, with AWS's reason codes. */
  connections(): readonly Connection[];
  readonly faults: { add(fault: Fault): () => void; clear(): void };
  /** Puts a Lambda function in place, or another in its stead. */
  lambda(arn: string, handler: LambdaHandler): void;
  /** Makes everything ready that is pending. */
  settle(): void;
  /** What is not ready yet: ARNs. */
  pending(): readonly string[];
  /** Forgets everything, and closes the data planes; keeps listening. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** A process that runs for days must not grow by its log. */
const CALLS_KEPT = 50_000;
const DEFAULT_SETTLE_MS = 5;
const DEFAULT_FUNCTION_MS = 1_000;

/**
 * Starts the part of AWS that trust stores live in, on one port of this machine.
 *
 * @throws TypeError when `accounts` is empty or an id is not twelve digits; the system's error when
 *   the port is taken.
 * @example
 * await using aws = await startLocalAws();
 * const s3 = new S3Client(aws.clientConfig('s3'));
 */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const accounts = options.accounts ?? DEFAULT_ACCOUNTS;
  const [first] = accounts;
  if (!first || accounts.some((account) => !/^\d{12}$/.test(account.id))) {
    throw new TypeError('startLocalAws: accounts needs at least one entry, each with an id of twelve digits');
  }
  const clock = options.clock ?? realClock;
  const wall = options.wall ?? Date.now;
  const random = options.random ?? defaultRandom();
  let calls: Call[] = [];
  const faults = createFaults();
  const settle = createSettle(clock, settleMode(options.settle));
  const credentials = createCredentials(accounts, wall, random);
  const unknowns = { ...DEFAULT_UNKNOWNS, ...options.unknowns };
  const edges = createEdges({
    clock,
    unknowns,
    catchUp: () => settle.catchUp(),
    ...defined({ dir: options.dir, origin: options.origin }),
  });
  const s3 = createS3();
  let url = '';
  const content = createContent(() => url, wall, random);
  const lambdas = new Map(Object.entries(options.lambdas ?? {}));
  const world: World = Object.freeze({
    clock,
    wall,
    random,
    unknowns,
    settle,
    credentials,
    accounts,
    roles: options.roles ?? [],
    faults,
    edges,
    objects: s3.objects,
    content,
    lambdas,
    ocsp: options.ocsp,
    functionTimeMs: options.functionTimeMs ?? DEFAULT_FUNCTION_MS,
    url: () => url,
  });
  const elbv2 = createElbv2();
  const rolesAnywhere = createRolesAnywhere();
  const apiGateway = createApiGateway();
  const cloudfront = createCloudFront();
  const services = [
    s3.service,
    createSts(),
    elbv2.service,
    cloudfront.service,
    cloudfront.keyValues,
    rolesAnywhere.service,
    ...apiGateway.services,
  ];

  const local = (request: WireRequest): WireResponse | undefined => {
    if (request.path === '/_local/edges') return json(edges.all());
    if (request.path === '/_local/curl') return curlOptions(edges.all(), request.query.get('host') ?? '');
    return content.answer(request);
  };
  const rates = options.rates ? createRates(clock) : undefined;
  const dispatch = createDispatch({
    world,
    services,
    local,
    verifySignatures: options.verifySignatures ?? false,
    rates,
    allow: options.allow,
    logCall(call) {
      // Cut now and then, not at each request.
      if (calls.length >= 2 * CALLS_KEPT) calls = calls.slice(-CALLS_KEPT);
      calls.push(Object.freeze(call));
      if (!/^(Get|List|Describe|Head)/.test(call.action)) persistence?.changed();
    },
  });
  const keepers = [s3.keeper, elbv2.keeper, cloudfront.keeper, rolesAnywhere.keeper, apiGateway.keeper];
  const persistence = options.dir === undefined ? undefined : createPersistence(options.dir, keepers, world);
  try {
    await persistence?.load();
  } catch (error) {
    await edges.closeAll();
    throw error;
  }
  const server = createServer((req, res) => {
    dispatch(req, res).catch(() => res.socket?.destroy());
  });
  // An idle connection that the server ends first is a race for clients that keep theirs alive.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  url = `http://${reachable(options.host)}:${portOf(server.address())}`;

  const reset = async () => {
    await edges.closeAll();
    for (const service of services) service.reset();
    faults.clear();
    rates?.clear();
    settle.clear();
    credentials.clear();
    content.clear();
    calls = [];
    persistence?.changed();
  };
  const close = async () => {
    if (persistence) {
      settle.all();
      await persistence.flush();
    }
    await edges.closeAll();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return Object.freeze({
    url,
    accounts,
    env: Object.freeze({
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: first.accessKeyId,
      AWS_SECRET_ACCESS_KEY: first.secretAccessKey,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    }),
    clientConfig(_service: string, where: { readonly account?: string; readonly region?: string } = {}) {
      const account = accounts.find((one) => one.id === (where.account ?? first.id));
      if (!account) throw new TypeError(`clientConfig: the local AWS has no account ${where.account}`);
      const { accessKeyId, secretAccessKey } = account;
      return {
        endpoint: url,
        region: where.region ?? 'us-east-1',
        credentials: { accessKeyId, secretAccessKey },
      };
    },
    state: () =>
      frozenCopy({
        s3: s3.state(),
        elbv2: elbv2.state(),
        cloudfront: cloudfront.state(),
        rolesAnywhere: rolesAnywhere.state(),
        apiGateway: apiGateway.state(),
      }),
    calls: () => Object.freeze(calls.slice(-CALLS_KEPT)),
    edges: () => edges.all(),
    connections: () => edges.connections(),
    faults: { add: faults.add, clear: faults.clear },
    lambda: (arn: string, handler: LambdaHandler) => void lambdas.set(arn, handler),
    settle: () => settle.all(),
    pending: () => settle.pending(),
    reset,
    close,
    [Symbol.asyncDispose]: close,
  });
}

function settleMode(option: LocalAwsOptions['settle']): SettleMode {
  if (option === 'manual') return { mode: 'manual' };
  return { mode: 'auto', ms: typeof option === 'object' ? option.ms : DEFAULT_SETTLE_MS };
}

/**
 * Options with which curl reaches a host of a data plane, as one line of text: `curl $(curl -s
 * URL/_local/curl?host=HOST) https://HOST/`.
 */
function curlOptions(edges: readonly Edge[], host: string): WireResponse {
  const mine = edges.filter(({ hosts }) => hosts.includes(host));
  const options = mine.map(
    ({ servicePort, port, caFile, protocol }) =>
      `--connect-to ${host}:${servicePort}:127.0.0.1:${port}${protocol === 'https' ? ` --cacert ${caFile}` : ''}`,
  );
  const headers = { 'content-type': 'text/plain' };
  return mine.length === 0
    ? { status: 404, headers, body: 'no data plane has this host\n' }
    : { status: 200, headers, body: `${options.join(' ')}\n` };
}

/** Where a client on this machine reaches what listens on an address: all of them at loopback. */
function reachable(host = '127.0.0.1'): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

const json = (value: unknown): WireResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new TypeError('startLocalAws: no port');
  return address.port;
}
