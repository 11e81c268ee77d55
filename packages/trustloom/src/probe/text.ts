import { type Paint, plain, textTable } from '@trustloom/core';
import type { ProbeCell, ProbeReport, ProbeRow } from './report.ts';

/** The answers as a matrix: targets by clients, then the doors. */
export function probeText({ clients, rows }: ProbeReport, paint: Paint = plain): string {
  const table = textTable(
    [
      ['', ...clients],
      ...rows.map((row) => [row.target, ...row.cells.map((cell) => cellText(cell, row, paint))]),
    ],
    3,
  );
  const doors = rows.flatMap(({ target, doors: found }) =>
    found.map(({ state, what }) => `${target}: ${what}: ${state === 'open' ? paint.bad('OPEN') : state}`),
  );
  return doors.length === 0 ? table : `${table}\ndoors:\n${doors.map((door) => `  ${door}`).join('\n')}`;
}

/** A revoked client that gets in is told plainly: the service checks no list. */
function cellText({ client, outcome }: ProbeCell, { revocationEnforced }: ProbeRow, paint: Paint): string {
  if (outcome === 'refused') return paint.good('refused');
  if (outcome === '-') return paint.dim('-');
  const letIn = outcome < 400;
  if (client.startsWith('revoked') && letIn)
    return paint.warn(revocationEnforced ? `${outcome} (LET IN)` : `${outcome} (not enforced)`);
  return letIn ? String(outcome) : paint.good(String(outcome));
}
