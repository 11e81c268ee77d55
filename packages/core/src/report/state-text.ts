import type { RebuildReport } from '../apply/rebuild.ts';
import type { DenyEntry } from '../crl/deny-list.ts';
import { layout, lines, plain, type Row, sections, type TextOptions } from './layout.ts';
import { counted, nameWords } from './words.ts';

/**
 * What was read back into the state, target by target.
 *
 * @example
 * console.log(rebuildText(await trustloom.rebuildState()))
 */
export function rebuildText({ targets }: RebuildReport, options: TextOptions = {}): string {
  const { paint = plain } = options;
  const unread = targets.filter(({ state }) => state === 'unread').map(({ name }) => name);
  const rebuilt = targets.filter(({ state }) => state === 'rebuilt').map(({ name }) => name);
  const verdict =
    rebuilt.length === 0
      ? 'The state knows every target that could be looked at.'
      : `The state was built again from ${counted(rebuilt.length, 'target')}: ${nameWords(rebuilt)}.`;
  const found = targets.flatMap(({ name, denied, crls, failed }) => [
    ...(failed === undefined ? [] : [paint.bad(`${name}: ${failed.message} [${failed.code}]`)]),
    ...(crls === 0 ? [] : [`${name}: ${counted(crls, 'CRL')} in force read back`]),
    ...denied.map(({ serial, ca }) => `${name}: serial ${serial} of ${ca} is on the deny list again`),
  ]);
  return sections(verdict, [
    unread.length === 0
      ? ''
      : paint.bad(`Not looked at: ${nameWords(unread)}. What stands there is not known; run it again.`),
    lines(found, options),
    rebuilt.length === 0
      ? ''
      : 'Nothing was granted. What nothing explains stays refused until a consent names it: see `trustloom plan`.',
  ]);
}

/**
 * The deny list.
 *
 * @example
 * console.log(deniedText(await trustloom.denied()))
 */
export function deniedText(entries: readonly DenyEntry[], options: TextOptions = {}): string {
  if (entries.length === 0) return 'The deny list of the state is empty.';
  const rows = entries.flatMap(({ serial, ca, by, why, since, notAfter }): readonly Row[] => [
    { text: `serial ${serial} of ${ca}`, indent: 0 },
    {
      text: `since ${since} by ${by}: ${why}${notAfter === undefined ? '' : `; the certificate ends ${notAfter}`}`,
      indent: 2,
    },
  ]);
  return sections(`${counted(entries.length, 'entry', 'entries')} on the deny list.`, [
    layout(rows, options),
  ]);
}
