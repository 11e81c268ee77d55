import { layout, type TextOptions } from './layout.ts';

/**
 * Why the exit code is not 0, each reason in a line: those that nothing above says already. Empty
 * where it is 0.
 *
 * @example
 * problemsText(report, new Set(report.findings.map(({ message }) => message)), {})
 */
export function problemsText(
  { problems, exitCode }: { readonly problems: readonly string[]; readonly exitCode: number },
  said: ReadonlySet<string>,
  options: TextOptions,
): string {
  const rest = problems.filter((text) => !said.has(text));
  if (exitCode === 0 || rest.length === 0) return '';
  return layout(
    [{ text: `Exit code ${exitCode}, because:`, indent: 0 }, ...rest.map((text) => ({ text, indent: 2 }))],
    options,
  );
}
