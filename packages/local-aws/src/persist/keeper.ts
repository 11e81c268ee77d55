import type { EdgeContext } from '../services/service.ts';
import type { Places, World } from '../world.ts';
import type { Keeper } from './persist.ts';

/**
 * Keeps what a service holds by account and region.
 *
 * @param reopen opens the data planes of one place again
 */
export function keeperOf<T>(
  name: string,
  places: Places<T>,
  reopen?: (state: T, ctx: EdgeContext) => Promise<void>,
): Keeper {
  return Object.freeze({
    name,
    save: () => places.all(),
    async load(saved: unknown, world: World) {
      if (!Array.isArray(saved)) return;
      for (const [account, region, state] of saved as readonly (readonly [string, string, T])[]) {
        places.put(account, region, state);
        await reopen?.(state, { world, account, region });
      }
    },
  });
}
