import type { DenyReport } from '../apply/deny.ts';
import { type Block, blocksText } from './fold.ts';
import { lines, plain, type Row, sections, type TextOptions } from './layout.ts';
import { counted, nameWords } from './words.ts';

type DeniedTarget = DenyReport['targets'][number];

/**
 * Where a change of the deny list is in force, and where not yet.
 *
 * @example
 * console.log(denyText(await trustloom.revoke({ serials: ['3f9c2a'], by: 'ann', why: 'stolen' })))
 */
export function denyText(report: DenyReport, options: TextOptions = {}): string {
  const { change, entries, targets } = report;
  const { paint = plain } = options;
  const word = change === 'revoke' ? 'on the deny list' : 'no longer on the deny list';
  return sections(lines(verdictsOf(report), options), [
    lines(
      entries.map(({ serial, ca }) => `${word}: serial ${serial} of ${ca}`),
      options,
    ),
    blocksText(
      targets.map((target) => blockOf(report, target, options)),
      options,
    ),
    ...targets.flatMap(({ denyPolicy, sessionsUntil, name }) =>
      denyPolicy === undefined
        ? []
        : [
            [
              paint.warn(
                `Sessions of ${name} last until ${sessionsUntil}; to end them now, attach this policy to each role that it hands out (Trustloom does not):`,
              ),
              JSON.stringify(denyPolicy, null, 2),
            ].join('\n'),
          ],
    ),
  ]);
}

/** `In force on 2 of 4: web, api.` and where not, which comes first. */
function verdictsOf({ change, targets }: DenyReport): readonly string[] {
  const of = (...states: readonly DeniedTarget['state'][]) =>
    targets.filter(({ state }) => states.includes(state)).map(({ name }) => name);
  const inForce = of('in force');
  const [byCa, unchecked, missing] = [of('waits for the CA'), of('nothing checks'), of('not in force')];
  const done = change === 'revoke' ? 'In force' : 'Lifted';
  const elsewhere = [...byCa, ...unchecked, ...missing];
  const ways = [
    ...(byCa.length === 0 ? [] : [`${nameWords(byCa)}: revoke at the CA, then refresh`]),
    ...(unchecked.length === 0 ? [] : [`${nameWords(unchecked)}: nothing checks revocation there`]),
    ...(missing.length === 0 ? [] : [`${nameWords(missing)}: see below`]),
  ];
  return [
    ...(change === 'unrevoke' || elsewhere.length === 0
      ? []
      : [`NOT IN FORCE on ${counted(elsewhere.length, 'target')} (${ways.join('; ')}).`]),
    `${done} on ${inForce.length} of ${targets.length}${inForce.length === 0 ? '' : `: ${nameWords(inForce)}`}.`,
  ];
}

function blockOf({ change, refresh }: DenyReport, target: DeniedTarget, options: TextOptions): Block {
  const { name, service, state, gaps, residualAccess } = target;
  const { paint = plain } = options;
  const planned = refresh.plan.targets.find((one) => one.name === name);
  const { failed } = refresh.targets.find((one) => one.name === name) ?? {};
  const states: Readonly<Record<DeniedTarget['state'], string>> = {
    'in force': paint.good(change === 'revoke' ? 'in force' : 'lifted'),
    'waits for the CA':
      change === 'revoke'
        ? paint.bad('admitted until a CRL of the CA names it')
        : paint.warn('takes only CRLs that the CA signed'),
    'nothing checks': paint.bad('nothing checks revocation here'),
    'not in force': paint.bad('not in force'),
  };
  const rows: readonly Row[] = [
    ...(failed === undefined ? [] : [{ text: paint.bad(`${failed.message} [${failed.code}]`), indent: 2 }]),
    ...gaps.map((text) => ({ text: paint.bad(text), indent: 2 })),
    ...residualAccess.map((what) => ({
      text: `residual access once refused: ${what}`,
      indent: 2,
    })),
  ];
  const accountRegion = planned?.accountRegion ?? { account: '', region: '' };
  return { name, title: planned?.title ?? service, accountRegion, state: states[state], rows };
}
