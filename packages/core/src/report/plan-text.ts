import type { CaChange, Plan, PlannedTarget } from '../plan/plan.ts';
import { applyText, type CommandOptions } from './commands.ts';
import { findingsText } from './findings-text.ts';
import { type Block, blocksText, foldTexts } from './fold.ts';
import { layout, type Row, sections } from './layout.ts';
import { plain, type TextOptions } from './options.ts';
import { planVerdict } from './plan-verdict.ts';
import { staleRows, stepRows } from './step-rows.ts';
import { caWords, counted, nameWords } from './words.ts';

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
  const isError = ({ severity }: Plan['findings'][number]) => severity === 'error';
  const verdict = planVerdict(plan);
  const colour = blocked ? paint.bad : plan.changes ? same : paint.good;
  return sections(layout([{ text: colour(verdict), indent: 0 }], options), [
    findingsText(findings.filter(isError), options),
    targetsText(targets, plan.changes, options),
    layout(
      plan.caChanges.flatMap((one) => changeRows(one, targets)),
      options,
    ),
    findingsText(
      findings.filter((finding) => !isError(finding)),
      options,
    ),
    admissionText(plan, options),
    footer(plan, options),
  ]);
}

function targetsText(targets: readonly PlannedTarget[], changes: boolean, options: TextOptions): string {
  const blocks = targets.map((target) => ({ target, block: blockOf(target, options) }));
  const silent = blocks.filter(({ block }) => block.rows.length === 0).map(({ target }) => target);
  const names = (of: readonly PlannedTarget[]) =>
    nameWords(
      of.map(({ name }) => name),
      options.verbose,
    );
  const inSync = silent.filter(({ compared }) => compared);
  const unseen = silent.filter(({ compared }) => !compared);
  // Where everything is in sync, or nothing was compared, the verdict says so.
  const lines = [
    ...(inSync.length > 0 && changes ? [`${names(inSync)}: in sync`] : []),
    ...(unseen.length > 0 && unseen.length < targets.length ? [`${names(unseen)}: not compared`] : []),
  ];
  return [
    blocksText(
      blocks.map(({ block }) => block).filter(({ rows }) => rows.length > 0),
      options,
    ),
    layout(
      lines.map((text) => ({ text, indent: 0 })),
      options,
    ),
  ]
    .filter((text) => text !== '')
    .join('\n');
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
    ],
  }[kind];
  return lines.map((text, index) => ({ text, indent: index === 0 ? 0 : 2 }));
}

/**
 * Who is admitted and refused once the plan is done, as far as that was computed: from the
 * definition, and of the targets that were compared.
 */
function admissionText({ targets, exposure, lockout, changes, missing }: Plan, options: TextOptions): string {
  const compared = targets.filter((target) => target.compared);
  if (compared.length === 0) return '';
  const unseen = targets.filter((target) => !target.compared).map(({ name }) => name);
  const open = compared.filter(staysOpen).map(({ name }) => name);
  const when = !changes
    ? 'as things are now'
    : missing.length > 0
      ? 'without the consents above, after this plan'
      : 'after this plan';
  const found = (what: string, items: readonly string[]): readonly Row[] => {
    if (items.length === 0) return [{ text: `${what}: none found`, indent: 2 }];
    const folded = foldTexts(items.map((text) => ({ text, target: targetOf(text, targets) })));
    return [
      { text: `${what}:`, indent: 2 },
      ...folded.map(({ text, targets: on }) => ({
        text: on.length === 0 ? text : `${text}, on ${nameWords(on, options.verbose)}`,
        indent: 4,
      })),
    ];
  };
  return layout(
    [
      { text: `Calculated, not tested: ${when}`, indent: 0 },
      ...(open.length === 0
        ? []
        : [{ text: `anybody is admitted on ${nameWords(open)}: no certificate is asked for`, indent: 2 }]),
      ...found('wrongly admitted', exposure),
      ...found('wrongly refused', lockout),
      ...(unseen.length === 0 ? [] : [{ text: `not looked at: ${nameWords(unseen)}`, indent: 2 }]),
    ],
    options,
  );
}

/** An attachment asks for no client certificate, and no step that may run changes that. */
function staysOpen({ content, steps, leaving }: PlannedTarget): boolean {
  const enforces = steps.some(({ effect, skipped }) => effect === 'enforce' && skipped === undefined);
  return !leaving && !enforces && (content?.attachments ?? []).some(({ enforcing }) => !enforcing);
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

function same(text: string): string {
  return text;
}
