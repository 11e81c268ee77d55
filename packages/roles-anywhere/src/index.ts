import { defineService, type Service } from '@trustloom/core/adapter';
import { observeRolesAnywhere } from './observe/index.ts';
import { performRolesAnywhere } from './perform.ts';
import { planRolesAnywhere } from './plan/index.ts';
import { renderRolesAnywhere } from './render.ts';
import { rolesAnywhereInfo } from './service.ts';
import { rolesAnywhereAccountRegion, rolesAnywhereTarget } from './target.ts';

export { rolesAnywhereInfo } from './service.ts';
export { type RolesAnywhereTarget, rolesAnywhereTarget } from './target.ts';

/**
 * Trust anchors of IAM Roles Anywhere. The client's own retries must be off: a create that is
 * repeated makes a second anchor. The client of version 3.332.0 ignores endpoint variables; give it
 * `endpoint`.
 *
 * @example
 * const bound = rolesAnywhere.bind({ region: 'eu-west-1' }, context)
 */
export const rolesAnywhere: Service = defineService({
  key: 'rolesAnywhere',
  info: rolesAnywhereInfo,
  schema: rolesAnywhereTarget,
  accountRegion: rolesAnywhereAccountRegion,
  attachments: () => [],
  render: (trust, _target, context) => renderRolesAnywhere(trust, context),
  observe: observeRolesAnywhere,
  plan: (desired, observed, _target, context) => planRolesAnywhere(desired, observed, context),
  perform: performRolesAnywhere,
  connect: async (io) => (await import('./port/index.ts')).rolesAnywherePort(io),
});
