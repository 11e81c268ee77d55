import type { Admission, Exposure } from '../plan/plan.ts';
import { allWords, counted, nameWords } from './words.ts';

interface Named {
  readonly name: string;
}

/** What a verdict is made of: who is wrongly admitted or refused, and what is in error. */
export interface Standing {
  /** Targets that were compared and are as defined. */
  readonly asDefined: readonly Named[];
  readonly targets: readonly Named[];
  readonly admission: Admission;
  /** How many errors were found. */
  readonly errors: number;
}

/**
 * How targets stand on which nothing differs, in one clause. It is `In sync` only where nobody is
 * wrongly admitted or refused and nothing is in error.
 *
 * @example
 * standingWords({ asDefined: targets, targets, admission: plan.now, errors: 0 }) // In sync: all 4 targets
 */
export function standingWords({ asDefined, targets, admission, errors }: Standing): string {
  const wrong = [...wrongWords(admission, targets), ...(errors === 0 ? [] : [counted(errors, 'error')])];
  const isAll = asDefined.length === targets.length;
  const which = isAll ? allWords(targets) : `${asDefined.length} of ${counted(targets.length, 'target')}`;
  if (wrong.length === 0) return `In sync: ${which}`;
  return isAll ? `As defined, but ${wrong.join('; ')}` : `As defined: ${which}; ${wrong.join('; ')}`;
}

const kinds: Readonly<Record<Exclude<Exposure['kind'], 'consented'>, (on: string) => string>> = {
  anybody: (on) => `anybody is admitted on ${on}`,
  untrusted: (on) => `untrusted clients are admitted on ${on}`,
  revoked: (on) => `revoked clients are admitted on ${on}`,
  unknown: (on) => `who is admitted on ${on} is not known`,
  bypass: (on) => `anybody is admitted around mutual TLS on ${on}`,
};

/** Who is wrongly admitted or refused, and where; what somebody consented to is left out. */
export function wrongWords(
  { exposure, lockout }: Admission,
  targets: readonly Named[],
  only: readonly Exposure['kind'][] = ['anybody', 'untrusted', 'revoked', 'unknown', 'bypass'],
): readonly string[] {
  const on = (texts: readonly string[]) =>
    nameWords(
      targets
        .filter(({ name }) => texts.some((text) => text.startsWith(`${name}: `)))
        .map(({ name }) => name),
    );
  const admitted = Object.entries(kinds).flatMap(([kind, words]) => {
    const texts = exposure
      .filter((one) => one.kind === kind && only.includes(one.kind))
      .map(({ text }) => text);
    return texts.length === 0 ? [] : [words(on(texts))];
  });
  return [...admitted, ...(lockout.length === 0 ? [] : [`good clients are refused on ${on(lockout)}`])];
}
