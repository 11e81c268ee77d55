import type { Finding } from '../errors/finding.ts';
import { type AccountRegion, accountRegionText } from '../util/account-region.ts';
import { layout, lines, plain, type Row, type TextOptions } from './layout.ts';
import { counted, nameWords } from './words.ts';

/** What is said of one target. */
export interface Block {
  readonly name: string;
  readonly title: string;
  readonly accountRegion: AccountRegion;
  /** How it stands, in a word or two; behind its name. */
  readonly state?: string;
  readonly rows: readonly Row[];
  /** It is shown alone, whatever others say: an error. */
  readonly alone?: boolean;
}

/** Fewer targets than this are shown one by one. */
const foldFrom = 3;
/** Stands for the name of each target where their rows are folded. */
const anyTarget = '<target>';

/**
 * Blocks of targets, one under the other. Where three targets or more say the same, but for their
 * own names, it is said once; nothing is merged that is not equal.
 */
export function blocksText(blocks: readonly Block[], options: TextOptions): string {
  const groups = grouped(blocks, keyOf);
  return blocks
    .flatMap((block) => {
      const group = groups.get(keyOf(block)) ?? [];
      if (group.length < foldFrom) return [blockText(block, options)];
      return group[0] === block ? [foldedText(block, group, options)] : [];
    })
    .join('\n');
}

/** Blocks of targets, and what is said of all others in a line. */
export function targetsText(
  blocks: readonly Block[],
  others: readonly string[],
  options: TextOptions,
): string {
  return [blocksText(blocks, options), lines(others, options)].filter((text) => text !== '').join('\n');
}

/** Texts about single targets; the same about three or more is said once. */
export function foldTexts(
  texts: readonly { readonly target?: string | undefined; readonly text: string }[],
): readonly { readonly text: string; readonly targets: readonly string[] }[] {
  const groups = grouped(texts, ({ target, text }) => (target === undefined ? text : neutral(text, target)));
  return [...groups].flatMap(([text, group]) => {
    if (group.length < foldFrom) return group.map((one) => ({ text: one.text, targets: [] }));
    return [{ text, targets: group.flatMap(({ target }) => target ?? []) }];
  });
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function blockText({ name, title, accountRegion, state, rows }: Block, options: TextOptions): string {
  const heading = `${name}  ${title}, ${accountRegionText(accountRegion)}${stateWords(state)}`;
  return layout([{ text: heading, indent: 0 }, ...rows], options);
}

function foldedText(block: Block, group: readonly Block[], options: TextOptions): string {
  const { dim } = options.paint ?? plain;
  const names = group.map(({ name }) => name);
  const heading = `${names[0]} ... ${names.at(-1)}  ${counted(group.length, 'target')}: ${block.title}, ${regionsText(group)}${stateWords(block.state)}`;
  const all = options.verbose ? [{ text: dim(nameWords(names, true)), indent: 2 }] : [];
  return layout([{ text: heading, indent: 0 }, ...all, ...neutralRows(block)], options);
}

function keyOf(block: Block): string {
  const { name, title, state, alone } = block;
  return JSON.stringify([alone ? name : title, state, neutralRows(block)]);
}

function stateWords(state: string | undefined): string {
  return state === undefined ? '' : `: ${state}`;
}

function regionsText(group: readonly Block[]): string {
  const accounts = new Set(group.map(({ accountRegion }) => accountRegion.account));
  const regions = new Set(group.map(({ accountRegion }) => accountRegion.region));
  const [account = ''] = accounts;
  const [region = ''] = regions;
  const where = accounts.size === 1 ? account : `${accounts.size} accounts`;
  return regions.size === 1 ? `${where}/${region}` : `${where} in ${regions.size} regions`;
}

function neutralRows({ name, rows }: Block): readonly Row[] {
  return rows.map(({ text, indent }) => ({ text: neutral(text, name), indent }));
}

/** A text without the name of its own target. */
function neutral(text: string, name: string): string {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`, 'g'), anyTarget);
}

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
      // The same of several services is said once.
      ...[...new Set(errors.map((finding) => findingText(finding, options)))].map((text) => ({
        text,
        indent: 0,
      })),
      ...folded.flatMap(({ text, targets }) => [
        { text, indent: 0 },
        ...(targets.length === 0 ? [] : [{ text: `on ${nameWords(targets, options.verbose)}`, indent: 4 }]),
      ]),
    ],
    options,
  );
}

/** The errors, which come first in a text, and all other findings, which come behind. */
export function findingsTexts(
  findings: readonly Finding[],
  options: TextOptions,
): { readonly errors: string; readonly others: string } {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const others = findings.filter(({ severity }) => severity !== 'error');
  return { errors: findingsText(errors, options), others: findingsText(others, options) };
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
