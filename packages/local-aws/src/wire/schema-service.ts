import type {
  Context,
  Operation,
  Operations,
  Routed,
  Service,
  WireRequest,
  WireResponse,
} from '../services/service.ts';
import { notImplemented, ServiceError } from '../services/service.ts';
import { type BoundInput, DECLARATION, readInput, writeOutput } from './bind.ts';
import { s3Error, wrappedError } from './errors.ts';
import { fromForm } from './form.ts';
import { createMatcher } from './match.ts';
import { jsonError } from './route-service.ts';
import { takeBucket } from './s3-bucket.ts';
import { bodyShape, missingMembers, type OperationSchema, operationsOf, toXml } from './schema.ts';
import { putYounger, takeYounger } from './younger-elements.ts';

/** How a schema-driven service speaks. */
type Protocol = 's3' | 'rest-xml' | 'query' | 'rest-json';

/** A service whose wire form comes from its SDK client's schemas. */
export interface SchemaServiceOptions<Model extends { [K in keyof Model]: Operation<unknown, unknown> }> {
  /** Name in messages. */
  readonly title: string;
  /** Signing names. */
  readonly names: readonly string[];
  readonly protocol: Protocol;
  /** Imports the SDK client on first use: `() => import('@aws-sdk/client-api-gateway')`. */
  load(): Promise<object>;
  readonly operations: Operations<Model>;
  /** Whether this service answers a path, where several share a signing name. */
  owns?(path: string): boolean;
  readonly global?: boolean;
  /** XML namespace of answers. */
  readonly xmlns?: string;
  /** Code and status of a request that cannot be parsed. */
  readonly malformed: { readonly code: string; readonly status: number };
  /**
   * Code of a request without a required member; default that of `malformed`. A missing If-Match is
   * left to the operation.
   */
  readonly missing?: string;
  /**
   * Query services: what is younger than the schemas; taken off a form, and put into the XML of an
   * answer.
   */
  readonly younger?: {
    take(form: URLSearchParams): URLSearchParams;
    put(xml: string, ctx: Context): string;
  };
  /**
   * REST-XML: operations that keep what is younger than the schemas, and so give it back; at all
   * others it is not implemented.
   */
  readonly keepsYounger?: readonly (keyof Model)[];
  reset(): void;
}

type Handler = (input: object, ctx: Context) => unknown;

/**
 * Makes a service from a table of operations. A request for an operation that the client knows and
 * the table does not is answered with 501 and the operation's name.
 */
export function schemaService<Model extends { [K in keyof Model]: Operation<unknown, unknown> }>(
  options: SchemaServiceOptions<Model>,
): Service {
  const { protocol, title, xmlns = '' } = options;
  const format = { kind: protocol === 'rest-json' ? 'json' : 'xml', xmlns } as const;
  const keeps: ReadonlySet<PropertyKey> = new Set(options.keepsYounger);
  const handlerOf = (name: string): Handler | undefined => {
    const handler: unknown = Object.hasOwn(options.operations, name)
      ? Reflect.get(options.operations, name)
      : undefined;
    return isHandler(handler) ? handler : undefined;
  };
  const malformed = (message: string) =>
    new ServiceError(options.malformed.code, options.malformed.status, message);

  let loading: Promise<Loaded> | undefined;
  const loaded = () => {
    loading ??= options.load().then((client) => {
      const operations = operationsOf(client);
      const absent = Object.keys(options.operations).filter((name) => !operations.has(name));
      if (absent.length > 0)
        throw new TypeError(`${title}: the installed client does not have ${absent.join(', ')}`);
      return { operations, match: createMatcher(operations, (name) => handlerOf(name) !== undefined) };
    });
    return loading;
  };

  const read = <T>(parse: () => T): T => {
    try {
      return parse();
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      throw malformed('The request could not be parsed.');
    }
  };

  const routed = (operation: OperationSchema, parse: () => BoundInput): Routed => {
    const handler = handlerOf(operation.name);
    return {
      action: operation.name,
      async run(ctx) {
        if (!handler) throw notImplemented(title, operation.name);
        const { input, unknown } = read(parse);
        const document = keeps.has(operation.name)
          ? operation.input.members.find(({ part }) => part === 'payload')?.schema
          : undefined;
        if (document === undefined && unknown.length > 0)
          throw notImplemented(title, `${operation.name} with ${unknown.slice(0, 5).join(', ')}`);
        const missing = missingMembers(operation.input.schema, input).filter((name) => name !== 'IfMatch');
        if (missing.length > 0) {
          throw new ServiceError(
            options.missing ?? options.malformed.code,
            options.malformed.status,
            missing.length === 1
              ? `1 validation error detected: Value at '${missing[0]}' failed to satisfy constraint: Member must not be null`
              : `${missing.length} validation errors detected: Member must not be null: ${missing.join(', ')}`,
          );
        }
        const younger = document && takeYounger(document, ctx.request.body);
        const output = await handler(input, younger ? { ...ctx, younger } : ctx);
        return answer(operation, typeof output === 'object' && output !== null ? output : {}, ctx);
      },
    };
  };

  const answer = (operation: OperationSchema, output: object, ctx: Context): WireResponse => {
    const { status = operation.status, headers } = ctx.answer;
    if (protocol === 'query') {
      const result = toXml(bodyShape(operation.output, `${operation.name}Result`), output, '');
      const root = `${operation.name}Response`;
      const body =
        `${DECLARATION}<${root} xmlns="${xmlns}">${options.younger?.put(result, ctx) ?? result}` +
        `<ResponseMetadata><RequestId>${ctx.requestId}</RequestId></ResponseMetadata></${root}>`;
      return { status, headers: { 'content-type': 'text/xml', ...headers }, body };
    }
    const bound = writeOutput(operation, output, format);
    const { younger, body = bound.body } = ctx.answer;
    return {
      status,
      headers: { ...bound.headers, ...headers },
      body: younger && typeof body === 'string' ? putYounger(body, younger.under, younger.elements) : body,
    };
  };

  const routeQuery = async (request: WireRequest): Promise<Routed> => {
    const { operations } = await loaded();
    const form = new URLSearchParams(
      request.method === 'GET' ? request.query : new TextDecoder().decode(request.body),
    );
    const name = form.get('Action');
    if (name === null) throw new ServiceError('MissingAction', 400, 'The request names no Action.');
    const operation = operations.get(name);
    if (!operation) throw notImplemented(title, /^\w{1,128}$/.test(name) ? name : 'an action of that name');
    return routed(operation, () => fromForm(operation.input.schema, options.younger?.take(form) ?? form));
  };

  const routeRest = async (request: WireRequest): Promise<Routed> => {
    const { match } = await loaded();
    const target = protocol === 's3' ? takeBucket(request) : { path: request.path, bucket: undefined };
    const matched = read(() => match(request, target.path, target.bucket));
    if (!matched) throw notImplemented(title, `${request.method} ${request.path}`);
    const { operation, labels } = matched;
    return routed(operation, () => readInput(operation, labels, request, format));
  };

  return Object.freeze({
    title,
    operations: Object.keys(options.operations).sort(),
    names: options.names,
    ...(options.owns ? { owns: options.owns } : {}),
    ...(options.global ? { global: true } : {}),
    route: protocol === 'query' ? routeQuery : routeRest,
    error(error: ServiceError, request: WireRequest, requestId: string): WireResponse {
      if (protocol === 'rest-json') return jsonError(error);
      return protocol === 's3' ? s3Error(error, request, requestId) : wrappedError(error, requestId, xmlns);
    },
    reset: () => options.reset(),
  });
}

interface Loaded {
  readonly operations: ReadonlyMap<string, OperationSchema>;
  readonly match: ReturnType<typeof createMatcher>;
}

const isHandler = (value: unknown): value is Handler => typeof value === 'function';
