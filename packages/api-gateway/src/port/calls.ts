import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { type Code, isTrustloomError, type ServiceIo, serviceError } from '@trustloom/core/adapter';
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
}

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
      return await io.paced(family, () => (family === 'control' ? send() : io.paced('control', send)));
    } catch (error) {
      throw serviceError(error, `apigateway:${action}`, exceptions);
    }
  };
  return {
    v1: () => io.client(APIGatewayClient, 'API Gateway'),
    v2: () => io.client(ApiGatewayV2Client, 'ApiGatewayV2'),
    abort: { abortSignal: io.signal },
    call,
    get: (send) => call('control', 'GET', send),
  };
}

/** All pages of a listing; none when it is of something that does not exist. */
export async function pages<T>(
  read: (
    from: string | undefined,
  ) => Promise<{ readonly items: readonly T[]; readonly next: string | undefined }>,
): Promise<readonly T[]> {
  const found: T[] = [];
  let from: string | undefined;
  do {
    const page = await absent(() => read(from));
    found.push(...(page?.items ?? []));
    from = page?.next;
  } while (from !== undefined);
  return found;
}

/** Undefined for what does not exist. */
export async function absent<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isTrustloomError(error) && error.code === 'object-missing') return undefined;
    throw error;
  }
}
