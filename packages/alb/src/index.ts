import { defineService, type Service } from '@trustloom/core/adapter';
import { observeAlb } from './observe/index.ts';
import { performAlb } from './perform.ts';
import { planAlb } from './plan/index.ts';
import { renderAlb } from './render.ts';
import { albInfo } from './service.ts';
import { albAccountRegion, albTarget } from './target.ts';

export { albInfo } from './service.ts';
export { type AlbTarget, albTarget } from './target.ts';

/**
 * Trust stores of Application Load Balancers, as the engine takes them. Needs
 * `@aws-sdk/client-elastic-load-balancing-v2`, which is loaded when a target is observed.
 *
 * @example
 * const target = alb.bind({ listeners: ['arn:aws:elasticloadbalancing:...'] }, context)
 */
export const alb: Service = defineService({
  key: 'alb',
  info: albInfo,
  schema: albTarget,
  accountRegion: albAccountRegion,
  attachments: ({ listeners }) => listeners,
  render: renderAlb,
  observe: observeAlb,
  plan: planAlb,
  perform: performAlb,
  connect: async (io) => (await import('./port/index.ts')).albPort(io),
});
