import type { Report } from '../apply/report.ts';
import type { Finding } from '../errors/finding.ts';
import type { Matrix } from '../preflight/matrix.ts';
import { type ListFreshness, span } from '../state/freshness.ts';
import type { RevocationStatus, Status, TargetStatus } from './status.ts';
import { escapeMarkdown, markdownTable, textTable } from './table.ts';

/** How texts are coloured; the command passes colours, everybody else nothing. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** No colour at all. */
export const plain: Paint = { good: same, bad: same, warn: same, dim: same };

/** The pre-flight matrix: one line for each CA and list, one column for each service. */
export function matrixText(matrix: Matrix, paint: Paint = plain): string {
  const cell = ({ verdict, note }: Matrix['rows'][number]['cells'][number]) => {
    const text = note === undefined ? verdict : `${verdict} ${note}`;
    return verdict === 'ok' ? paint.good(text) : verdict === 'refused' ? paint.bad(text) : paint.warn(text);
  };
  return textTable(
    [['', ...matrix.services], ...matrix.rows.map(({ label, cells }) => [label, ...cells.map(cell)])],
    3,
  );
}

/** Findings, one a line: severity, place, code, message. */
export function findingsText(findings: readonly Finding[], paint: Paint = plain): string {
  const colour = { error: paint.bad, warning: paint.warn, note: paint.dim } as const;
  return findings
    .map(({ code, severity, message, target, at }) => {
      const place = at === undefined ? '' : `${at.file}:${at.line}:${at.column}: `;
      const about = target === undefined || message.startsWith(`${target}:`) ? '' : `${target}: `;
      return `${colour[severity](severity)} ${place}${about}${message} [${code}]`;
    })
    .join('\n');
}

/** What apply did and what is left, target by target. */
export function reportText(report: Report, paint: Paint = plain): string {
  const lines = report.targets.map(({ name, service, state, done, remaining, failed, freshness }) => {
    const colour =
      state === 'holds' || state === 'left' ? paint.good : state === 'failed' ? paint.bad : paint.warn;
    const writes =
      done.length === 0 ? 'nothing to do' : `${done.length} ${done.length === 1 ? 'write' : 'writes'}`;
    const waits = remaining.map(
      ({ summary, missing }) =>
        `  ${summary}${missing.length > 0 ? `: needs ${missing.map((consent) => `--allow ${consent}`).join(' ')}` : ''}`,
    );
    return [
      `${name} (${service}): ${colour(state)}, ${writes}`,
      ...(failed === undefined ? [] : [paint.bad(`  ${failed.code}: ${failed.message}`)]),
      ...waits,
      ...staleLines(freshness, paint).map((line) => `  ${line}`),
    ].join('\n');
  });
  return [...lines, ...(report.findings.length > 0 ? [findingsText(report.findings, paint)] : [])].join('\n');
}

/** What holds now, target by target. */
export function statusText(status: Status, paint: Paint = plain): string {
  return status.targets.map((target) => targetText(target, paint)).join('\n\n');
}

function targetText(target: TargetStatus, paint: Paint): string {
  const { name, service, place, state, holds, differences, freshness, failed, findings } = target;
  const colour = state === 'holds' ? paint.good : state === 'failed' ? paint.bad : paint.warn;
  const cas =
    holds === undefined || !holds.exists
      ? []
      : holds.cas === 'unknown'
        ? ['trusts: unknown (the service does not tell)']
        : holds.cas.map(({ subject, sha256 }) => `trusts ${subject} ${paint.dim(sha256.slice(0, 12))}`);
  const lists = freshness.flatMap((list) => freshnessLines(list, paint));
  const revocation = holds?.exists ? revocationLines(target.revocation, paint) : [];
  const attachments = (holds?.attachments ?? []).map(
    ({ id, mode, enforcing }) => `${id}: ${mode}${enforcing ? '' : paint.warn(' (asks for no certificate)')}`,
  );
  const doors = (holds?.doors ?? []).map(
    ({ what, state: door }) => `door: ${what}: ${door === 'open' ? paint.bad('OPEN') : door}`,
  );
  const drift = differences.map(({ effect, reason }) => paint.warn(`differs: ${reason} (${effect})`));
  const trouble = failed === undefined ? [] : [paint.bad(`${failed.code}: ${failed.message}`)];
  const notes = findings.length === 0 ? [] : findingsText(findings, paint).split('\n');
  const lines = [...trouble, ...cas, ...revocation, ...lists, ...attachments, ...doors, ...drift, ...notes];
  return [`${name} (${service}, ${place}): ${colour(state)}`, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** Mechanism, entries, whether enforced as far as can be observed, lag, next update due. */
function revocationLines(revocation: RevocationStatus, paint: Paint): readonly string[] {
  const { mechanism, state, gaps, entries, lagMs, budgetMs, nextUpdate, red } = revocation;
  const carried = `${entries} ${entries === 1 ? 'entry' : 'entries'}`;
  const lag = lagMs === undefined ? '' : `, lag ${span(lagMs)}`;
  const budget = lagMs === undefined || budgetMs === undefined ? '' : ` of at most ${span(budgetMs)}`;
  const due = nextUpdate === undefined ? '' : `, next update due ${nextUpdate}`;
  return [
    `revocation: ${mechanism}, ${state === 'enforced' ? paint.good('enforced') : paint.bad(state)} (not probed), ${carried}${lag}${budget}${due}`,
    ...[...gaps, ...red].map((text) => paint.bad(`  ${text}`)),
  ];
}

/** What is to be said of lists that are not fresh; nothing of those that are. */
export function staleLines(freshness: readonly ListFreshness[], paint: Paint = plain): readonly string[] {
  return freshness
    .filter(({ state, red }) => state !== 'fresh' || red.length > 0)
    .flatMap((list) => freshnessLines(list, paint));
}

function freshnessLines(list: ListFreshness, paint: Paint): readonly string[] {
  const { issuer, entries, nextUpdate, state, lagMs, behind, red } = list;
  const until = nextUpdate === undefined ? 'no nextUpdate' : `next update due ${nextUpdate}`;
  const life = { fresh: '', 'last-hour': ' (last hour)', overdue: ' (OVERDUE)', expired: ' (EXPIRED)' }[
    state
  ];
  const lag = lagMs === undefined ? '' : `, ${span(lagMs)} after its issue`;
  const text = `list of ${issuer}: ${entries} ${entries === 1 ? 'entry' : 'entries'}${lag}, ${until}${life}${behind ? ', a newer one is waiting' : ''}`;
  return [state === 'fresh' && !behind ? text : paint.bad(text), ...red.map((why) => paint.bad(`  ${why}`))];
}

/** A plan as Markdown, for a review in a pull request. Everything that comes from outside is escaped. */
export function planMarkdown(plan: Report['plan']): string {
  const rows = plan.targets.flatMap(({ name, steps }) =>
    steps.map(({ effect, summary, missing }) => [name, effect, summary, missing.join(' ')]),
  );
  const table =
    rows.length === 0 ? 'Nothing to do.' : markdownTable([['target', 'effect', 'change', 'needs'], ...rows]);
  const risk = (name: string, items: readonly string[]) =>
    `**${name}**: ${items.length === 0 ? 'none' : items.map((item) => `\n- ${escapeMarkdown(item)}`).join('')}`;
  return [
    `### Trustloom plan \`${plan.digest.slice(0, 12)}\``,
    table,
    risk('lockout', plan.lockout),
    risk('exposure', plan.exposure),
  ].join('\n\n');
}

function same(text: string): string {
  return text;
}
