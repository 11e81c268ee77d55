import { serviceError, TrustloomError } from '@trustloom/core/adapter';

/**
 * Gets the content behind a presigned address, not more than `limit` bytes of it. The address lets anybody read for ten minutes, so it
 * stands in no message.
 *
 * @throws TrustloomError `service-unavailable` when it does not answer, or not with the content; `service-refused` when it is too large
 */
export async function fetchContent(
  location: string,
  limit: number,
  { fetch, signal }: { readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  try {
    const response = await fetch(location, { signal });
    if (!response.ok || response.body === null)
      throw new TrustloomError(
        'service-unavailable',
        `the content of a trust store could not be fetched: HTTP ${response.status}`,
      );
    return await read(response.body, limit);
  } catch (error) {
    // fetch names a broken connection only in the cause.
    const cause = error instanceof TypeError && error.cause !== undefined ? error.cause : error;
    throw serviceError(cause, 'GET of the content of a trust store');
  }
}

async function read(body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.length;
    if (length > limit) {
      await reader.cancel();
      throw new TrustloomError(
        'service-refused',
        `the content of a trust store has more than ${limit} bytes`,
      );
    }
    parts.push(part.value);
  }
  return new Uint8Array(Buffer.concat(parts));
}
