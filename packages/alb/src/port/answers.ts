import type { Listener, TrustStore } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type Code, defined, TrustloomError } from '@trustloom/core/adapter';
import type { ListedListener, ListedStore } from '../model.ts';

/**
 * The service's exceptions by name, as our codes. On the wire they have no "Exception" at the end;
 * the SDK adds it.
 */
export const exceptions: Readonly<Record<string, Code>> = {
  DuplicateTrustStoreNameException: 'name-taken',
  TooManyTrustStoresException: 'quota-exceeded',
  TooManyTrustStoreRevocationEntriesException: 'quota-exceeded',
  TooManyTagsException: 'quota-exceeded',
  TrustStoreNotFoundException: 'object-missing',
  ListenerNotFoundException: 'object-missing',
  LoadBalancerNotFoundException: 'object-missing',
  RevocationIdNotFoundException: 'object-missing',
  TrustStoreNotReadyException: 'service-unavailable',
  TrustStoreInUseException: 'object-changed',
  InvalidCaCertificatesBundleException: 'service-refused',
  InvalidRevocationContentException: 'service-refused',
  CaCertificatesBundleNotFoundException: 'service-refused',
  RevocationContentNotFoundException: 'service-refused',
};

/** A trust store as the SDK gives it, in our words. */
export function listedStore({ TrustStoreArn, Name, Status }: TrustStore): ListedStore {
  return { arn: needed(TrustStoreArn, 'TrustStoreArn'), name: Name ?? '', active: Status === 'ACTIVE' };
}

/** A listener as the SDK gives it, in our words. */
export function listedListener(listener: Listener): ListedListener {
  const { Mode, TrustStoreArn, IgnoreClientCertificateExpiry, AdvertiseTrustStoreCaNames } =
    listener.MutualAuthentication ?? {};
  return {
    arn: needed(listener.ListenerArn, 'ListenerArn'),
    protocol: listener.Protocol ?? '',
    port: listener.Port ?? 443,
    mode: Mode === 'verify' || Mode === 'passthrough' ? Mode : 'off',
    store: TrustStoreArn,
    ignoreExpiry: IgnoreClientCertificateExpiry ?? false,
    advertise: AdvertiseTrustStoreCaNames === 'on',
    action: listener.DefaultActions?.[0]?.Type ?? 'forward',
  };
}

/** All items of all pages; `next` is what a request has of the page before. */
export async function paged<Page extends { readonly NextMarker?: string | undefined }, T>(
  page: (next: { readonly Marker?: string }) => Promise<Page>,
  itemsOf: (page: Page) => readonly T[],
): Promise<readonly T[]> {
  const all: T[] = [];
  let Marker: string | undefined;
  do {
    const answer = await page(defined({ Marker }));
    all.push(...itemsOf(answer));
    Marker = answer.NextMarker;
  } while (Marker !== undefined && Marker !== '');
  return all;
}

/** @throws TrustloomError `service-refused` when an answer lacks what every answer has */
export function needed<T>(value: T | undefined, field: string): T {
  if (value === undefined)
    throw new TrustloomError('service-refused', `elasticloadbalancing: an answer lacks ${field}`);
  return value;
}
