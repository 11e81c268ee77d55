import type { Explanation } from '../admission/explain.ts';
import type { Reason } from '../admission/reason.ts';
import type { TargetExplanation } from './explain.ts';
import { blocksText } from './fold.ts';
import { layout, sections } from './layout.ts';
import { plain, type TextOptions } from './options.ts';
import { allWords } from './plan-verdict.ts';
import { nameWords } from './words.ts';

const words: Readonly<Record<Explanation['verdict'], string>> = {
  admitted: 'admitted',
  refused: 'refused',
  unknown: 'unknown',
};

/**
 * Whether a client would be admitted, target by target, and why; what speaks against it first.
 *
 * @example
 * console.log(explainText(await trustloom.explain(certificate)))
 */
export function explainText(
  targets: readonly TargetExplanation[],
  options: TextOptions & { /** What the client is called. */ readonly client?: string } = {},
): string {
  const { paint = plain } = options;
  const colours = { admitted: paint.good, refused: paint.bad, unknown: paint.warn };
  const blocks = targets.map(({ target, title, accountRegion, verdict, reasons }) => ({
    name: target,
    title,
    accountRegion,
    state: colours[verdict](words[verdict]),
    rows: [...reasons]
      .sort((a, b) => rank[a.says] - rank[b.says])
      .map(({ says, what, text }) => ({ text: `${signs[says]}  ${what}: ${text}`, indent: 2 })),
  }));
  return sections(
    layout([{ text: `${options.client ?? 'The client'}: ${verdictOf(targets)}`, indent: 0 }], options),
    [blocksText(blocks, options)],
  );
}

const rank: Readonly<Record<Reason['says'], number>> = { no: 0, unknown: 1, yes: 2 };
const signs: Readonly<Record<Reason['says'], string>> = { no: 'no', unknown: '??', yes: 'ok' };

function verdictOf(targets: readonly TargetExplanation[]): string {
  const of = (wanted: Explanation['verdict']) => targets.filter(({ verdict }) => verdict === wanted);
  const part = (wanted: Explanation['verdict']) => {
    const names = of(wanted).map(({ target }) => target);
    if (names.length === 0) return [];
    const on =
      names.length === targets.length
        ? allWords(targets.map(({ target }) => ({ name: target })))
        : nameWords(names);
    return [`${words[wanted]} on ${on}`];
  };
  const [first = 'no target is defined', ...rest] = [
    ...part('refused'),
    ...part('unknown'),
    ...part('admitted'),
  ];
  return `${[first, ...rest].join('; ')}, by the definition.`;
}
