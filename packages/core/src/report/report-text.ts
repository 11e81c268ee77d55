import type { Report, TargetReport } from '../apply/report.ts';
import type { Exposure } from '../plan/plan.ts';
import { type Block, findingsText, targetsText } from './fold.ts';
import { lines, plain, type Row, sections, type TextOptions } from './layout.ts';
import { problemsText } from './problems.ts';
import { standingWords, wrongWords } from './standing.ts';
import { applyText, type CommandOptions, staleRows, stepRows } from './step-rows.ts';
import { allWords, asDone, counted, errorWords, namesOf, onWords } from './words.ts';

/**
 * What apply did and what is left, target by target.
 *
 * @example
 * console.log(reportText(await trustloom.apply({ approve: plan.digest })))
 */
export function reportText(report: Report, options: CommandOptions = {}): string {
  const { missing } = report;
  const rest =
    missing.length === 0 || report.plan.blocked ? '' : applyText('To apply the rest:', { missing }, options);
  return textOf(report, applyVerdict(report), applied, rest, options);
}

/**
 * What a refresh did: of CRLs and the deny list alone, and nothing about who is trusted.
 *
 * @example
 * console.log(refreshText(await trustloom.refresh()))
 */
export function refreshText(report: Report, options: TextOptions = {}): string {
  const findings = report.findings.filter(({ severity }) => severity !== 'note');
  return textOf({ ...report, findings }, refreshVerdict(report), refreshed, '', options);
}

/** How a target stands of which nothing remains to be done, and what speaks against that. */
interface Words {
  readonly good: string;
  readonly wrong: string;
  readonly kinds: readonly Exposure['kind'][];
}

const applied: Words = {
  good: 'in sync',
  wrong: 'as defined',
  kinds: ['anybody', 'untrusted', 'revoked', 'unknown', 'bypass'],
};
const refreshed: Words = { good: 'CRLs current', wrong: 'not in force', kinds: ['anybody', 'revoked'] };

function textOf(report: Report, verdict: string, words: Words, rest: string, options: TextOptions): string {
  const { paint = plain } = options;
  const colour = report.exitCode === 0 ? paint.good : paint.warn;
  // Where an error keeps everything from being written, only that is shown.
  const targets = report.plan.blocked ? [] : report.targets;
  const blocks = targets.map((target) => blockOf(target, report, words, options));
  const silent = targets.filter((_, index) => blocks[index]?.rows.length === 0);
  const inSync = silent.filter(({ state }) => state !== 'not-compared');
  const unseen = silent.filter(({ state }) => state === 'not-compared');
  const shown = blocks.filter(({ rows }) => rows.length > 0);
  const someDone = shown.length > 0;
  const others = [
    ...(inSync.length > 0 && someDone ? [`${namesOf(inSync, options.verbose)}: ${words.good}`] : []),
    ...(unseen.length > 0 && (someDone || inSync.length > 0)
      ? [`${namesOf(unseen, options.verbose)}: not compared`]
      : []),
  ];
  return sections(lines([colour(verdict)], options), [
    targetsText(shown, others, options),
    findingsText(report.findings, options),
    // What keeps everything from being written is said above.
    report.plan.blocked
      ? ''
      : problemsText(report, new Set(report.findings.map(({ message }) => message)), options),
    rest,
  ]);
}

function blockOf(target: TargetReport, { plan, now }: Report, words: Words, options: TextOptions): Block {
  const { paint = plain } = options;
  const { name, service, state, done, remaining, failed, freshness } = target;
  const planned = plan.targets.find((one) => one.name === name);
  const wrong = [
    ...now.exposure.filter(({ kind }) => words.kinds.includes(kind)).map(({ text }) => text),
    ...(words.kinds.includes('bypass') ? now.lockout : []),
  ].flatMap((text) => (text.startsWith(`${name}: `) ? [text.slice(name.length + 2)] : []));
  const states: Readonly<Record<TargetReport['state'], string>> = {
    'in-sync': wrong.length === 0 ? paint.good(words.good) : paint.warn(words.wrong),
    removed: paint.good('removed'),
    waits: paint.warn(waitsWords(target)),
    incomplete: paint.warn('not finished'),
    'not-compared': paint.warn('not compared'),
    failed: paint.bad('failed'),
  };
  const rows: readonly Row[] = [
    ...(failed === undefined ? [] : [{ text: paint.bad(`${failed.message} [${failed.code}]`), indent: 2 }]),
    ...done.map(({ summary }) => ({ text: asDone(summary), indent: 2 })),
    ...(remaining.length === 0 ? [] : [{ text: 'not done:', indent: 2 }]),
    ...remaining.flatMap((step) => stepRows(step, options, 4)),
    ...staleRows(freshness, options),
    ...wrong.map((text) => ({ text: paint.bad(text), indent: 2 })),
  ];
  const accountRegion = planned?.accountRegion ?? { account: '', region: '' };
  const title = planned?.title ?? service;
  return { name, title, accountRegion, state: states[state], rows, alone: failed !== undefined };
}

function waitsWords({ remaining }: TargetReport): string {
  const needs = remaining.filter(({ skipped }) => skipped === 'consent').length;
  return needs > 0 ? 'needs consent' : 'not finished';
}

function applyVerdict(report: Report): string {
  const { targets, calls, plan, now } = report;
  const wrong = errorWords(report.findings);
  if (plan.blocked) return `Blocked: ${wrong.join('; ')}; nothing was written.`;
  const touched = targets.filter(({ done }) => done.length > 0).length;
  const changes = counted(calls, 'change') + onWords(touched, targets.length);
  const rest = restWords(targets);
  if (rest.length > 0) {
    const written = calls === 0 ? 'Not applied: nothing was written' : `Partly applied: ${changes}`;
    return `${[written, ...rest, ...wrongWords(now, targets), ...wrong].join('; ')}.`;
  }
  const asDefined = targets.filter(({ state }) => state === 'in-sync' || state === 'removed');
  const errors = report.findings.filter(({ severity }) => severity === 'error').length;
  const stands = standingWords({ asDefined, targets, admission: now, errors });
  if (calls === 0) return `${stands}; nothing was written.`;
  return `Applied: ${changes}; ${stands.replace(/^In sync: (.*)$/, '$1 in sync').replace(/^As/, 'as')}.`;
}

/** Nothing is said of trust: a refresh does not look at it. */
function refreshVerdict(report: Report): string {
  const { targets, calls } = report;
  const stale = targets.filter(({ freshness }) => freshness.some(({ red }) => red.length > 0));
  const touched = targets.filter(({ done }) => done.length > 0).length;
  const wrong = [
    ...restWords(targets),
    ...(stale.length === 0 ? [] : [`CRLs late or expired on ${namesOf(stale)}`]),
    ...wrongWords({ ...report.now, lockout: [] }, targets, ['revoked', 'anybody']),
    ...errorWords(report.findings),
  ];
  const done = calls === 0 ? 'nothing to write' : counted(calls, 'change') + onWords(touched, targets.length);
  return wrong.length === 0
    ? `CRLs current on ${allWords(targets)}; ${done}.`
    : `CRLs not current everywhere: ${[done, ...wrong].join('; ')}.`;
}

function restWords(targets: Report['targets']): readonly string[] {
  const remaining = targets.flatMap((target) => target.remaining);
  const consent = remaining.filter(({ skipped }) => skipped === 'consent').length;
  const others = remaining.length - consent;
  const failed = targets.filter((target) => target.failed !== undefined);
  return [
    ...(consent === 0 ? [] : [`${counted(consent, 'change')} ${consent === 1 ? 'needs' : 'need'} consent`]),
    ...(others === 0 ? [] : [`${counted(others, 'change')} not done`]),
    ...(failed.length === 0 ? [] : [`${namesOf(failed)} failed`]),
  ];
}
