import type { Instant, TargetContext } from '@trustloom/core';

/** What differs from target to target. */
export interface ContextParts {
  readonly name: string;
  /** Default `eu-west-1`. */
  readonly region?: string;
  /** Asked each time that the context is: CAs may be made after it. */
  readonly now: () => Instant;
}

/**
 * What an adapter is given of a target of the definition `acme`: for tests that render and plan
 * without a service.
 *
 * @example
 * const context = contextOf({ name: 'edge', now: Date.now })
 */
export function contextOf({ name, region = 'eu-west-1', now }: ContextParts) {
  const context: TargetContext & { readonly now: Instant } = {
    definition: 'acme',
    id: name,
    name,
    accountRegion: { account: '222222222222', region },
    attach: 'managed',
    anchors: 'all',
    get now() {
      return now();
    },
  };
  return context;
}
