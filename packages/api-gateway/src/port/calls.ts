import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { type Code, type ServiceIo, serviceError, unlessMissing } from '@trustloom/core/adapter';
import type { apiGatewayInfo } from '../service.ts';

/** How the calls of one observation or one write are made. */
export interface Calls {
  readonly v1: () => APIGatewayClient;
  readonly v2: () => ApiGatewayV2Client;
  readonly abort: { readonly abortSignal: AbortSignal };
  /** Keeps the rates, and turns exceptions into our codes. */
  readonly call: <T>(family: Family, action: string, send: () => Promise<T>) => Promise<T>;
  /** The same for reads. */
  readonly get: <T>(send: () => Promise<T>) => Promise<T>;
  /**
   * All pages of a listing of the API of REST APIs; none when it is of something that does not
   * exist.
   */
  readonly allV1: <T>(send: (page: PageV1) => Promise<AnswerV1<T>>) => Promise<readonly T[]>;
  /** The same of the API of HTTP APIs. */
  readonly allV2: <T>(send: (page: PageV2) => Promise<AnswerV2<T>>) => Promise<readonly T[]>;
}

type PageV1 = { readonly limit: number; readonly position: string | undefined };
type PageV2 = { readonly MaxResults: string; readonly NextToken: string | undefined };
type AnswerV1<T> = { readonly items?: T[] | undefined; readonly position?: string | undefined };
type AnswerV2<T> = { readonly Items?: T[] | undefined; readonly NextToken?: string | undefined };

type Family = keyof typeof apiGatewayInfo.rates;

/** The services' exceptions by name, as our codes. */
const exceptions: Readonly<Record<string, Code>> = {
  NotFoundException: 'object-missing',
  ConflictException: 'object-changed',
  BadRequestException: 'service-refused',
  // A quota of the account; the SDK takes it for throttling.
  LimitExceededException: 'quota-exceeded',
};

/** Clients are made when they are first used. */
export function openCalls(io: ServiceIo): Calls {
  const call: Calls['call'] = async (family, action, send) => {
    try {
      // Every call draws on the bucket of all control operations, too.
      return await io.rateLimited(family, () =>
        family === 'control' ? send() : io.rateLimited('control', send),
      );
    } catch (error) {
      throw serviceError(error, `apigateway:${action}`, exceptions);
    }
  };
  const get: Calls['get'] = (send) => call('control', 'GET', send);
  return {
    v1: () => io.client(APIGatewayClient, 'API Gateway'),
    v2: () => io.client(ApiGatewayV2Client, 'ApiGatewayV2'),
    abort: { abortSignal: io.signal },
    call,
    get,
    allV1: (send) =>
      pages(async (position) => {
        const { items = [], position: next } = await get(() => send({ limit: 500, position }));
        return { items, next };
      }),
    allV2: (send) =>
      pages(async (NextToken) => {
        const { Items = [], NextToken: next } = await get(() => send({ MaxResults: '500', NextToken }));
        return { items: Items, next };
      }),
  };
}

async function pages<T>(
  read: (from: string | undefined) => Promise<{ items: readonly T[]; next: string | undefined }>,
): Promise<readonly T[]> {
  const found: T[] = [];
  let from: string | undefined;
  do {
    const page = await unlessMissing(() => read(from));
    found.push(...(page?.items ?? []));
    from = page?.next;
  } while (from !== undefined);
  return found;
}
