import type { Context, Route } from '../service.ts';
import {
  type Body,
  invalid,
  NAME,
  optionalFlag,
  optionalNumber,
  optionalText,
  optionalTexts,
  page,
  readTags,
  text,
  texts,
} from './input.ts';
import { DEFAULT_SESSION, LIMITS, SHORTEST_SESSION } from './limits.ts';
import { found, iso, type Profile, type RolesAnywhereRegions, type RolesAnywhereState } from './state.ts';

const WHAT = 'profile';
const ROLE = { max: 1011, pattern: /^arn:aws(-[^:]+)?:iam(:.*){2}(:role.*)$/ };
const POLICY = { max: 200 };

const profileDetail = (profile: Profile) => ({
  profileId: profile.id,
  profileArn: profile.arn,
  name: profile.name,
  enabled: profile.enabled,
  roleArns: profile.roleArns,
  managedPolicyArns: profile.managedPolicyArns,
  durationSeconds: profile.durationSeconds,
  sessionPolicy: profile.sessionPolicy,
  requireInstanceProperties: profile.requireInstanceProperties,
  acceptRoleSessionName: profile.acceptRoleSessionName,
  createdBy: profile.createdBy,
  createdAt: iso(profile.createdAt),
  updatedAt: iso(profile.updatedAt),
});

const answer = (profile: Profile) => ({ profile: profileDetail(profile) });

const readDuration = (body: Body) =>
  optionalNumber(body, 'durationSeconds', SHORTEST_SESSION, LIMITS.longestSessionSeconds.max);

const readPolicies = (body: Body) =>
  optionalTexts(body, 'managedPolicyArns', LIMITS.managedPoliciesPerProfile.max, POLICY);

export function profileRoutes(regions: RolesAnywhereRegions): readonly Route[] {
  const at = (ctx: Context): RolesAnywhereState => regions.at(ctx.account, ctx.region);
  const set = (ctx: Context, profile: Profile) => {
    at(ctx).profiles.set(profile.id, profile);
    return profile;
  };
  const get = (ctx: Context, id: string | undefined) => found(at(ctx).profiles, id ?? '', WHAT);
  /** AWS's answers may show the state from before the call, ours always do. */
  const enable =
    (enabled: boolean): Route['handler'] =>
    (input, ctx) => {
      const before = get(ctx, input.labels.profileId);
      set(ctx, { ...before, enabled, updatedAt: ctx.now });
      return answer(before);
    };
  return [
    {
      method: 'POST',
      path: '/profiles',
      name: 'CreateProfile',
      status: 201,
      handler({ body }, ctx) {
        if (at(ctx).profiles.size >= LIMITS.profiles.max)
          throw invalid(`An account has at most ${LIMITS.profiles.max} profiles in a region.`);
        const id = ctx.world.random.uuid();
        return answer(
          set(ctx, {
            id,
            arn: `arn:aws:rolesanywhere:${ctx.region}:${ctx.account}:profile/${id}`,
            name: text(body, 'name', NAME),
            enabled: optionalFlag(body, 'enabled') ?? false,
            roleArns: texts(body, 'roleArns', LIMITS.rolesPerProfile.max, ROLE),
            managedPolicyArns: readPolicies(body) ?? [],
            durationSeconds: readDuration(body) ?? DEFAULT_SESSION,
            sessionPolicy: optionalText(body, 'sessionPolicy'),
            requireInstanceProperties: optionalFlag(body, 'requireInstanceProperties') ?? false,
            acceptRoleSessionName: optionalFlag(body, 'acceptRoleSessionName') ?? false,
            createdBy: ctx.caller.arn,
            createdAt: ctx.now,
            updatedAt: ctx.now,
            tags: readTags(body),
          }),
        );
      },
    },
    {
      method: 'GET',
      path: '/profiles',
      name: 'ListProfiles',
      handler({ query }, ctx) {
        const { items, nextToken } = page([...at(ctx).profiles.values()], query);
        return { profiles: items.map(profileDetail), nextToken };
      },
    },
    {
      method: 'GET',
      path: '/profile/{profileId}',
      name: 'GetProfile',
      handler: ({ labels }, ctx) => answer(get(ctx, labels.profileId)),
    },
    {
      method: 'PATCH',
      path: '/profile/{profileId}',
      name: 'UpdateProfile',
      // What is left out stays as it was (recorded answers), so nothing can be reset by leaving it
      // out.
      handler({ labels, body }, ctx) {
        const before = get(ctx, labels.profileId);
        return answer(
          set(ctx, {
            ...before,
            name: optionalText(body, 'name', NAME) ?? before.name,
            roleArns: optionalTexts(body, 'roleArns', LIMITS.rolesPerProfile.max, ROLE) ?? before.roleArns,
            managedPolicyArns: readPolicies(body) ?? before.managedPolicyArns,
            durationSeconds: readDuration(body) ?? before.durationSeconds,
            sessionPolicy: optionalText(body, 'sessionPolicy', { max: 100_000 }) ?? before.sessionPolicy,
            acceptRoleSessionName:
              optionalFlag(body, 'acceptRoleSessionName') ?? before.acceptRoleSessionName,
            updatedAt: ctx.now,
          }),
        );
      },
    },
    {
      method: 'DELETE',
      path: '/profile/{profileId}',
      name: 'DeleteProfile',
      handler({ labels }, ctx) {
        const profile = get(ctx, labels.profileId);
        at(ctx).profiles.delete(profile.id);
        return answer(profile);
      },
    },
    { method: 'POST', path: '/profile/{profileId}/enable', name: 'EnableProfile', handler: enable(true) },
    { method: 'POST', path: '/profile/{profileId}/disable', name: 'DisableProfile', handler: enable(false) },
  ];
}
