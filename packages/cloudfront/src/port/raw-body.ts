import { type GetDistributionConfigCommand, UpdateDistributionCommand } from '@aws-sdk/client-cloudfront';
import { TrustloomError } from '@trustloom/core/adapter';

/**
 * Keeps the body of the answer to a command, as it came. Nearer to the wire than the SDK's reader,
 * which gets the same bytes.
 *
 * @returns gives the body once the command was sent
 */
export function keepBody(command: GetDistributionConfigCommand): () => string {
  let kept: Uint8Array | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { response } = result;
      if (isAnswer(response) && response.statusCode === 200) {
        kept = await bytesOf(response.body);
        response.body = kept;
      }
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'trustloomKeepBody', override: true },
  );
  return () => {
    if (kept === undefined) throw unreadable('there is none');
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(kept);
    } catch {
      throw unreadable('it is not UTF-8');
    }
  };
}

/**
 * An update of a distribution that sends this document, whatever the SDK would write. Put in before
 * the length is counted and the request signed.
 */
export function updateWithDocument(
  input: ConstructorParameters<typeof UpdateDistributionCommand>[0],
  document: string,
): UpdateDistributionCommand {
  const command = new UpdateDistributionCommand(input);
  command.middlewareStack.add(
    (next) => (args) => {
      if (!isRequest(args.request)) throw new TypeError('the SDK gave no request');
      args.request.body = new TextEncoder().encode(document);
      return next(args);
    },
    { step: 'build', priority: 'high', name: 'trustloomDocument', override: true },
  );
  return command;
}

interface Answer {
  readonly statusCode: number;
  body: unknown;
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'statusCode' in value && 'body' in value;
}

function isRequest(value: unknown): value is { body: unknown } {
  return typeof value === 'object' && value !== null && 'headers' in value && 'body' in value;
}

/** A body is a stream of Node, or bytes that somebody nearer to the wire has read. */
async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  if (!isStream(body)) throw unreadable('the SDK gave no stream');
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

function isStream(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

const unreadable = (why: string) =>
  new TrustloomError(
    'service-refused',
    `cloudfront: the body of GetDistributionConfig cannot be read: ${why}`,
  );
