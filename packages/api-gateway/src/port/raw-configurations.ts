import { GetDomainNameCommand, UpdateDomainNameCommand } from '@aws-sdk/client-apigatewayv2';
import { TrustloomError } from '@trustloom/core/adapter';

type Json = { readonly [name: string]: unknown };

/**
 * A read of a domain that also gives its configurations as they came, with what the SDK in use does
 * not know.
 */
export function readConfigurations(DomainName: string) {
  const command = new GetDomainNameCommand({ DomainName });
  let body: Buffer | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { response } = result;
      if (!hasBody(response) || !isStream(response.body)) return result;
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body) chunks.push(chunk);
      body = Buffer.concat(chunks);
      response.body = new Uint8Array(body);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'trustloomKeepBody', override: true },
  );
  return { command, configurations: () => parsed(body).domainNameConfigurations ?? [] };
}

/**
 * An update that sends these configurations, whatever the SDK would write. Put in before the length
 * is counted and the request signed.
 */
export function updateWithConfigurations(
  input: ConstructorParameters<typeof UpdateDomainNameCommand>[0],
  domainNameConfigurations: unknown,
): UpdateDomainNameCommand {
  const command = new UpdateDomainNameCommand(input);
  command.middlewareStack.add(
    (next) => (args) => {
      if (!hasBody(args.request)) throw new TypeError('the SDK gave no request');
      const sent = parsed(args.request.body);
      args.request.body = JSON.stringify({ ...sent, domainNameConfigurations });
      return next(args);
    },
    { step: 'build', priority: 'high', name: 'trustloomConfigurations', override: true },
  );
  return command;
}

function hasBody(value: unknown): value is { body: unknown } {
  return typeof value === 'object' && value !== null && 'body' in value;
}

function isStream(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** The SDK has a body as text or as bytes. */
function parsed(body: unknown): Json {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : body;
  const value: unknown = typeof text === 'string' ? JSON.parse(text) : undefined;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new TrustloomError(
    'service-refused',
    'api-gateway: a domain that is no JSON object cannot be changed',
  );
}
