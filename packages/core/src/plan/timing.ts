import type { Adapter } from '../adapter/legacy.ts';
import { paceSeconds } from '../adapter/rate-limit.ts';
import { placeText } from '../util/account-region.ts';
import type { PlannedTarget } from './plan.ts';

/** Which service takes longest, by its own rates and the time that it needs to settle; undefined when nothing is to be done. */
export function slowestOf(
  targets: readonly PlannedTarget[],
  adapters: readonly Adapter[],
): { readonly service: string; readonly seconds: number } | undefined {
  const times = adapters.flatMap(({ facts }) => {
    const mine = targets.filter(
      ({ service, steps }) => service === facts.service && steps.some(({ leftOut }) => leftOut === undefined),
    );
    if (mine.length === 0) return [];
    const calls = new Map<string, number>();
    for (const { place, steps } of mine) {
      for (const { action, leftOut } of steps) {
        const family = familyOf(action, facts.rates);
        if (leftOut === undefined && family !== undefined) {
          const key = `${placeText(place)} ${family}`;
          calls.set(key, (calls.get(key) ?? 0) + 1);
        }
      }
    }
    const paced = [...calls].map(([key, count]) => paceSeconds(count, facts.rates[key.split(' ')[1] ?? '']));
    return [
      { service: facts.service, seconds: Math.ceil(Math.max(0, ...paced) + facts.settle.expectMs / 1000) },
    ];
  });
  return times.sort((a, b) => b.seconds - a.seconds || (a.service < b.service ? -1 : 1))[0];
}

/** The family of rates that an action (`service:Action`) draws on. */
export function familyOf(
  action: string,
  rates: Readonly<Record<string, { readonly actions: readonly string[] }>>,
): string | undefined {
  const name = action.slice(action.indexOf(':') + 1);
  return Object.entries(rates).find(
    ([, rate]) => rate.actions.includes(name) || rate.actions.includes(action),
  )?.[0];
}
