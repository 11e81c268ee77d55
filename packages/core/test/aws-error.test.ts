import { describe, expect, it } from 'vitest';
import { serviceError, TrustloomError } from '../src/index.ts';

const thrown = (name: string, status?: number, message = 'no') =>
  Object.assign(new Error(message), {
    name,
    ...(status === undefined ? {} : { $metadata: { httpStatusCode: status, requestId: 'r-1' } }),
  });

describe('serviceError', () => {
  it.each([
    ['AccessDenied', 403, 'access-denied'],
    ['AccessDeniedException', 403, 'access-denied'],
    ['UnauthorizedOperation', 403, 'access-denied'],
    ['Forbidden', 403, 'access-denied'],
    ['UnknownError', 403, 'access-denied'],
    ['Throttling', 400, 'throttled'],
    ['ThrottlingException', 400, 'throttled'],
    ['TooManyRequestsException', 429, 'throttled'],
    ['SlowDown', 503, 'throttled'],
    ['RequestLimitExceeded', 503, 'throttled'],
    ['ServiceUnavailable', 503, 'service-unavailable'],
    ['InternalServerException', 500, 'service-unavailable'],
    ['SomethingElse', 502, 'service-unavailable'],
    ['NotImplemented', 501, 'service-refused'],
    ['ExpiredToken', 403, 'credentials-expired'],
    ['ExpiredTokenException', 400, 'credentials-expired'],
    ['InvalidClientTokenId', 403, 'credentials-invalid'],
    ['SignatureDoesNotMatch', 403, 'credentials-invalid'],
    ['RequestTimeTooSkewed', 403, 'clock-skew'],
    ['LimitExceededException', 429, 'throttled'],
    ['ValidationException', 400, 'service-refused'],
  ])('%s with HTTP %i is %s', (name, status, code) => {
    expect(serviceError(thrown(name, status), 'a:B').code).toBe(code);
  });

  it('knows connections that failed and calls that were aborted', () => {
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    expect(serviceError(reset, 'a:B').code).toBe('service-unavailable');
    expect(serviceError(thrown('TimeoutError'), 'a:B').code).toBe('service-unavailable');
    expect(serviceError(thrown('AbortError'), 'a:B').code).toBe('aborted');
    expect(serviceError(thrown('CredentialsProviderError'), 'a:B').code).toBe('credentials-missing');
    expect(serviceError('what?', 'a:B').code).toBe('service-refused');
  });

  it('asks the map of the service first, and leaves our own errors alone', () => {
    const map = { LimitExceededException: 'quota-exceeded' } as const;
    expect(serviceError(thrown('LimitExceededException', 429), 'a:B', map).code).toBe('quota-exceeded');
    expect(serviceError(thrown('toString', 400), 'a:B', map).code).toBe('service-refused');
    const own = new TrustloomError('object-missing', 'gone');
    expect(serviceError(own, 'a:B', map)).toBe(own);
  });

  it('names the action, the exception and the request', () => {
    const error = serviceError(thrown('AccessDenied', 403, 'User x may not'), 's3:GetObject');
    expect(error.message).toMatch(/^s3:GetObject: .*AccessDenied: User x may not$/);
    expect(error.context).toEqual({
      action: 's3:GetObject',
      exception: 'AccessDenied',
      status: 403,
      requestId: 'r-1',
    });
  });

  it('never repeats PEM or long input, and keeps no cause that carries the exchange', () => {
    const body = 'QUJD'.repeat(40);
    const pem = `bad -----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`;
    for (const message of [pem, `bad ${body}`, `bad ${'x y '.repeat(300)}`]) {
      const error = serviceError(thrown('ValidationException', 400, message), 'a:B');
      expect(error.message).toContain('bad');
      expect(error.message).not.toContain('QUJD');
      expect(error.message.length).toBeLessThan(600);
      expect(error.cause).toBeUndefined();
    }
    const sdk = thrown('ValidationException', 400, 'bad name');
    expect(serviceError(sdk, 'a:B').cause).toBeUndefined();
    const mistake = new TypeError('x is not a function');
    expect(serviceError(mistake, 'a:B').cause).toBe(mistake);
  });
});
