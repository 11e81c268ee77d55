import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { type Code, type ServiceIo, serviceError, type Tags, TrustloomError } from '@trustloom/core/adapter';

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

/** The way to CloudFront's control plane for one observation or one write. */
export interface Calls {
  readonly client: CloudFrontClient;
  readonly abort: { readonly abortSignal: AbortSignal };
  /** Sends one call when its rate allows, and maps what it throws. */
  readonly call: <T>(action: string, send: () => Promise<T>) => Promise<T>;
}

export function callsOf(io: ServiceIo): Calls {
  return {
    client: io.client(CloudFrontClient, 'CloudFront'),
    abort: { abortSignal: io.signal },
    async call(action, send) {
      try {
        return await io.rateLimited(action === 'UpdateDistribution' ? 'distribution' : 'other', send);
      } catch (error) {
        throw serviceError(error, `cloudfront:${action}`, exceptions);
      }
    },
  };
}

/** All pages of a list, one after the other. */
export async function allPages<Page>(
  read: (marker: string | undefined) => Promise<Page>,
  next: (page: Page) => string | undefined,
): Promise<readonly Page[]> {
  const pages: Page[] = [];
  let marker: string | undefined;
  do {
    const page = await read(marker);
    pages.push(page);
    marker = next(page);
  } while (marker !== undefined && marker !== '');
  return pages;
}

/** Tags as CloudFront takes them. */
export function tagSet(tags: Tags) {
  return { Items: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}

/** What an answer must have, although the SDK types it as optional. */
export function needed<T>(value: T | undefined, field: string): T {
  if (value === undefined)
    throw new TrustloomError('service-refused', `cloudfront: an answer lacks ${field}`);
  return value;
}
