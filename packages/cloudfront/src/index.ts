import { defineService, type Service } from '@trustloom/core/adapter';
import type { CloudfrontSteps, Desired, Observed } from './model/index.ts';
import { observeCloudfront } from './observe/index.ts';
import { performCloudfront } from './perform.ts';
import { planCloudfront } from './plan/index.ts';
import type { CloudfrontPort } from './port/index.ts';
import { renderCloudfront } from './render.ts';
import { cloudfrontInfo } from './service.ts';
import { type CloudfrontTarget, cloudfrontTarget } from './target.ts';

export { cloudfrontInfo } from './service.ts';
export { type CloudfrontTarget, cloudfrontTarget } from './target.ts';

/**
 * Viewer mutual TLS of CloudFront distributions. The SDK is loaded when a target is first looked
 * at.
 *
 * @example
 * const bound = cloudfront.bind({ distributions: ['E2EXAMPLE'] }, context)
 */
export const cloudfront: Service = defineService<
  CloudfrontTarget,
  Desired,
  Observed,
  CloudfrontPort,
  CloudfrontSteps
>({
  key: 'cloudfront',
  info: cloudfrontInfo,
  schema: cloudfrontTarget,
  // CloudFront is global; its control plane and its bundles lie in us-east-1.
  accountRegion: () => ({ region: 'us-east-1' }),
  attachments: ({ distributions }) => distributions,
  readsInventory: ({ mode, revocation }) => revocation === 'compact' && mode !== 'passthrough',
  render: renderCloudfront,
  observe: observeCloudfront,
  plan: planCloudfront,
  perform: performCloudfront,
  connect: async (io) => (await import('./port/index.ts')).cloudfrontPort(io),
});
