import { rateLimitSeconds } from '../adapter/rate-limit.ts';
import type { ServiceInfo } from '../adapter/service-info.ts';
import { accountRegionText } from '../util/account-region.ts';
import type { PlannedTarget } from './plan.ts';

/**
 * Which service takes longest, by its own rates and the time that it needs to settle; undefined
 * when nothing is to be done.
 */
export function slowestOf(
  targets: readonly { readonly info: ServiceInfo; readonly planned: PlannedTarget }[],
): { readonly service: string; readonly seconds: number } | undefined {
  const busy = targets.filter(({ planned }) => planned.steps.some(({ skipped }) => skipped === undefined));
  const services = new Map(busy.map(({ info }) => [info.service, info]));
  const times = [...services.values()].map((info) => {
    const calls = new Map<string, number>();
    for (const { planned } of busy.filter((target) => target.info.service === info.service)) {
      for (const { action, skipped } of planned.steps) {
        const family = familyOf(action, info.rates);
        if (skipped !== undefined || family === undefined) continue;
        const key = `${accountRegionText(planned.accountRegion)} ${family}`;
        calls.set(key, (calls.get(key) ?? 0) + 1);
      }
    }
    const rateLimited = [...calls].map(([key, count]) =>
      rateLimitSeconds(count, info.rates[key.split(' ')[1] ?? '']),
    );
    const seconds = Math.ceil(Math.max(0, ...rateLimited) + info.settle.expectMs / 1000);
    return { service: info.service, seconds };
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
