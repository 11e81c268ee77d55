import type { Plan } from '../plan/plan.ts';
import { counted, nameWords } from './words.ts';

/**
 * What a plan comes to, in one line: `Plan: 3 changes on 2 of 4 targets; 1 more needs consent.`
 *
 * @example
 * console.log(planVerdict(await trustloom.plan()))
 */
export function planVerdict(plan: Plan): string {
  const errors = plan.findings.filter(({ severity }) => severity === 'error').length;
  if (plan.blocked) return `Blocked: ${counted(errors, 'error')}; ${blockedWords(plan)}.`;
  const failed = plan.targets.filter((target) => target.failed !== undefined).map(({ name }) => name);
  const unread = failed.length === 0 ? [] : [`${nameWords(failed)} could not be read`];
  const wrong = errors === 0 ? [] : [counted(errors, 'error')];
  if (!plan.changes) {
    const read = plan.targets.length - failed.length;
    const verdict =
      failed.length > 0
        ? `Plan: no changes on ${read} of ${counted(plan.targets.length, 'target')}`
        : `In sync: ${allWords(plan.targets)}`;
    return `${[verdict, ...unread, ...wrong].join('; ')}.`;
  }
  return `Plan: ${[...changeWords(plan), ...unread, ...wrong].join('; ')}.`;
}

/** `all 4 targets`, `both targets`, or the name of the only one. */
export function allWords(targets: readonly { readonly name: string }[]): string {
  const [only] = targets;
  if (only === undefined) return 'no target is defined';
  if (targets.length === 1) return only.name;
  return targets.length === 2 ? 'both targets' : `all ${targets.length} targets`;
}

/** ` on 2 of 4 targets`; nothing where there is only one. */
export function onWords(touched: number, targets: number): string {
  if (targets <= 1) return '';
  return ` on ${touched === targets ? '' : `${touched} of `}${targets} targets`;
}

function blockedWords({ targets }: Plan): string {
  return targets.some(({ compared }) => compared)
    ? 'nothing is written until that is fixed'
    : 'nothing was compared';
}

function changeWords({ targets }: Plan): readonly string[] {
  const steps = targets.flatMap((target) => target.steps);
  const of = (...why: readonly (string | undefined)[]) =>
    steps.filter(({ skipped }) => why.includes(skipped)).length;
  const [run, consent, waits, stopped] = [of(undefined), of('consent'), of('depends'), of('precondition')];
  const touched = targets.filter((target) => target.steps.some(({ skipped }) => skipped === undefined));
  const need = (number: number) => (number === 1 ? 'needs' : 'need');
  return [
    ...(run === 0 ? [] : [counted(run, 'change') + onWords(touched.length, targets.length)]),
    ...(consent === 0
      ? []
      : [
          run === 0
            ? `${counted(consent, 'change')} ${need(consent)} consent`
            : `${consent} more ${need(consent)} consent`,
        ]),
    ...(waits === 0 ? [] : [`${waits} ${waits === 1 ? 'waits' : 'wait'} for another`]),
    ...(stopped === 0 ? [] : [`${stopped} stopped by an error`]),
  ];
}
