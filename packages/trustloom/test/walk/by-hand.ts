import { EnableTrustAnchorCommand, RolesAnywhereClient } from '@aws-sdk/client-rolesanywhere';
import {
  albEdits,
  apiGatewayEdits,
  cloudFrontEdits,
  type Edits,
  rolesAnywhereEdits,
} from '@trustloom/testkit';
import { account } from '../support/local.ts';
import { pickBy } from './dice.ts';
import type { Site } from './sites.ts';
import type { Move, World } from './world.ts';

function editsOf({ local, clock }: World, { kind, region, resource }: Site): Edits {
  const stage = { local, clock, accountRegion: { account: account.id, region } };
  switch (kind) {
    case 'cloudfront':
      return cloudFrontEdits(stage, resource);
    case 'alb':
      return albEdits(stage, resource);
    case 'apiGateway':
      return apiGatewayEdits(stage, resource);
    case 'rolesAnywhere':
      return { ...rolesAnywhereEdits(stage), 'anchors are enabled': () => enableAnchors(local, region) };
  }
}

async function enableAnchors(local: World['local'], region: string): Promise<void> {
  const client = new RolesAnywhereClient(
    local.clientConfig('rolesanywhere', { account: account.id, region }),
  );
  const anchors = local
    .state()
    .rolesAnywhere.filter((one) => one.region === region)
    .flatMap(({ state }) => [...state.anchors.values()].filter(({ enabled }) => !enabled));
  if (anchors.length === 0) throw new TypeError('every anchor is enabled');
  for (const { id } of anchors) await client.send(new EnableTrustAnchorCommand({ trustAnchorId: id }));
}

/** Somebody changes by hand what a target holds. */
export const foreignHand: Move = async (world, [where = 0, what = 0]) => {
  const sites = [...world.claims.keys()];
  if (sites.length === 0) return undefined;
  const site = pickBy(sites, where);
  const edits = Object.entries(editsOf(world, world.sites[site]));
  const [text, edit] = pickBy(edits, what);
  try {
    await edit();
  } catch (error) {
    // There is nothing to edit yet.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
  return `${site}: ${text}`;
};
