import { CreateProfileCommand, RolesAnywhereClient } from '@aws-sdk/client-rolesanywhere';
import { clientConfig, given, spot, type Where } from './where.ts';

/** What a team has of Roles Anywhere before any CA is trusted. */
export interface TestRolesAnywhere {
  readonly profileArn: string;
  readonly roleArn: string;
}

/**
 * Makes a Roles Anywhere profile with one role, and no trust anchor.
 *
 * @param name of the profile; default `jobs`
 */
export async function makeRolesAnywhere(where: Where, name = 'jobs'): Promise<TestRolesAnywhere> {
  const at = spot(where);
  const client = new RolesAnywhereClient(clientConfig(at, 'rolesanywhere'));
  const roleArn = `arn:aws:iam::${at.account}:role/${name}`;
  const answer = await client.send(new CreateProfileCommand({ name, roleArns: [roleArn], enabled: true }));
  return Object.freeze({ profileArn: given(answer.profile?.profileArn, 'profile'), roleArn });
}
