import {
  counted,
  layout,
  nameWords,
  plain,
  problemsText,
  sections,
  type TextOptions,
  textTable,
  visibleLength,
} from '@trustloom/core';
import { isAdmitted, isWronglyAdmitted } from './expect.ts';
import type { ProbeCell, ProbeReport, ProbeRow } from './report.ts';

/**
 * The answers for people: a verdict, a matrix of targets by clients, then the bypasses. Where the
 * terminal is too narrow for the matrix, the clients of each target stand one under the other.
 *
 * @example
 * console.log(probeText(await trustloom.probe()))
 */
export function probeText(report: ProbeReport, options: TextOptions = {}): string {
  const { clients, rows } = report;
  const { width = Number.POSITIVE_INFINITY, paint = plain } = options;
  const table = textTable(
    [
      ['', ...clients],
      ...rows.map((row) => [row.target, ...row.cells.map((cell) => cellText(cell, row, options))]),
    ],
    3,
  );
  const isWide = table.split('\n').some((line) => visibleLength(line) > width);
  const listed = rows.flatMap((row) => [
    { text: row.target, indent: 0 },
    ...row.cells.map((cell) => ({ text: `${cell.client}: ${cellText(cell, row, options)}`, indent: 2 })),
  ]);
  const bypasses = rows.flatMap(({ target, bypasses }) =>
    bypasses.map(({ state, what }) => ({
      text: `${target}: ${what}: ${state === 'open' ? paint.bad('open') : state}`,
      indent: 2,
    })),
  );
  return sections(layout([{ text: verdictOf(report), indent: 0 }], options), [
    isWide ? layout(listed, options) : table,
    bypasses.length === 0 ? '' : layout([{ text: 'Bypasses', indent: 0 }, ...bypasses], options),
    problemsText(report, new Set(), options),
  ]);
}

/** Who was admitted although it should not be, and where nothing could be tried. */
function verdictOf({ clients, rows }: ProbeReport): string {
  const admitted = clients.flatMap((client) => {
    const on = rows.filter((row) =>
      row.cells.some((cell) => cell.client === client && isWronglyAdmitted(cell, row)),
    );
    const who = client === 'none' ? 'no certificate' : client;
    return on.length === 0 ? [] : [`${who} on ${nameWords(on.map(({ target }) => target))}`];
  });
  const untried = rows.filter(({ cells }) => cells.every(({ outcome }) => outcome === '-'));
  const open = rows.flatMap(({ bypasses }) => bypasses).filter(({ state }) => state === 'open').length;
  return `${[
    `Probed: ${counted(rows.length, 'target')} with ${counted(clients.length, 'client')}`,
    admitted.length === 0 ? 'no client was wrongly admitted' : `wrongly admitted: ${admitted.join(', ')}`,
    ...(untried.length === 0 ? [] : [`not tried: ${nameWords(untried.map(({ target }) => target))}`]),
    ...(open === 0 ? [] : [`${counted(open, 'bypass', 'bypasses')} open`]),
  ].join('; ')}.`;
}

/** A revoked client that is admitted is named plainly; where nothing checks CRLs, that is why. */
function cellText(cell: ProbeCell, { revocationEnforced }: ProbeRow, { paint = plain }: TextOptions): string {
  const { client, outcome } = cell;
  if (outcome === 'refused') return paint.good('refused');
  if (outcome === '-') return paint.dim('-');
  if (!isAdmitted(cell)) return paint.good(String(outcome));
  if (!client.startsWith('revoked')) return String(outcome);
  return paint.warn(revocationEnforced ? `${outcome} (admitted)` : `${outcome} (not enforced)`);
}
