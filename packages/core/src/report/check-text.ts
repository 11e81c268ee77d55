import type { Matrix, MatrixCell } from '../preflight/matrix.ts';
import type { CheckReport } from './check.ts';
import { findingsText } from './findings-text.ts';
import { layout, type Row, sections } from './layout.ts';
import { plain, type TextOptions } from './options.ts';
import { textTable, visibleLength } from './table.ts';
import { counted } from './words.ts';

/** More rows than this are folded where every service takes them. */
const manyRows = 20;

/**
 * The pre-flight for people: verdict, errors, what each service says of each CA and CRL, then the
 * rest.
 *
 * @example
 * console.log(checkText(await trustloom.check()))
 */
export function checkText(report: CheckReport, options: TextOptions = {}): string {
  const { matrix, findings, exitCode } = report;
  const { paint = plain } = options;
  const colour = exitCode === 0 ? paint.good : paint.bad;
  const isError = ({ severity }: CheckReport['findings'][number]) => severity === 'error';
  return sections(layout([{ text: colour(verdictOf(report)), indent: 0 }], options), [
    findingsText(findings.filter(isError), options),
    matrix.rows.length === 0 ? '' : matrixText(matrix, options),
    findingsText(
      findings.filter((finding) => !isError(finding)),
      options,
    ),
  ]);
}

function verdictOf({ matrix, findings }: CheckReport): string {
  const of = (wanted: string) => findings.filter(({ severity }) => severity === wanted).length;
  const [errors, warnings] = [of('error'), of('warning')];
  const cells = matrix.rows.flatMap((row) => row.cells);
  const refused = matrix.services.filter((service) =>
    cells.some((cell) => cell.service === service && cell.verdict === 'refused'),
  );
  const taken = refused.length > 0 ? `refused by ${refused.join(', ')}` : 'no CA or CRL is refused';
  const unknown = matrix.services.filter((service) =>
    cells.some((cell) => cell.service === service && cell.verdict === 'unknown'),
  );
  return `${[
    errors === 0 ? 'Checked' : `Checked: ${counted(errors, 'error')}`,
    ...(matrix.rows.length === 0 || matrix.services.length === 0 ? [] : [taken]),
    ...(unknown.length === 0 ? [] : [`not known for ${unknown.join(', ')}`]),
    ...(warnings === 0 ? [] : [counted(warnings, 'warning')]),
  ]
    .join('; ')
    .replace(/^Checked; /, 'Checked: ')}.`;
}

/**
 * The pre-flight matrix: one line for each CA and CRL, one column for each service; one under the
 * other where the terminal is too narrow for that.
 *
 * @example
 * console.log(matrixText(report.matrix))
 */
export function matrixText(matrix: Matrix, options: TextOptions = {}): string {
  const { width = Number.POSITIVE_INFINITY, verbose } = options;
  const taken = (row: Matrix['rows'][number]) => row.cells.every(({ verdict }) => verdict === 'ok');
  const folded = verbose !== true && matrix.rows.length > manyRows ? matrix.rows.filter(taken) : [];
  const rows = matrix.rows.filter((row) => !folded.includes(row));
  const more =
    folded.length === 0
      ? []
      : [`${counted(folded.length, 'more CA or CRL', 'more CAs and CRLs')}: ok everywhere`];
  const table = textTable(
    [
      ['', ...matrix.services],
      ...rows.map(({ label, cells }) => [label, ...cells.map((cell) => cellText(cell, options))]),
    ],
    3,
  );
  const wide = table.split('\n').some((line) => visibleLength(line) > width);
  const text = wide
    ? layout(
        rows.flatMap((row) => crlRows(row, options)),
        options,
      )
    : table;
  return [text, ...more].join('\n');
}

function cellText({ verdict, note }: MatrixCell, { paint = plain }: TextOptions): string {
  const word = verdict === 'unknown' ? 'not known:' : verdict;
  const text = note === undefined ? word.replace(':', '') : `${word} ${note}`;
  return verdict === 'ok' ? paint.good(text) : verdict === 'refused' ? paint.bad(text) : paint.warn(text);
}

/** One CA or CRL by verdict: `ok: cloudfront, alb`. */
function crlRows({ label, cells }: Matrix['rows'][number], options: TextOptions): readonly Row[] {
  const texts = [...new Set(cells.map((cell) => cellText(cell, options)))];
  return [
    { text: label, indent: 0 },
    ...texts.map((text) => {
      const same = cells.filter((cell) => cellText(cell, options) === text);
      return { text: `${text}: ${same.map(({ service }) => service).join(', ')}`, indent: 2 };
    }),
  ];
}
