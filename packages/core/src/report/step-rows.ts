import type { Effect } from '../adapter/step.ts';
import type { PlannedStep } from '../plan/consent.ts';
import { type CrlFreshness, span } from '../state/freshness.ts';
import { lines, plain, type Row, type TextOptions } from './layout.ts';
import { counted } from './words.ts';

/** The sign in front of a step: what kind of change it is, at a glance. */
const signs: Readonly<Record<Effect, string>> = {
  grant: '+',
  revoke: '~',
  remove: '-',
  enforce: '!',
  relax: '!',
  readmit: '!',
  tag: '~',
  cleanup: '-',
};

/** A step that is to be done: what it does, and under it what it waits for. */
export function stepRows(step: PlannedStep, options: TextOptions, indent = 2): readonly Row[] {
  const { paint = plain, verbose } = options;
  const { effect, summary, reason, missing, skipped } = step;
  const waits = waitWords[skipped ?? 'runs'](missing);
  return [
    { text: `${signOf(effect, options)} ${summary}`, indent },
    ...(verbose ? [{ text: paint.dim(`because: ${reason}`), indent: indent + 4 }] : []),
    ...(waits === '' ? [] : [{ text: paint.warn(waits), indent: indent + 4 }]),
  ];
}

/** `+`, `~`, `-` or `!`, in its colour. */
export function signOf(effect: Effect, { paint = plain }: TextOptions): string {
  const sign = signs[effect];
  if (sign === '+') return paint.good(sign);
  return sign === '-' ? paint.bad(sign) : sign === '!' ? paint.warn(sign) : sign;
}

/** Why a step is not done now. */
const waitWords: Readonly<
  Record<NonNullable<PlannedStep['skipped']> | 'runs', (missing: readonly string[]) => string>
> = {
  runs: () => '',
  consent: (missing) => `needs ${consentFlags(missing)}`,
  depends: () => 'waits for a step above',
  precondition: () => 'stopped by an error on this target',
  outdated: () => 'another run has newer CRLs; apply again',
  'not-approved': () => 'not part of the approved plan',
};

/** CRLs in force near or past their end, or late, whoever has to do something about it. */
export function staleRows(freshness: readonly CrlFreshness[], options: TextOptions): readonly Row[] {
  return freshness
    .filter(({ state, red }) => state !== 'fresh' || red.length > 0)
    .flatMap((crl) => crlRows(crl, options));
}

/** One CRL in force: how many entries it has, how long it took to get here, when it ends. */
export function crlRows(crl: CrlFreshness, { paint = plain }: TextOptions): readonly Row[] {
  const { issuer, entries, nextUpdate, state, lagMs, behind, red } = crl;
  const end = { fresh: '', 'last-hour': ', in the last hour', overdue: ', overdue', expired: '' }[state];
  const due =
    nextUpdate === undefined
      ? 'no nextUpdate'
      : `${state === 'expired' ? 'expired' : 'next update due'} ${nextUpdate}${end}`;
  const lag = lagMs === undefined || behind ? '' : `, in force ${span(lagMs)} after its issue`;
  const text = `CRL of ${issuer}: ${counted(entries, 'entry', 'entries')}${lag}, ${due}`;
  const newer = `a newer one, issued ${span(lagMs ?? 0)} ago, is not in force here yet`;
  const colour =
    red.length > 0 || state === 'expired' ? paint.bad : state === 'fresh' ? plain.good : paint.warn;
  return [
    { text: colour(text), indent: 2 },
    ...(behind ? [{ text: newer, indent: 6 }] : []),
    ...red.map((why) => ({ text: paint.bad(why), indent: 6 })),
  ];
}

/** How the command is called for the plan that is shown: with the options that belong to it. */
export interface CommandOptions extends TextOptions {
  /** How it is applied. Default `trustloom apply`. */
  readonly apply?: string;
  /** How it is planned. Default `trustloom plan`. */
  readonly plan?: string;
}

/** More consents than this go into a file. */
const mostConsents = 8;
/** So many digits of a digest are to be typed. */
const typedDigits = 16;

/** What is to be typed to apply a plan, with the consents that it lacks. */
export function applyText(
  lead: string,
  { digest, missing }: { readonly digest?: string; readonly missing: readonly string[] },
  options: CommandOptions,
): string {
  const { apply = 'trustloom apply', plan = 'trustloom plan', width } = options;
  const approve = digest === undefined ? '' : ` --approve ${digest.slice(0, typedDigits)}`;
  const commands =
    missing.length > mostConsents
      ? [`${plan} --write-consents consents.txt`, `${apply}${approve} --allow-file consents.txt`]
      : [`${apply}${approve} ${consentFlags(missing)}`.trimEnd()];
  return [lines([lead], options), ...commands.map((command) => shellLines(command, width))].join('\n');
}

/** Consents as they are to be typed. */
export function consentFlags(consents: readonly string[]): string {
  return consents.map((consent) => `--allow ${consent}`).join(' ');
}

/** A command that a shell takes, on several lines where the terminal is narrow. */
function shellLines(command: string, width = Number.POSITIVE_INFINITY): string {
  return command.length <= width ? command : command.replaceAll(/ (?=--)/g, ' \\\n  ');
}
