import type { Instant, TargetContext } from '@trustloom/core';

/** The target of all plans here, at a time that the test says. */
export function contextAt(now: Instant): TargetContext & { readonly now: Instant } {
  return {
    definition: 'acme',
    name: 'edge',
    place: { account: '222222222222', region: 'us-east-1' },
    attach: 'managed',
    anchors: 'all',
    now,
  };
}
