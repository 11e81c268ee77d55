/**
 * Columns side by side, padded to the widest cell: the one way in which our texts lay out tables.
 */
export function textTable(rows: readonly (readonly string[])[], gap = 2): string {
  const widths = rows.reduce<readonly number[]>((widest, row) => {
    const length = Math.max(widest.length, row.length);
    return Array.from({ length }, (_, column) =>
      Math.max(widest[column] ?? 0, visibleLength(row[column] ?? '')),
    );
  }, []);
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - visibleLength(cell))))
        .join(' '.repeat(gap))
        .trimEnd(),
    )
    .join('\n');
}

/** A Markdown table; the first row is its header. Pipes and line breaks in cells are escaped. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [header, ...body] = rows;
  if (header === undefined) return '';
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return [line(header), `|${header.map(() => ' --- |').join('')}`, ...body.map(line)].join('\n');
}

/** Text from outside never becomes Markdown or HTML of ours. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>|#]/g, (character) => `\\${character}`)
    .trim();
}

/** Characters that a terminal shows. */
export function visibleLength(text: string): number {
  return text.replace(ansi, '').length;
}

const ansi = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
