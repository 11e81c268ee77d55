/**
 * What a service of this emulator is made of. There are two styles, and dispatch cannot tell them
 * apart:
 *
 * - **Schema-driven** (`schemaService`, wire/schema-service.ts): the SDK client's own schemas say
 *   how a request is parsed and an answer written; the service is a table of functions, keyed by
 *   operation name. For S3, CloudFront, ELBv2, API Gateway v1 and v2.
 * - **Routes** (`routeService`, wire/route-service.ts): plain JSON by hand, for services whose
 *   client has no schemas (Roles Anywhere), and anything else that is not described by them.
 *
 * A service is made by a function of the world, `createX(world): Service & { state(): XState }`,
 * keeps its state in `createRegions`, and throws `ServiceError` for every refusal.
 */
import type { Caller } from '../accounts.ts';
import type { YoungerElement } from '../wire/younger-elements.ts';
import type { World } from '../world.ts';

/** A request after the transport is off: decoded body, lower-case header names, no proxy form. */
export interface WireRequest {
  readonly method: string;
  /** As sent (percent-encoded), without the query; starts with `/`. */
  readonly path: string;
  /** As sent, without the `?`; for signatures. */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  /**
   * Names in lower case; several fields of one name are joined by a comma. With trailers, without
   * chunk framing.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers as sent; for signatures. */
  readonly sentHeaders: Readonly<Record<string, string>>;
  /** Without chunk framing. */
  readonly body: Uint8Array;
}

/** An answer; dispatch adds the request id headers and the length. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** What an operation gets besides its input. */
export interface Context {
  /** Twelve digits; whose state is meant. */
  readonly account: string;
  /** Region of the signature; for global services `us-east-1`. */
  readonly region: string;
  /** Milliseconds since the epoch, on the emulator's clock. */
  readonly now: number;
  readonly world: World;
  readonly caller: Caller;
  readonly request: WireRequest;
  readonly requestId: string;
  /** An operation may set another status than the usual one, and further headers. */
  readonly answer: Answer;
  /** What the schema does not know of the request's document, for operations that keep it. */
  readonly younger?: readonly YoungerElement[];
}

/** What a data plane needs of the context it is opened in; it is used after the request. */
export type EdgeContext = Pick<Context, 'world' | 'account' | 'region'>;

/** What an operation may say about its answer beyond the output. */
interface Answer {
  status?: number;
  headers: Record<string, string>;
  /** Body instead of the one that the schema would write. */
  body?: string;
  /** REST-XML: elements that the schema does not know, and the way to where they go. */
  younger?: { readonly under: readonly string[]; readonly elements: readonly YoungerElement[] };
}

/** A request that was matched: the operation's name, and the work. */
export interface Routed {
  readonly action: string;
  run(ctx: Context): Promise<WireResponse>;
}

/** A service, as dispatch sees it. */
export interface Service {
  /** Name for people. */
  readonly title: string;
  /** Operations that are emulated, by name. */
  readonly operations: readonly string[];
  /** Signing names (the last part but one of the credential scope) that lead here. */
  readonly names: readonly string[];
  /** Where several services share a signing name: whether this one answers that path. */
  owns?(path: string): boolean;
  /**
   * Finds the operation. Throws `ServiceError` (`NotImplemented`, 501, naming the operation) when
   * there is none.
   */
  route(request: WireRequest): Promise<Routed>;
  /** Writes an error as this service's protocol does. */
  error(error: ServiceError, request: WireRequest, requestId: string): WireResponse;
  /** Global services ignore the region of the signature and keep one state per account. */
  readonly global?: boolean;
  /** Forgets everything. */
  reset(): void;
}

/**
 * A refusal, written by the protocol of the service: `<Error>` in XML, `x-amzn-errortype` and a
 * body in JSON.
 *
 * @example
 * throw new ServiceError('ResourceNotFoundException', 404, 'The trust anchor does not exist');
 */
export class ServiceError extends Error {
  /** Code on the wire (ELBv2: without "Exception"). */
  readonly code: string;
  readonly status: number;
  /** Further members of the body, by their wire names. */
  readonly extra: Readonly<Record<string, string>>;
  /** Further headers of the answer, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    code: string,
    status: number,
    message: string,
    extra: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'ServiceError';
    this.code = code;
    this.status = status;
    this.extra = extra;
    this.headers = headers;
  }
}

/** The answer to every operation that is not emulated. */
export const notImplemented = (service: string, operation: string): ServiceError =>
  new ServiceError('NotImplemented', 501, `The local AWS does not emulate ${service} ${operation}.`);

type Primitive = string | number | boolean | bigint | null | undefined;

/**
 * An SDK shape after the check of required members. The SDK types those as `T | undefined`; the
 * wire layer refuses a request without them, at every depth, so an operation may rely on them.
 */
export type Given<T> = T extends Primitive | Date | Uint8Array
  ? T
  : T extends readonly (infer U)[]
    ? readonly Given<Exclude<U, undefined>>[]
    : T extends object
      ? { readonly [K in keyof T]: object extends Pick<T, K> ? Given<T[K]> : Given<Exclude<T[K], undefined>> }
      : T;

/** Input and output of one operation. Use the SDK's `…CommandInput` and `…CommandOutput`. */
export interface Operation<Input, Output> {
  readonly input: Input;
  readonly output: Omit<Output, '$metadata'>;
}

/**
 * The operations of a schema-driven service: an object keyed by a union of operation names, so that
 * a missing handler does not compile.
 *
 * @example
 * interface Model {
 *   GetDomainName: Operation<GetDomainNameCommandInput, GetDomainNameCommandOutput>;
 * }
 * const operations: Operations<Model> = { GetDomainName: (input, ctx) => read(ctx, input.domainName) };
 */
export type Operations<Model extends { [K in keyof Model]: Operation<unknown, unknown> }> = {
  readonly [K in keyof Model]: (
    input: Given<Model[K]['input']>,
    ctx: Context,
  ) => Model[K]['output'] | Promise<Model[K]['output']>;
};

/** What a hand-written route gets. */
export interface RouteInput {
  /** Values of the `{labels}` in the path, decoded. */
  readonly labels: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The parsed JSON body; `{}` when there is none. A body that is no JSON object is refused before.
   */
  readonly body: Readonly<Record<string, unknown>>;
}

/** One hand-written operation. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /**
   * Path with `{labels}`, for example `/trustanchor/{trustAnchorId}`; a label matches one segment.
   */
  readonly path: string;
  /** Operation name. */
  readonly name: string;
  /** Known and not emulated: it answers 501 by name. */
  readonly absent?: true;
  /** Status of success; default 200. */
  readonly status?: number;
  /** Returns the JSON body of the answer. `undefined` members are left out. */
  handler(input: RouteInput, ctx: Context): object | Promise<object>;
}
