import { codes, findingsText, type Plan, planMarkdown, reportText, TrustloomError } from '@trustloom/core';
import type { CliContext } from '../context.ts';
import { createProgress } from '../progress.ts';

/** Options of `plan` and `apply`. */
export interface PlanFlags {
  readonly allow: readonly string[];
  readonly target: readonly string[];
  readonly detailedExitcode?: true;
  readonly markdown?: true;
}

/** `plan`: what would change, with its digest and the consents it needs. Writes nothing. */
export async function plan(context: CliContext, flags: PlanFlags): Promise<number> {
  await using trustloom = await context.open();
  const planned = await trustloom.plan({ allow: flags.allow, signal: context.io.signal, ...targets(flags) });
  context.result(planned, flags.markdown === true ? planMarkdown(planned) : planText(context, planned));
  const wrong =
    planned.findings.some(({ severity }) => severity === 'error') ||
    planned.targets.some(
      ({ failed, freshness }) => failed !== undefined || freshness.some(({ red }) => red.length > 0),
    );
  if (wrong) return exitOfFindings(planned);
  return flags.detailedExitcode === true && planned.changes ? 2 : 0;
}

/** Options of `apply` alone. */
export interface ApplyFlags extends PlanFlags {
  readonly approve?: string;
  readonly autoApprove?: true;
}

/** `apply`: plans again, asks on a terminal, does it. */
export async function apply(context: CliContext, flags: ApplyFlags): Promise<number> {
  const { io } = context;
  await using trustloom = await context.open();
  const options = { allow: flags.allow, signal: io.signal, ...targets(flags) };
  const approve =
    flags.approve ??
    (flags.autoApprove === true ? 'any' : await approved(context, await trustloom.plan(options)));
  if (approve === undefined) return 1;
  const progress = createProgress(context);
  const report = await trustloom
    .apply({ ...options, approve, onEvent: progress.on })
    .finally(() => progress.end());
  context.result(report, reportText(report, context.paint));
  if (report.missing.length > 0)
    context.note(
      `left out for want of consent: ${report.missing.map((consent) => `--allow ${consent}`).join(' ')}`,
    );
  return report.exitCode;
}

/** Shows the plan and asks; without a terminal nobody can answer. */
async function approved(context: CliContext, planned: Plan): Promise<string | undefined> {
  const { io } = context;
  if (!planned.changes) return planned.digest;
  io.err(`${planText(context, planned)}\n`);
  if (!io.inIsTerminal || !io.errIsTerminal) {
    throw new TrustloomError(
      'approval-missing',
      `nobody can be asked without a terminal; read the plan, then run apply with --approve ${planned.digest}, or with --auto-approve`,
    );
  }
  const answer = await io.ask('Apply this plan? Type yes: ');
  if (answer.trim() === 'yes') return planned.digest;
  context.note('not applied');
  return undefined;
}

function planText({ paint }: CliContext, planned: Plan): string {
  return [
    planned.summary,
    ...(planned.findings.length === 0 ? [] : [findingsText(planned.findings, paint)]),
  ].join('\n');
}

function targets({ target }: PlanFlags): { readonly targets?: readonly string[] } {
  return target.length === 0 ? {} : { targets: target };
}

/** 3 when a safety rule said no. */
function exitOfFindings({ findings }: Plan): number {
  return findings.some(({ severity, code }) => severity === 'error' && codes[code].kind === 'refused')
    ? 3
    : 1;
}
