import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import type { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { isTrustloomError } from '@trustloom/core';

/** How the calls of one observation are made. */
export interface Calls {
  readonly v1: () => APIGatewayClient;
  readonly v2: () => ApiGatewayV2Client;
  readonly abort: { readonly abortSignal: AbortSignal };
  /** Keeps the rate, and turns exceptions into our codes. */
  readonly get: <T>(send: () => Promise<T>) => Promise<T>;
}

/** All pages of a list; none when it is of something that does not exist. */
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
