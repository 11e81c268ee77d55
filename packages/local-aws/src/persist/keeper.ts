import type { EdgeContext } from '../services/service.ts';
import type { Regions, World } from '../world.ts';
import type { Keeper } from './persist.ts';

/**
 * Keeps the state of a service by account and region.
 *
 * @param reopen opens the data planes of one account and region again
 */
export function keeperOf<T>(
  name: string,
  regions: Regions<T>,
  reopen?: (state: T, ctx: EdgeContext) => Promise<void>,
): Keeper {
  return Object.freeze({
    name,
    save: () => regions.all(),
    async load(saved: unknown, world: World) {
      if (!Array.isArray(saved)) return;
      for (const [account, region, state] of saved as readonly (readonly [string, string, T])[]) {
        regions.put(account, region, state);
        await reopen?.(state, { world, account, region });
      }
    },
  });
}
