// What can be known of this adapter without loading the SDK.
export { rolesAnywhereFacts } from './facts.ts';
export { type RolesAnywhereTarget, rolesAnywherePlace, rolesAnywhereTarget } from './target.ts';
