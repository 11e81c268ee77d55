import { sortFindings } from '../errors/finding.ts';
import { span } from '../state/freshness.ts';
import { type Block, findingsTexts, targetsText } from './fold.ts';
import { lines, plain, type Row, sections, type TextOptions } from './layout.ts';
import { problemsText } from './problems.ts';
import { standingWords, wrongWords } from './standing.ts';
import type { Status, TargetStatus } from './status.ts';
import { crlRows, signOf } from './step-rows.ts';
import { caWords, counted, namesOf } from './words.ts';

/** From this many targets on, those with nothing to say are counted and not described. */
const manyTargets = 10;

/**
 * What the services hold now: one headline, then target by target content, revocation, attachments,
 * bypasses, and what differs from the definition.
 *
 * @example
 * console.log(statusText(await trustloom.status()))
 */
export function statusText(status: Status, options: TextOptions = {}): string {
  const { paint = plain, verbose } = options;
  const { targets, findings, drift, exitCode } = status;
  const isShort = (target: TargetStatus) =>
    targets.length >= manyTargets && verbose !== true && isQuiet(target);
  const quiet = targets.filter(isShort);
  const colour = exitCode !== 0 ? paint.bad : drift ? paint.warn : paint.good;
  const all = sortFindings([...findings, ...targets.flatMap((target) => target.findings)]);
  const { errors, others } = findingsTexts(all, options);
  return sections(lines([colour(statusVerdict(status))], options), [
    errors,
    targetsText(
      targets.filter((target) => !isShort(target)).map((target) => blockOf(target, options)),
      quiet.length === 0 ? [] : [`${namesOf(quiet)}: in sync, CRLs fresh; all of it with --verbose`],
      options,
    ),
    others,
    problemsText(
      status,
      new Set(all.filter(({ severity }) => severity === 'error').map(({ message }) => message)),
      options,
    ),
  ]);
}

/** `Not as defined: 1 of 4 targets; revoked clients are admitted on api.` */
function statusVerdict({ targets, findings, admission }: Status): string {
  const of = (...states: readonly TargetStatus['state'][]) =>
    targets.filter(({ state }) => states.includes(state));
  const [failed, drifted, leaving, unseen] = [of('failed'), of('drift'), of('leaving'), of('not-compared')];
  const wrong = wrongWords(admission, targets);
  const red = targets.filter(
    ({ name, revocation, freshness }) =>
      freshness.some((crl) => crl.red.length > 0) ||
      (revocation.red.length > 0 && !admission.exposure.some(({ text }) => text.startsWith(`${name}: `))),
  );
  const behind = drifted.filter(onlyRevocationDiffers);
  const differing = drifted.filter((target) => !onlyRevocationDiffers(target));
  const count = (some: readonly TargetStatus[]) =>
    targets.length === 1 ? namesOf(some) : `${some.length} of ${targets.length} targets`;
  const all = sortFindings([...findings, ...targets.flatMap((target) => target.findings)]);
  const errors = new Set(
    all.filter(({ severity }) => severity === 'error').map(({ code, message }) => `${code} ${message}`),
  ).size;
  const stands =
    drifted.length > 0
      ? [
          [
            ...(differing.length === 0 ? [] : [`Not as defined: ${count(differing)}`]),
            ...(behind.length === 0
              ? []
              : [`Revocation not up to date: ${count(behind)} (trustloom refresh)`]),
          ].join('. '),
          ...wrong,
          ...(errors === 0 ? [] : [counted(errors, 'error')]),
        ]
      : [standingWords({ asDefined: of('in-sync'), targets, admission, errors })];
  return `${[
    ...stands,
    ...(failed.length === 0 ? [] : [`${namesOf(failed)} could not be read`]),
    ...(unseen.length === 0 ? [] : [`${namesOf(unseen)} not compared`]),
    ...(leaving.length === 0 ? [] : [`${namesOf(leaving)} leaving`]),
    ...(red.length === 0 ? [] : [`revocation needs attention on ${namesOf(red)}`]),
  ].join('; ')}.`;
}

function isQuiet({ state, revocation, freshness, findings, content }: TargetStatus): boolean {
  return (
    state === 'in-sync' &&
    revocation.red.length === 0 &&
    revocation.gaps.length === 0 &&
    revocation.state === 'enforced' &&
    findings.length === 0 &&
    freshness.every((crl) => crl.state === 'fresh' && !crl.behind && crl.red.length === 0) &&
    (content?.attachments ?? []).every(({ enforcing }) => enforcing) &&
    (content?.bypasses ?? []).every((bypass) => bypass.state === 'closed')
  );
}

function blockOf(target: TargetStatus, options: TextOptions): Block {
  const { paint = plain } = options;
  const { name, title, accountRegion, state, content, differences, freshness, failed } = target;
  const [account = '', region = ''] = accountRegion.split('/');
  const states: Readonly<Record<TargetStatus['state'], string>> = {
    'in-sync': paint.good('in sync'),
    drift: paint.warn(onlyRevocationDiffers(target) ? 'revocation not up to date' : 'not as defined'),
    leaving: paint.warn('leaves the definition'),
    'not-compared': paint.warn('not compared'),
    failed: paint.bad('could not be read'),
  };
  const cas =
    content === undefined || !content.exists
      ? []
      : content.cas === 'unknown'
        ? ['trusts: unknown (it cannot be read back)']
        : content.cas.map((ca) => `trusts ${caWords(ca)}`);
  const rows: readonly Row[] = [
    ...(failed === undefined ? [] : [{ text: paint.bad(`${failed.message} [${failed.code}]`), indent: 2 }]),
    ...cas.map((text) => ({ text, indent: 2 })),
    ...(content?.exists ? revocationRows(target, options) : []),
    ...freshness.flatMap((crl) => crlRows(crl, options)),
    ...(content?.attachments ?? []).map(({ id, mode, enforcing }) => ({
      text: `attachment, ${mode}${enforcing ? '' : paint.warn(' (requires no certificate)')}: ${id}`,
      indent: 2,
    })),
    ...(content?.bypasses ?? []).map(({ what, state: bypass }) => ({
      text: `bypass: ${what}: ${bypass === 'open' ? paint.bad('open') : bypass}`,
      indent: 2,
    })),
    ...(differences.length === 0 ? [] : [{ text: 'missing until it is as defined:', indent: 2 }]),
    ...differences.map(({ effect, summary, reason }) => ({
      text: `${signOf(effect, options)} ${summary} (${reason})`,
      indent: 4,
    })),
  ];
  return {
    name,
    title,
    accountRegion: { account, region },
    state: states[state],
    rows,
    alone: failed !== undefined,
  };
}

/** All that is missing refuses somebody more, and a refresh brings it without any consent. */
function onlyRevocationDiffers({ differences }: TargetStatus): boolean {
  return differences.length > 0 && differences.every(({ effect }) => effect === 'revoke');
}

/** Mechanism, entries, whether enforced as far as that can be observed, lag. */
function revocationRows(
  { revocation, freshness, content }: TargetStatus,
  { paint = plain }: TextOptions,
): readonly Row[] {
  const { title, state, gaps, entries, lagMs, budgetMs, red } = revocation;
  const attachments = content?.attachments ?? [];
  const requires = attachments.length === 0 || attachments.some(({ enforcing }) => enforcing);
  const words = { enforced: 'enforced', partly: 'enforced in part', 'not-enforced': 'not enforced' }[state];
  const seen =
    state !== 'enforced'
      ? paint.bad(words)
      : requires
        ? paint.good(`${words} (observed, not tested)`)
        : paint.bad('keeps no client out, since no certificate is required');
  const sum =
    freshness.length === 0 ? ', no CRL in force' : `, ${counted(entries, 'entry', 'entries')} in place`;
  const waiting = freshness.flatMap((crl) => (crl.behind ? [crl.lagMs ?? 0] : []));
  const budget = budgetMs === undefined ? '' : ` of at most ${span(budgetMs)}`;
  const lag =
    lagMs === undefined
      ? ''
      : waiting.length > 0
        ? `, a newer CRL has waited ${span(Math.max(...waiting))}${budget}`
        : `, in place ${span(lagMs)} after issue${budget}`;
  return [
    { text: `revocation: ${title}: ${seen}${sum}${lag}`, indent: 2 },
    ...[...gaps, ...red].map((text) => ({ text: paint.bad(text), indent: 6 })),
  ];
}
