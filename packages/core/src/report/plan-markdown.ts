import type { Plan } from '../plan/plan.ts';
import { escapeMarkdown, markdownTable } from './layout.ts';
import { planVerdict } from './plan-text.ts';

/**
 * A plan as Markdown, for a review in a pull request. What comes from outside is escaped.
 *
 * @example
 * await writeFile('plan.md', planMarkdown(plan))
 */
export function planMarkdown(plan: Plan): string {
  const rows = plan.targets.flatMap(({ name, steps }) =>
    steps.map(({ effect, summary, missing }) => [name, effect, summary, missing.join(' ')]),
  );
  const crlOf = (title: string, items: readonly string[]) =>
    items.length === 0
      ? []
      : [`**${title}**\n${items.map((item) => `\n- ${escapeMarkdown(item)}`).join('')}`];
  return [
    `### ${escapeMarkdown(planVerdict(plan))}`,
    ...(rows.length === 0 ? [] : [markdownTable([['target', 'effect', 'change', 'needs'], ...rows])]),
    ...crlOf(
      'Findings',
      plan.findings.map(({ severity, message, code }) => `${severity}: ${message} [${code}]`),
    ),
    ...crlOf('After this plan, by the definition, admitted although not good', plan.exposure),
    ...crlOf('After this plan, by the definition, refused although good', plan.lockout),
    `Digest \`${plan.digest}\``,
  ].join('\n\n');
}
