import type { Facts } from '../adapter/facts.ts';
import { paceSeconds } from '../adapter/rate-limit.ts';
import { placeText } from '../util/account-region.ts';
import type { PlannedTarget } from './plan.ts';

/** Which service takes longest, by its own rates and the time that it needs to settle; undefined when nothing is to be done. */
export function slowestOf(
  targets: readonly { readonly facts: Facts; readonly planned: PlannedTarget }[],
): { readonly service: string; readonly seconds: number } | undefined {
  const busy = targets.filter(({ planned }) => planned.steps.some(({ leftOut }) => leftOut === undefined));
  const services = new Map(busy.map(({ facts }) => [facts.service, facts]));
  const times = [...services.values()].map((facts) => {
    const calls = new Map<string, number>();
    for (const { planned } of busy.filter((target) => target.facts.service === facts.service)) {
      for (const { action, leftOut } of planned.steps) {
        const family = familyOf(action, facts.rates);
        if (leftOut !== undefined || family === undefined) continue;
        const key = `${placeText(planned.place)} ${family}`;
        calls.set(key, (calls.get(key) ?? 0) + 1);
      }
    }
    const paced = [...calls].map(([key, count]) => paceSeconds(count, facts.rates[key.split(' ')[1] ?? '']));
    const seconds = Math.ceil(Math.max(0, ...paced) + facts.settle.expectMs / 1000);
    return { service: facts.service, seconds };
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
