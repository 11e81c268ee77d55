import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from '../faults/faults.ts';
import type { Context, Service, WireRequest, WireResponse } from '../services/service.ts';
import { ServiceError } from '../services/service.ts';
import type { Call, World } from '../world.ts';
import { s3Error } from './errors.ts';
import { receive } from './receive.ts';
import { scopeOf } from './scope.ts';
import { signatureFits } from './signature.ts';

/** What dispatch needs. */
export interface DispatchOptions {
  readonly world: World;
  readonly services: readonly Service[];
  /** Answers that are ours and no service's (`/_local/…`); undefined when the path is none of them. */
  local(request: WireRequest): WireResponse | undefined;
  record(call: Call): void;
  /** Whether signatures are checked where the key is known. */
  readonly verifySignatures: boolean;
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

/** Makes the request listener of the one port: finds service, region and caller, and lets the service answer. */
export function createDispatch(
  options: DispatchOptions,
): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  const { world } = options;
  return async (req, res) => {
    const requestId = world.random.uuid();
    const request = await receive(req);
    if (typeof request === 'string') {
      const nothing: WireRequest = { ...EMPTY, method: req.method ?? 'GET' };
      return send(res, s3Error(UNREADABLE[request], nothing, requestId), requestId);
    }
    world.settle.catchUp();
    const local = options.local(request);
    if (local) return send(res, local, requestId);
    const answer = await answerOf(options, request, requestId);
    if (answer === DROPPED) return void res.socket?.destroy();
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
  { world, services, record, verifySignatures }: DispatchOptions,
  request: WireRequest,
  requestId: string,
): Promise<WireResponse | typeof DROPPED> {
  const scope = scopeOf(request);
  const { caller } = world.credentials.find(scope.accessKeyId);
  const service = services.find(
    (one) => one.names.includes(scope.service) && (one.owns === undefined || one.owns(request.path)),
  );
  const region = service?.global ? 'us-east-1' : scope.region;
  let action = 'Unknown';
  const log = (status: number, error?: string) =>
    record({
      time: world.clock.now(),
      service: scope.service,
      action,
      account: caller.account,
      region,
      status,
      ...(error === undefined ? {} : { error }),
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
    const fault = world.faults.take(scope.service, action);
    if (fault?.delay !== undefined) await world.clock.sleep(fault.delay);
    if (fault && fault.when !== 'after' && !strike(fault)) return dropped(log);
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
    if (fault && fault.when === 'after' && !strike(fault)) return dropped(log);
    log(response.status);
    return response;
  } catch (thrown) {
    const error = asServiceError(thrown);
    log(error.status, error.code);
    return service ? service.error(error, request, requestId) : s3Error(error, request, requestId);
  }
}

/** Refuses a presigned URL past its time, a session that is over, and (if asked to) a wrong signature. */
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

/** Throws the fault's error; false when the connection is to be dropped, true when nothing more is to be done. */
function strike(fault: Fault): boolean {
  if (fault.error) {
    const { name, status, message = 'A fault was planted here.' } = fault.error;
    throw new ServiceError(name, status, message);
  }
  return fault.drop !== true;
}

function dropped(log: (status: number, error?: string) => void): typeof DROPPED {
  log(0, 'ConnectionDropped');
  return DROPPED;
}

/** A defect of this emulator shows as InternalFailure. */
function asServiceError(thrown: unknown): ServiceError {
  if (thrown instanceof ServiceError) return thrown;
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : 'unknown';
  return new ServiceError('InternalFailure', 500, `The local AWS failed: ${text}`);
}

const nameOf = (signingName: string) =>
  /^[a-z0-9-]{1,64}$/.test(signingName) ? signingName : 'this service';

function send(res: ServerResponse, response: WireResponse, requestId: string): void {
  const body = typeof response.body === 'string' ? Buffer.from(response.body) : response.body;
  const head = res.req.method === 'HEAD';
  const headers: Record<string, string | number> = {
    ...response.headers,
    'x-amzn-requestid': requestId,
    'x-amz-request-id': requestId,
  };
  if (response.status !== 204 && response.status !== 304 && headers['content-length'] === undefined) {
    headers['content-length'] = body.byteLength;
  }
  res.writeHead(response.status, headers);
  res.end(head || response.status === 204 ? undefined : body);
}
