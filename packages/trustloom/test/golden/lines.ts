import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Line, translated } from './words.ts';

/** `GOLDEN=record` writes the files anew; else what runs is compared with them. */
const recording = process.env.GOLDEN === 'record';
const folder = join(import.meta.dirname, 'recorded');

/** Writes the lines of a scenario down, or compares them with those that were. */
export async function expectRecorded(scenario: string, lines: readonly Line[]): Promise<void> {
  const file = join(folder, `${scenario}.jsonl`);
  if (recording) {
    await mkdir(folder, { recursive: true });
    await writeFile(file, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
    return;
  }
  const recorded: Line[] = (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const text = (all: readonly Line[]) => all.map((line) => JSON.stringify(line));
  expect(text(lines)).toEqual(text(recorded.map(translated)));
}

/**
 * Puts names in the place of what is random: digests, ARNs, ids. What has no name is numbered in
 * the order in which it is met.
 */
export interface Names {
  /** Gives a digest or an id its name; the eight digits that a digest begins with get it too. */
  add(value: string, name: string): void;
  /** A line in which nothing random is left, and nothing that says nothing. */
  line(line: Line): Line;
}

const random =
  /arn:aws[\w-]*:[^\s"]+|[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{64}\b|\b[0-9a-f]{8,32}\b|\b(?:ts_|cf_|E)[A-Z0-9]{11,}\b/g;
/** Lists of which the order says nothing: it is that of digests. */
const unordered = /^(things|needs|missing|cas|crls|reaches|not|tags|files)$/;

export function createNames(): Names {
  const given = new Map<string, string>();
  const met = new Map<string, string>();
  const numbered = (value: string): string => {
    const kind = value.startsWith('arn:')
      ? value.split(':').slice(2, 3)
      : value.length === 64
        ? 'sha256'
        : 'id';
    const name = met.get(value) ?? `${kind}#${met.size + 1}`;
    met.set(value, name);
    return name;
  };
  return {
    add(value, name) {
      given.set(value, name);
      if (/^[0-9a-f]{64}$/.test(value)) given.set(value.slice(0, 8), `${name}~`);
    },
    line(line) {
      const of = (text: string) => text.replace(random, (value) => given.get(value) ?? numbered(value));
      // Of raw state the order is that of ids: numbers would not be the same each time. Nor are the
      // seeds of a KeyValueStore's layout.
      const masked = (text: string) =>
        text.replace(/(?<= )-?\d{3,}/g, '*').replace(random, (value) => given.get(value) ?? '*');
      const text = 'held' in line ? masked : of;
      const entries = Object.entries(line).flatMap(([key, value]): [string, Line[string]][] => {
        if (value === '' || value === 0 || value === false) return [];
        if (!Array.isArray(value)) return [[key, typeof value === 'string' ? text(value) : value]];
        const all = value.map(text);
        return all.length === 0 ? [] : [[key, unordered.test(key) ? all.sort() : all]];
      });
      return Object.fromEntries(entries);
    },
  };
}
