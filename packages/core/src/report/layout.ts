/** How texts are coloured; the command passes colours, everybody else nothing. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** No colour at all. */
export const plain: Paint = { good: same, bad: same, warn: same, dim: same };

/**
 * How a text is laid out.
 *
 * @example
 * console.log(planText(plan, { width: process.stdout.columns }))
 */
export interface TextOptions {
  /** Columns of the terminal; absent: lines are as long as what they say. */
  readonly width?: number | undefined;
  readonly paint?: Paint;
  /** All names where equal rows of many targets are folded, and why each step is needed. */
  readonly verbose?: boolean;
}

function same(text: string): string {
  return text;
}

/** One line of a block, with its indent. */
export interface Row {
  readonly text: string;
  readonly indent: number;
}

/** A text longer than this says its verdict again at the end. */
const longText = 40;
/** What must not be cut: a flag and its value, a name and the digits of its digest. */
const joints = / (?=\[[0-9a-f]{8}\])|(?<=(?:^| )--[a-z-]+) (?=\S)/g;
const joint = '\u0000';

/**
 * Lines of one column with a hanging indent: broken between words where they are wider than the
 * terminal. Ids, consents and the names of CAs are never cut.
 *
 * @example
 * layout([{ text: '+ create trust store with 2 CAs', indent: 2 }], { width: 60 })
 */
export function layout(rows: readonly Row[], { width = Number.POSITIVE_INFINITY }: TextOptions = {}): string {
  return rows
    .flatMap(({ text, indent }) => text.split('\n').flatMap((line) => wrapped(line, indent, width)))
    .join('\n');
}

/** Lines that begin at the margin. */
export function lines(texts: readonly string[], options: TextOptions): string {
  return layout(
    texts.map((text) => ({ text, indent: 0 })),
    options,
  );
}

/** Parts of a text, with an empty line between them; a long one ends as it began. */
export function sections(verdict: string, parts: readonly string[]): string {
  const reported = parts.filter((part) => part !== '');
  const text = [verdict, ...reported].join('\n\n');
  return text.split('\n').length > longText ? `${text}\n\n${verdict}` : text;
}

function wrapped(text: string, indent: number, width: number): readonly string[] {
  const words = text.replace(joints, joint).split(' ');
  const broken: string[] = [];
  let line = '';
  for (const word of words) {
    const margin = broken.length === 0 ? indent : indent + 4;
    if (line !== '' && margin + visibleLength(line) + 1 + visibleLength(word) > width) {
      broken.push(' '.repeat(margin) + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  broken.push(' '.repeat(broken.length === 0 ? indent : indent + 4) + line);
  return broken.map((one) => one.replaceAll(joint, ' ').trimEnd());
}

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
