import type { TextOptions } from './options.ts';
import { visibleLength } from './table.ts';

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

/** Parts of a text, with an empty line between them; a long one ends as it began. */
export function sections(verdict: string, parts: readonly string[]): string {
  const reported = parts.filter((part) => part !== '');
  const text = [verdict, ...reported].join('\n\n');
  return text.split('\n').length > longText ? `${text}\n\n${verdict}` : text;
}

function wrapped(text: string, indent: number, width: number): readonly string[] {
  const words = text.replace(joints, joint).split(' ');
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const margin = lines.length === 0 ? indent : indent + 4;
    if (line !== '' && margin + visibleLength(line) + 1 + visibleLength(word) > width) {
      lines.push(' '.repeat(margin) + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(' '.repeat(lines.length === 0 ? indent : indent + 4) + line);
  return lines.map((one) => one.replaceAll(joint, ' ').trimEnd());
}
