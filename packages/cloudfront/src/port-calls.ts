import { type Code, type Io, serviceError, TrustloomError } from '@trustloom/core';

/** The exceptions of CloudFront's control plane by name, as our codes. */
const exceptions: Readonly<Record<string, Code>> = {
  AccessDenied: 'access-denied',
  EntityNotFound: 'object-missing',
  NoSuchDistribution: 'object-missing',
  NoSuchResource: 'object-missing',
  EntityAlreadyExists: 'name-taken',
  EntityLimitExceeded: 'quota-exceeded',
  PreconditionFailed: 'object-changed',
  InvalidIfMatchVersion: 'object-changed',
  CannotDeleteEntityWhileInUse: 'object-changed',
  InvalidArgument: 'service-refused',
  IllegalUpdate: 'service-refused',
  InvalidTagging: 'service-refused',
  EntitySizeLimitExceeded: 'service-refused',
  UnsupportedOperation: 'service-refused',
};

/** Sends one call of the control plane when its rate allows, and maps what it throws. */
export function callsOf(io: Io): <T>(action: string, send: () => Promise<T>) => Promise<T> {
  return async (action, send) => {
    try {
      return await io.paced(action === 'UpdateDistribution' ? 'distribution' : 'other', send);
    } catch (error) {
      throw serviceError(error, `cloudfront:${action}`, exceptions);
    }
  };
}

/** Tags as CloudFront takes them. */
export function tagSet(tags: Readonly<Record<string, string>>) {
  return { Items: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}

/** What an answer must have, although the SDK types it as optional. */
export function needed<T>(value: T | undefined, field: string): T {
  if (value === undefined)
    throw new TrustloomError('service-refused', `cloudfront: an answer lacks ${field}`);
  return value;
}
