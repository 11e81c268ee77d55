import { keeperOf } from '../../persist/keeper.ts';
import type { Keeper } from '../../persist/persist.ts';
import { createSessionRoute } from '../../session/create-session.ts';
import { routeService } from '../../wire/route-service.ts';
import { createRegions } from '../../world.ts';
import { notImplemented, type Route, type Service } from '../service.ts';
import { anchorRoutes } from './anchors.ts';
import { crlRoutes } from './crls.ts';
import { profileRoutes } from './profiles.ts';
import { emptyState, type RolesAnywhereState } from './state.ts';
import { subjectRoutes } from './subjects.ts';
import { tagRoutes } from './tags.ts';

export type { Crl, Profile, RolesAnywhereState, Subject, TrustAnchor } from './state.ts';

/** Roles Anywhere and its raw state, by account and region. */
export interface RolesAnywhere {
  readonly service: Service;
  readonly keeper: Keeper;
  state(): readonly {
    readonly account: string;
    readonly region: string;
    readonly state: RolesAnywhereState;
  }[];
}

const TITLE = 'Roles Anywhere';

const missing = (method: Route['method'], path: string, name: string): Route => ({
  method,
  path,
  name,
  absent: true,
  handler() {
    throw notImplemented(TITLE, name);
  },
});

/**
 * IAM Roles Anywhere: trust anchors with bundles, CRLs, profiles, subjects, tags, and
 * CreateSession. Names are not unique and nothing is asynchronous, as in the service.
 */
export function createRolesAnywhere(): RolesAnywhere {
  const regions = createRegions(emptyState);
  const service = routeService({
    title: TITLE,
    names: ['rolesanywhere'],
    routes: [
      ...anchorRoutes(regions),
      ...crlRoutes(regions),
      ...profileRoutes(regions),
      ...subjectRoutes(regions),
      ...tagRoutes(regions),
      createSessionRoute(regions),
      missing('PUT', '/profiles/{profileId}/mappings', 'PutAttributeMapping'),
      missing('DELETE', '/profiles/{profileId}/mappings', 'DeleteAttributeMapping'),
      missing('PATCH', '/put-notifications-settings', 'PutNotificationSettings'),
      missing('PATCH', '/reset-notifications-settings', 'ResetNotificationSettings'),
    ],
    reset: () => regions.clear(),
  });
  return Object.freeze({
    service,
    keeper: keeperOf('rolesanywhere', regions),
    state: () => regions.all().map(([account, region, state]) => ({ account, region, state })),
  });
}
