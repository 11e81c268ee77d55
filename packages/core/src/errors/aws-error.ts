import { defined } from '../util/defined.ts';
import { type Code, codes } from './codes.ts';
import { isTrustloomError, TrustloomError } from './error.ts';

/** Exception names that mean the same at every service: whole, or how they begin. */
const commonNames: readonly (readonly [names: RegExp, code: Code])[] = [
  [/^AbortError$/, 'aborted'],
  [/^(?:CredentialsProviderError|TokenProviderError)$/, 'credentials-missing'],
  [/^(?:ExpiredToken|TokenRefreshRequired$)/, 'credentials-expired'],
  [/^(?:InvalidClientTokenId|InvalidAccessKeyId|InvalidToken|AuthFailure)$/, 'credentials-invalid'],
  [/^(?:UnrecognizedClient|MissingAuthenticationToken)/, 'credentials-invalid'],
  [/^(?:SignatureDoesNotMatch$|InvalidSignature|IncompleteSignature)/, 'credentials-invalid'],
  [/^(?:RequestTimeTooSkewed|RequestExpired)$/, 'clock-skew'],
  [/^(?:AccessDenied|Unauthorized|NotAuthorized|AuthorizationError|Forbidden$)/, 'access-denied'],
  [/^(?:Throttl|TooManyRequests|RequestThrottled|ProvisionedThroughputExceeded)/, 'throttled'],
  [/^(?:TransactionInProgress|RequestLimitExceeded$|SlowDown$|BandwidthLimitExceeded$)/, 'throttled'],
  [/^PriorRequestNotComplete$/, 'throttled'],
  [/^(?:ServiceUnavailable|RequestTimeout|TimeoutError$)/, 'service-unavailable'],
  [
    /^Internal(?:Error|Failure|ServerError|ServerException|ServiceError|ServiceException)$/,
    'service-unavailable',
  ],
];

/** Codes that Node gives to connections that failed. */
const connectionCodes =
  /^(?:ECONN|EPIPE$|ETIMEDOUT$|ENOTFOUND$|EAI_AGAIN$|EHOSTUNREACH$|ENETUNREACH$|ERR_SOCKET|UND_ERR)/;

/**
 * Turns what an SDK client throws into our own error, by exception name and HTTP status, never by
 * message text. Adapters give what is particular to their service in `map`; the rest is common to
 * all. An error that is already ours comes back as it is.
 *
 * @param error what was thrown
 * @param action the API action as IAM writes it, for the message:
 *   `elasticloadbalancing:CreateTrustStore`
 * @param map the service's own exception names; looked at first
 * @returns the error to throw: `access-denied`, `throttled`, `service-unavailable`,
 *   `credentials-*`, `clock-skew`, `aborted`, a code of `map`, else `service-refused`
 *
 * @example
 * try { await client.send(command) } catch (error) {
 *   throw serviceError(error, 'elasticloadbalancing:CreateTrustStore', { DuplicateTrustStoreName: 'name-taken' })
 * }
 */
export function serviceError(
  error: unknown,
  action: string,
  map: Readonly<Record<string, Code>> = {},
): TrustloomError {
  if (isTrustloomError(error)) return error;
  const seen = look(error);
  const code = codeOf(seen, map);
  const said = seen.text === '' ? '' : `: ${seen.text}`;
  const named = seen.name === '' ? 'error' : seen.name;
  return new TrustloomError(code, `${action}: ${codes[code].means} ${named}${said}`, {
    context: {
      action,
      exception: named,
      ...(seen.errno === '' ? {} : { errno: seen.errno }),
      ...defined({ status: seen.status, requestId: seen.requestId }),
    },
    // An error of the SDK carries the whole exchange, session token included, and may repeat its
    // input: it must not be printed as a cause.
    ...(seen.ofSdk || !seen.clean ? {} : { cause: error }),
  });
}

interface Seen {
  readonly name: string;
  readonly errno: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly text: string;
  readonly clean: boolean;
  readonly ofSdk: boolean;
}

function codeOf(seen: Seen, map: Readonly<Record<string, Code>>): Code {
  const own = Object.hasOwn(map, seen.name) ? map[seen.name] : undefined;
  if (own !== undefined) return own;
  const common = commonNames.find(([names]) => names.test(seen.name));
  if (common !== undefined) return common[1];
  if (connectionCodes.test(seen.errno) || connectionCodes.test(seen.name)) return 'service-unavailable';
  if (seen.status === 401 || seen.status === 403) return 'access-denied';
  if (seen.status === 429) return 'throttled';
  // 501 is an answer: the operation does not exist there.
  if (seen.status !== undefined && seen.status >= 500 && seen.status !== 501) return 'service-unavailable';
  return 'service-refused';
}

function look(error: unknown): Seen {
  const at = field(error, '$metadata');
  const message = text(field(error, 'message'));
  const safe = harmless(message);
  const status = field(at, 'httpStatusCode');
  return {
    name: text(field(error, 'name')),
    errno: text(field(error, 'code')),
    status: typeof status === 'number' ? status : undefined,
    requestId: text(field(at, 'requestId')) || undefined,
    text: safe,
    clean: safe === message,
    ofSdk: at !== undefined || field(error, '$response') !== undefined,
  };
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * A service's own words, without PEM, keys, tokens or anything long that was repeated from the
 * input.
 */
function harmless(message: string): string {
  const oneLine = message
    .replace(/-----BEGIN[\s\S]*/, '…')
    .replace(/[A-Za-z0-9+/=]{65,}/g, '…')
    .replace(/\s+/g, ' ')
    .trim();
  return oneLine.length > 400 ? `${oneLine.slice(0, 399)}…` : oneLine;
}
