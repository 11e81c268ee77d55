import type { CaChange, Plan, PlannedTarget } from '../plan/plan.ts';
import { type Block, findingsTexts, foldTexts, targetsText } from './fold.ts';
import { layout, lines, plain, type Row, sections, type TextOptions } from './layout.ts';
import { standingWords } from './standing.ts';
import { applyText, type CommandOptions, staleRows, stepRows } from './step-rows.ts';
import { caWords, counted, errorWords, namesOf, nameWords, onWords } from './words.ts';

/** A plan as it is given to users of the library. */
export interface PlanWithSummary extends Plan {
  /** The plan in lines of text, without colour. */
  readonly summary: string;
}

/**
 * The plan for people: verdict, errors, steps target by target, CAs that are new, what follows for
 * clients, and how it is applied.
 *
 * @example
 * console.log(planText(plan, { width: process.stdout.columns }))
 */
export function planText(plan: Plan, options: CommandOptions = {}): string {
  const { findings, targets, blocked } = plan;
  const { paint = plain } = options;
  const verdict = planVerdict(plan);
  const colour = blocked ? paint.bad : verdict.startsWith('In sync') ? paint.good : plain.good;
  const { errors, others } = findingsTexts(findings, options);
  return sections(lines([colour(verdict)], options), [
    errors,
    bodyText(targets, plan.changes, options),
    layout(
      plan.caChanges.flatMap((one) => changeRows(one, targets)),
      options,
    ),
    others,
    admissionText(plan, options),
    footer(plan, options),
  ]);
}

function bodyText(targets: readonly PlannedTarget[], changes: boolean, options: TextOptions): string {
  const blocks = targets.map((target) => ({ target, block: blockOf(target, options) }));
  const silent = blocks.filter(({ block }) => block.rows.length === 0).map(({ target }) => target);
  const inSync = silent.filter(({ compared }) => compared);
  const unseen = silent.filter(({ compared }) => !compared);
  // Where everything is in sync, or nothing was compared, the verdict says so.
  const others = [
    ...(inSync.length > 0 && changes ? [`${namesOf(inSync, options.verbose)}: in sync`] : []),
    ...(unseen.length > 0 && unseen.length < targets.length
      ? [`${namesOf(unseen, options.verbose)}: not compared`]
      : []),
  ];
  const shown = blocks.map(({ block }) => block).filter(({ rows }) => rows.length > 0);
  return targetsText(shown, others, options);
}

function blockOf(target: PlannedTarget, options: TextOptions): Block {
  const { name, title, accountRegion, leaving, failed, steps, freshness } = target;
  const { paint = plain } = options;
  const state = leaving ? { state: 'leaves the definition' } : {};
  const broken =
    failed === undefined
      ? []
      : [{ text: paint.bad(`could not be read: ${failed.message} [${failed.code}]`), indent: 2 }];
  const rows = [
    ...broken,
    ...steps.flatMap((step) => stepRows(step, options)),
    ...staleRows(freshness, options),
  ];
  return { name, title, accountRegion, ...state, rows, alone: failed !== undefined };
}

/** A CA that is new, kept or retired, and where its clients are admitted. */
function changeRows(change: CaChange, targets: readonly PlannedTarget[]): readonly Row[] {
  const { change: kind, sha256, group, admittedOn, notOn } = change;
  const ca = caWords(change);
  const through = [...new Set(admittedOn.map((one) => one.through))].join(', ');
  const admitted = nameWords(admittedOn.map(({ target }) => target));
  // Of targets that were not looked at nothing is said.
  const others = notOn.filter((name) => targets.some((target) => target.name === name && target.compared));
  const lines = {
    propose: [
      `Proposed: ${ca}, new in ${group}`,
      `accept with: trustloom accept ${sha256.slice(0, 8)}`,
      ...(admitted === '' ? [] : [`its clients are already admitted on ${admitted} (through ${through})`]),
      ...(admitted === '' || others.length === 0 ? [] : [`not admitted yet on ${nameWords(others)}`]),
    ],
    keep: [
      `Kept: ${ca}, in the lock but no longer offered by ${group}`,
      admitted === '' ? 'its clients are admitted nowhere' : `its clients are admitted on ${admitted}`,
    ],
    retired: [
      `Retired: ${ca} of ${group}`,
      `its clients are still admitted on ${admitted}`,
      `remove with: --allow remove:${sha256}`,
      `take back with: trustloom accept ${sha256.slice(0, 8)}`,
    ],
  }[kind];
  return lines.map((text, index) => ({ text, indent: index === 0 ? 0 : 2 }));
}

/**
 * Who is wrongly admitted and refused, now and once the plan is done: by what was observed of the
 * targets that were compared.
 */
function admissionText({ targets, now, after, changes, missing }: Plan, options: TextOptions): string {
  const compared = targets.filter((target) => target.compared);
  if (compared.length === 0) return '';
  const unseen = targets.filter((target) => !target.compared);
  const later = missing.length > 0 ? 'after, without the consents above' : 'after this plan';
  const when = (at: string, { exposure, lockout }: Plan['now']): readonly Row[] => [
    ...foundRows(
      `wrongly admitted ${at}`,
      exposure.map(({ text }) => text),
      targets,
      options,
    ),
    ...foundRows(`wrongly refused ${at}`, lockout, targets, options),
  ];
  const isSame = JSON.stringify(now) === JSON.stringify(after);
  return layout(
    [
      { text: 'Calculated from what the services answered, not tested:', indent: 0 },
      ...(!changes
        ? when('now', now)
        : isSame
          ? when(`now, and ${later}`, now)
          : [...when('now', now), ...when(later, after)]),
      ...(unseen.length === 0 ? [] : [{ text: `not looked at: ${namesOf(unseen)}`, indent: 2 }]),
    ],
    options,
  );
}

/** What was found, the same on many targets once. */
function foundRows(
  what: string,
  items: readonly string[],
  targets: readonly PlannedTarget[],
  options: TextOptions,
): readonly Row[] {
  if (items.length === 0) return [{ text: `${what}: none found`, indent: 2 }];
  const folded = foldTexts(items.map((text) => ({ text, target: targetOf(text, targets) })));
  return [
    { text: `${what}:`, indent: 2 },
    ...folded.map(({ text, targets: on }) => ({
      text: on.length === 0 ? text : `${text}, on ${nameWords(on, options.verbose)}`,
      indent: 4,
    })),
  ];
}

function targetOf(text: string, targets: readonly PlannedTarget[]): string | undefined {
  return targets.find(({ name }) => text.startsWith(`${name}: `))?.name;
}

/** How long it takes, and what is to be typed. */
function footer(plan: Plan, options: CommandOptions): string {
  if (plan.blocked || (plan.calls === 0 && plan.missing.length === 0)) return '';
  const slowest = plan.slowest === undefined ? '' : `, ${duration(plan.slowest.seconds)} (${titleOf(plan)})`;
  // The command below gives the consents, so the steps that need them are counted too.
  const writes = plan.targets
    .flatMap(({ steps }) => steps)
    .filter(({ skipped }) => skipped === undefined || skipped === 'consent' || skipped === 'depends').length;
  const calls = writes === 0 ? '' : `${counted(writes, 'write')}${slowest}. `;
  return applyText(`${calls}To apply ${plan.missing.length > 0 ? 'all of it' : 'it'}:`, plan, options);
}

function titleOf({ slowest, targets }: Plan): string {
  return targets.find(({ service }) => service === slowest?.service)?.title ?? slowest?.service ?? '';
}

function duration(seconds: number): string {
  return `about ${seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`}`;
}

/**
 * What a plan comes to, in one line: `Plan: 3 changes on 2 of 4 targets; 1 more needs consent.`
 *
 * @example
 * console.log(planVerdict(await trustloom.plan()))
 */
export function planVerdict(plan: Plan): string {
  const { targets, findings, now } = plan;
  const wrong = errorWords(findings);
  if (plan.blocked) return `Blocked: ${[...wrong, blockedWords(plan)].join('; ')}.`;
  const failed = targets.filter((target) => target.failed !== undefined);
  const unseen = targets.filter((target) => target.failed === undefined && !target.compared);
  const unread = [
    ...(failed.length === 0 ? [] : [`${namesOf(failed)} could not be read`]),
    ...(unseen.length === 0 ? [] : [`${namesOf(unseen)} not compared`]),
  ];
  if (plan.changes) return `Plan: ${[...changeWords(plan), ...unread, ...wrong].join('; ')}.`;
  const asDefined = targets.filter(({ compared }) => compared);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return `${[standingWords({ asDefined, targets, admission: now, errors }), ...unread].join('; ')}.`;
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
