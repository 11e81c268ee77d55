import type { Finding } from '../errors/finding.ts';
import { foldTexts } from './fold.ts';
import { layout } from './layout.ts';
import { plain, type TextOptions } from './options.ts';
import { nameWords } from './words.ts';

/**
 * Findings, one a paragraph: severity, where, message, code. Errors first and each by itself; the
 * same warning about many targets is said once.
 *
 * @example
 * console.log(findingsText(plan.findings))
 */
export function findingsText(findings: readonly Finding[], options: TextOptions = {}): string {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const folded = foldTexts(
    findings
      .filter(({ severity }) => severity !== 'error')
      .map((finding) => ({ target: finding.target, text: findingText(finding, options) })),
  );
  return layout(
    [
      ...errors.map((finding) => ({ text: findingText(finding, options), indent: 0 })),
      ...folded.flatMap(({ text, targets }) => [
        { text, indent: 0 },
        ...(targets.length === 0 ? [] : [{ text: `on ${nameWords(targets, options.verbose)}`, indent: 4 }]),
      ]),
    ],
    options,
  );
}

function findingText(
  { code, severity, message, target, at }: Finding,
  { paint = plain }: TextOptions,
): string {
  const colour = { error: paint.bad, warning: paint.warn, note: paint.dim }[severity];
  const where = at === undefined ? '' : `${at.file}:${at.line}:${at.column}: `;
  const about = target === undefined || message.startsWith(`${target}:`) ? '' : `${target}: `;
  return `${colour(`${severity}:`)} ${where}${about}${message} [${code}]`;
}
