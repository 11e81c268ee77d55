import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from '../faults/faults.ts';
import { createStaleAnswers, type StaleAnswers } from '../faults/stale.ts';
import { iamAction, isAllowed } from '../policy/actions.ts';
import type { Rates } from '../rates/rates.ts';
import type { Context, Service, WireRequest, WireResponse } from '../services/service.ts';
import { ServiceError } from '../services/service.ts';
import { defined } from '../util/defined.ts';
import type { Call, World } from '../world.ts';
import { s3Error } from './errors.ts';
import { receive } from './receive.ts';
import { scopeOf } from './scope.ts';
import { signatureFits } from './signature.ts';

/** What dispatch needs. */
export interface DispatchOptions {
  readonly world: World;
  readonly services: readonly Service[];
  /**
   * Answers of the emulator itself (`/_local/…`); undefined for any other path.
   */
  local(request: WireRequest): WireResponse | undefined;
  logCall(call: Call): void;
  /** Whether signatures are checked where the key is known. */
  readonly verifySignatures: boolean;
  /** Control-plane rates; undefined: none. */
  readonly rates: Rates | undefined;
  /** IAM actions that may be called, with `*`; undefined: all. */
  readonly allow: readonly string[] | undefined;
}

/** Service names for messages about signing names that nothing answers. */
const UNREADABLE = {
  'body-too-large': new ServiceError(
    'EntityTooLarge',
    400,
    'The request body is larger than this emulator takes.',
  ),
  'broken-chunks': new ServiceError(
    'IncompleteBody',
    400,
    'The chunk framing of the request body is broken.',
  ),
  'bad-target': new ServiceError('InvalidURI', 400, 'The request line cannot be read.'),
} as const;

const DROPPED = 'dropped';
const RESET = 'reset';

/** Half of an answer. */
interface Half {
  readonly half: WireResponse;
}

/**
 * Makes the request listener of the one port: finds service, region and caller, and lets the
 * service answer.
 */
export function createDispatch(
  options: DispatchOptions,
): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  const { world } = options;
  const old = createStaleAnswers();
  return async (req, res) => {
    const request = await receive(req);
    // Ids are given in the order in which requests are carried out.
    const requestId = world.random.uuid();
    if (typeof request === 'string') {
      const nothing: WireRequest = { ...EMPTY, method: req.method ?? 'GET' };
      return send(res, s3Error(UNREADABLE[request], nothing, requestId), requestId);
    }
    world.settle.catchUp();
    const local = options.local(request);
    if (local) return send(res, local, requestId);
    const answer = await answerOf(options, request, requestId, old);
    if (answer === DROPPED) return void res.socket?.destroy();
    if (answer === RESET) return void res.socket?.resetAndDestroy();
    if ('half' in answer) return sendHalf(res, answer.half, requestId);
    send(res, answer, requestId);
  };
}

const EMPTY: WireRequest = {
  method: 'GET',
  path: '/',
  rawQuery: '',
  query: new URLSearchParams(),
  headers: {},
  sentHeaders: {},
  body: new Uint8Array(),
};

async function answerOf(
  { world, services, logCall, verifySignatures, rates, allow }: DispatchOptions,
  request: WireRequest,
  requestId: string,
  old: StaleAnswers,
): Promise<WireResponse | Half | typeof DROPPED | typeof RESET> {
  const scope = scopeOf(request);
  const { caller } = world.credentials.find(scope.accessKeyId);
  const service = services.find(
    (one) => one.names.includes(scope.service) && (one.owns === undefined || one.owns(request.path)),
  );
  const region = service?.global ? 'us-east-1' : scope.region;
  let action = 'Unknown';
  const log = (status: number, error?: string) =>
    logCall({
      time: world.clock.now(),
      service: scope.service,
      action,
      account: caller.account,
      region,
      status,
      ...defined({ error }),
      requestId,
    });
  try {
    if (!service)
      throw new ServiceError(
        'NotImplemented',
        501,
        `The local AWS does not emulate ${nameOf(scope.service)}.`,
      );
    const routed = await service.route(request);
    action = routed.action;
    checkCaller(request, world, verifySignatures);
    if (allow) checkAllowed(allow, scope.service, action, request);
    const call = { service: scope.service, action, account: caller.account, region, request };
    rates?.take(call);
    const keep = world.faults.wantsOldAnswers();
    const fault = world.faults.take(scope.service, action);
    if (fault?.delay !== undefined) await world.clock.sleep(fault.delay);
    const stale = fault?.stale ? old.before(call) : undefined;
    if (stale) {
      log(stale.status);
      return stale;
    }
    if (fault && fault.when !== 'after' && !strike(fault)) return dropped(log, fault);
    const ctx: Context = {
      account: caller.account,
      region,
      now: world.clock.now(),
      world,
      caller,
      request,
      requestId,
      answer: { headers: {} },
    };
    const response = await routed.run(ctx);
    if (keep) old.note(call, response);
    if (fault && fault.when === 'after' && !strike(fault)) return dropped(log, fault);
    log(response.status);
    return fault?.half ? { half: response } : response;
  } catch (thrown) {
    const error = asServiceError(thrown);
    log(error.status, error.code);
    return service ? service.error(error, request, requestId) : s3Error(error, request, requestId);
  }
}

/**
 * Refuses a presigned URL past its time, a session that is over, and (if asked to) a wrong
 * signature.
 */
function checkCaller(request: WireRequest, world: World, verifySignatures: boolean): void {
  if (urlExpired(request, world.wall())) throw new ServiceError('AccessDenied', 403, 'Request has expired');
  const { accessKeyId } = scopeOf(request);
  if (world.credentials.find(accessKeyId).expired) {
    throw new ServiceError('ExpiredToken', 403, 'The security token included in the request is expired.');
  }
  const secret = accessKeyId === undefined ? undefined : world.credentials.secretOf(accessKeyId);
  if (verifySignatures && secret !== undefined && signatureFits(request, secret) === false) {
    throw new ServiceError(
      'SignatureDoesNotMatch',
      403,
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
}

/** Whether a presigned URL is past its time. */
function urlExpired({ query }: WireRequest, now: number): boolean {
  const [date, seconds] = [query.get('X-Amz-Date'), query.get('X-Amz-Expires')];
  if (date === null || seconds === null) return false;
  const start = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  return !(start + Number(seconds) * 1000 >= now);
}

/**
 * Throws the fault's error; false when the connection is to be dropped, true when nothing more is
 * to be done.
 */
function strike(fault: Fault): boolean {
  if (fault.error) {
    const { name, status, message = 'A fault was planted here.' } = fault.error;
    throw new ServiceError(name, status, message);
  }
  return fault.drop !== true && fault.reset !== true;
}

function dropped(log: (status: number, error?: string) => void, fault: Fault): typeof DROPPED | typeof RESET {
  log(0, fault.reset ? 'ConnectionReset' : 'ConnectionDropped');
  return fault.reset ? RESET : DROPPED;
}

/**
 * By service: an action beyond what is allowed. S3, CloudFront and the Query services name it
 * without a suffix.
 */
function checkAllowed(
  allow: readonly string[],
  service: string,
  operation: string,
  request: WireRequest,
): void {
  const action = iamAction(service, operation, request);
  if (isAllowed(allow, action)) return;
  const short = ['s3', 'cloudfront', 'elasticloadbalancing', 'sts'].includes(service);
  throw new ServiceError(
    short ? 'AccessDenied' : 'AccessDeniedException',
    403,
    `User is not authorized to perform: ${action}`,
  );
}

/** A defect of this emulator shows as InternalFailure. */
function asServiceError(thrown: unknown): ServiceError {
  if (thrown instanceof ServiceError) return thrown;
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : 'unknown';
  return new ServiceError('InternalFailure', 500, `The local AWS failed: ${text}`);
}

const nameOf = (signingName: string) =>
  /^[a-z0-9-]{1,64}$/.test(signingName) ? signingName : 'this service';

/** The header promises the whole length; the connection ends in the middle of the body. */
function sendHalf(res: ServerResponse, response: WireResponse, requestId: string): void {
  const body = Buffer.from(response.body);
  const headers = { ...response.headers, 'x-amzn-requestid': requestId, 'content-length': body.byteLength };
  res.writeHead(response.status, headers);
  res.write(body.subarray(0, Math.floor(body.byteLength / 2)), () => res.socket?.destroy());
}

function send(res: ServerResponse, response: WireResponse, requestId: string): void {
  const body = typeof response.body === 'string' ? Buffer.from(response.body) : response.body;
  const bodyless = res.req.method === 'HEAD' || response.status === 204;
  const headers: Record<string, string | number> = {
    ...response.headers,
    'x-amzn-requestid': requestId,
    'x-amz-request-id': requestId,
  };
  if (response.status !== 204 && response.status !== 304 && headers['content-length'] === undefined) {
    headers['content-length'] = body.byteLength;
  }
  res.writeHead(response.status, headers);
  res.end(bodyless ? undefined : body);
}
