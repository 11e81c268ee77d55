import type { DeniedTarget, DenyReport } from '../apply/deny-report.ts';
import { type Block, blocksText, findingsText } from './fold.ts';
import { lines, plain, type Row, sections, type TextOptions } from './layout.ts';
import { problemsText } from './problems.ts';
import { counted, nameWords } from './words.ts';

/**
 * Where a change of the deny list is in force, and where not yet.
 *
 * @example
 * console.log(denyText(await trustloom.revoke({ serials: ['3f9c2a'], by: 'ann', why: 'stolen' })))
 */
export function denyText(report: DenyReport, options: TextOptions = {}): string {
  const { change, entries, targets, findings } = report;
  const { paint = plain } = options;
  const word = change === 'revoke' ? 'on the deny list' : 'no longer on the deny list';
  return sections(lines(verdictsOf(report), options), [
    lines(
      entries.map(({ serial, ca }) => `${word}: serial ${serial} of ${ca}`),
      options,
    ),
    findingsText(findings, options),
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
    problemsText(report, new Set(), options),
  ]);
}

/** `In force on 2 of 4: web, api.` and where not, which comes first. */
function verdictsOf({ change, targets }: DenyReport): readonly string[] {
  const of = (state: DeniedTarget['state']) =>
    targets.filter((target) => target.state === state).map(({ name }) => name);
  const [byCa, unchecked, missing, unseen, unreached] = [
    of('waits for the CA'),
    of('nothing checks'),
    of('not in force'),
    of('not looked at'),
    of('not reached'),
  ];
  const ways = (some: readonly string[], what: string) =>
    some.length === 0 ? [] : [`${nameWords(some)}: ${what}`];
  const elsewhere = [...byCa, ...unchecked, ...missing];
  const done = of('in force');
  if (change === 'unrevoke')
    return [
      ...(missing.length === 0 ? [] : [`STILL REFUSED on ${nameWords(missing)} by an entry of its own.`]),
      ...(unseen.length === 0 ? [] : [`Not looked at: ${nameWords(unseen)}.`]),
      `Lifted on ${done.length} of ${targets.length}${done.length === 0 ? '' : `: ${nameWords(done)}`}.`,
      ...(byCa.length === 0 ? [] : [`On ${nameWords(byCa)} a CRL of the CA may name it still.`]),
    ];
  return [
    ...(elsewhere.length === 0
      ? []
      : [
          `NOT IN FORCE on ${counted(elsewhere.length, 'target')} (${[
            ...ways(byCa, 'revoke at the CA, then refresh'),
            ...ways(unchecked, 'nothing checks revocation there'),
            ...ways(missing, 'see below'),
          ].join('; ')}).`,
        ]),
    ...(unseen.length === 0 ? [] : [`Not looked at: ${nameWords(unseen)}.`]),
    `In force on ${done.length} of ${targets.length}${done.length === 0 ? '' : `: ${nameWords(done)}`}.`,
    ...(unreached.length === 0 ? [] : [`No CA admits such clients on ${nameWords(unreached)}.`]),
  ];
}

function blockOf({ change, refresh }: DenyReport, target: DeniedTarget, options: TextOptions): Block {
  const { name, service, state, why, gaps, residualAccess } = target;
  const { paint = plain } = options;
  const planned = refresh.plan.targets.find((one) => one.name === name);
  const { failed } = refresh.targets.find((one) => one.name === name) ?? {};
  const isRevoking = change === 'revoke';
  const states: Readonly<Record<DeniedTarget['state'], string>> = {
    'in force': paint.good(isRevoking ? 'in force' : 'lifted'),
    'waits for the CA': isRevoking ? paint.bad('waits for a CRL of the CA') : paint.warn('decided by the CA'),
    'nothing checks': isRevoking ? paint.bad('nothing checks revocation here') : 'nothing to lift',
    'not reached': paint.good('no CA here admits such clients'),
    'not looked at': paint.bad('not looked at'),
    'not in force': paint.bad(isRevoking ? 'not in force' : 'not lifted'),
  };
  const rows: readonly Row[] = [
    ...(failed === undefined ? [] : [{ text: paint.bad(`${failed.message} [${failed.code}]`), indent: 2 }]),
    ...(why === undefined ? [] : [{ text: (isRevoking ? paint.bad : paint.warn)(why), indent: 2 }]),
    ...gaps
      .filter((gap) => why?.includes(gap) !== true)
      .map((text) => ({ text: paint.bad(text), indent: 2 })),
    ...residualAccess.map((what) => ({
      text: `residual access once refused: ${what}`,
      indent: 2,
    })),
  ];
  const accountRegion = planned?.accountRegion ?? { account: '', region: '' };
  return { name, title: planned?.title ?? service, accountRegion, state: states[state], rows };
}
