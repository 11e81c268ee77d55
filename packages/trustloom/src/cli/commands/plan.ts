import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type CommandOptions,
  isRefusal,
  type Plan,
  planMarkdown,
  planText,
  reportText,
  type TextOptions,
  TrustloomError,
} from '@trustloom/core';
import { commandLine } from '../command-line.ts';
import type { CliContext } from '../context.ts';
import { createProgress, whileReading } from '../progress.ts';

/** Options of `plan` and `apply`. */
export interface PlanFlags {
  readonly allow: readonly string[];
  readonly allowFile?: string;
  readonly target: readonly string[];
}

/** `plan`: what would change, with its digest and the consents it needs. Writes nothing to AWS. */
export async function plan(
  context: CliContext,
  flags: PlanFlags & {
    readonly detailedExitcode?: true;
    readonly markdown?: true;
    readonly writeConsents?: string;
  },
): Promise<number> {
  const allow = await consents(context, flags);
  await using trustloom = await context.open();
  const planned = await whileReading(context, 'reads sources and asks the services', () =>
    trustloom.plan({ allow, signal: context.io.signal, ...targets(flags) }),
  );
  if (flags.writeConsents !== undefined)
    await writeFile(
      resolve(context.io.cwd, flags.writeConsents),
      [...allow, ...planned.missing].map((consent) => `${consent}\n`).join(''),
    );
  const text =
    flags.markdown === true ? planMarkdown(planned) : textOf(context, planned, flags, context.text);
  context.result(planned, text);
  const wrong =
    planned.findings.some(({ severity }) => severity === 'error') ||
    planned.targets.some(
      ({ failed, freshness }) => failed !== undefined || freshness.some(({ red }) => red.length > 0),
    );
  // 3 when a safety rule said no.
  if (wrong) return planned.findings.some(isRefusal) ? 3 : 1;
  return flags.detailedExitcode === true && planned.changes ? 2 : 0;
}

/** `apply`: plans again, asks on a terminal, does it. */
export async function apply(
  context: CliContext,
  flags: PlanFlags & { readonly approve?: string; readonly autoApprove?: true },
): Promise<number> {
  const { io } = context;
  const allow = await consents(context, flags);
  await using trustloom = await context.open();
  const options = { allow, signal: io.signal, ...targets(flags) };
  const planned = () =>
    whileReading(context, 'reads sources and asks the services', () => trustloom.plan(options));
  const approve =
    flags.approve ?? (flags.autoApprove === true ? 'any' : await approved(context, await planned(), flags));
  if (approve === undefined) return 1;
  const progress = createProgress(context, 'reads sources and asks the services');
  const report = await trustloom
    .apply({ ...options, approve, onEvent: progress.on })
    .finally(() => progress.end());
  context.result(report, reportText(report, { ...context.text, ...commands(context, flags) }));
  return report.exitCode;
}

/** Shows the plan and asks; without a terminal nobody can answer. */
async function approved(context: CliContext, planned: Plan, flags: PlanFlags): Promise<string | undefined> {
  const { io } = context;
  if (!planned.changes || planned.blocked) return planned.digest;
  const width = io.errIsTerminal ? io.errColumns : undefined;
  io.err(`${textOf(context, planned, flags, { ...context.text, width })}\n`);
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

function textOf(context: CliContext, planned: Plan, flags: PlanFlags, text: TextOptions): string {
  return planText(planned, { ...text, ...commands(context, flags) });
}

/** What is typed to go on with the same definition, targets and consents. */
function commands({ options }: CliContext, flags: PlanFlags): Pick<CommandOptions, 'apply' | 'plan'> {
  return { apply: commandLine('apply', options, flags), plan: commandLine('plan', options, flags) };
}

/** Consents of the command line and of a file. */
async function consents({ io }: CliContext, { allow, allowFile }: PlanFlags): Promise<readonly string[]> {
  if (allowFile === undefined) return allow;
  const text = await readFile(resolve(io.cwd, allowFile), 'utf8').catch(() => {
    throw new TrustloomError('file-not-found', `${allowFile}: cannot be read`);
  });
  const written = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return [...new Set([...allow, ...written.map((line) => line.trim())])];
}

function targets({ target }: PlanFlags): { readonly targets?: readonly string[] } {
  return target.length === 0 ? {} : { targets: target };
}
