import type { Admission, Plan } from '../plan/plan.ts';
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
  const bulletsOf = (title: string, items: readonly string[]) =>
    items.length === 0
      ? []
      : [`**${title}**\n${items.map((item) => `\n- ${escapeMarkdown(item)}`).join('')}`];
  return [
    `### ${escapeMarkdown(planVerdict(plan))}`,
    ...(rows.length === 0 ? [] : [markdownTable([['target', 'effect', 'change', 'needs'], ...rows])]),
    ...bulletsOf(
      'Findings',
      plan.findings.map(({ severity, message, code }) => `${severity}: ${message} [${code}]`),
    ),
    ...bulletsOf('Wrongly admitted now', exposureTexts(plan.now)),
    ...bulletsOf('Calculated for after this plan: wrongly admitted', exposureTexts(plan.after)),
    ...bulletsOf('Wrongly refused now', plan.now.lockout),
    ...bulletsOf('Calculated for after this plan: wrongly refused', plan.after.lockout),
    `Digest \`${plan.digest}\``,
  ].join('\n\n');
}

function exposureTexts({ exposure }: Admission): readonly string[] {
  return exposure.map(({ text }) => text);
}
