import type { StepEnvelope } from '../adapter/step.ts';

/** Above this many removals in one plan, their number has to be consented to as well. */
const manyRemovals = 10;
/** From this many targets up, removals on more than `manyShare` of them need the same. */
const manyTargets = 10;
const manyShare = 0.3;

/** Why a step is left out of a run. */
export type SkipReason = 'consent' | 'depends' | 'precondition' | 'not-approved' | 'outdated';

/** A step with what it needs before it may run. */
export interface PlannedStep extends StepEnvelope {
  /** In the service's own words: `create-store`. */
  readonly kind: string;
  readonly target: string;
  /** Consents that it needs, as they are to be typed after --allow. */
  readonly needs: readonly string[];
  /** Those of them that were not given. */
  readonly missing: readonly string[];
  readonly skipped?: SkipReason;
}

/** CAs by SHA-256, of which more or less consent is needed than the effect says. */
export interface ConsentTerms {
  /** They may go without: it is proven that nobody needs them. */
  readonly spared: ReadonlySet<string>;
  /** They were retired once, so that the lock alone is no consent to trust them again. */
  readonly retired: ReadonlySet<string>;
}

/** The consents that one step needs. */
export function consentsOf(step: StepEnvelope, target: string, terms: ConsentTerms): readonly string[] {
  return [...effectConsents(step, target, terms), ...(step.consents ?? [])];
}

function effectConsents(
  { effect, affects, wholeTarget }: StepEnvelope,
  target: string,
  { spared, retired }: ConsentTerms,
): readonly string[] {
  switch (effect) {
    case 'remove':
      if (wholeTarget) return [`remove:${target}`];
      return affects.filter((sha256) => !spared.has(sha256)).map((sha256) => `remove:${sha256}`);
    case 'enforce':
    case 'relax':
      return [`${effect}:${target}`];
    case 'readmit':
      return affects.map((sha256) => `readmit:${sha256}`);
    case 'grant': // the lock is the consent
      return affects.filter((sha256) => retired.has(sha256)).map((sha256) => `grant:${sha256}`);
    case 'revoke': // the signature of the CRL is
    case 'tag':
    case 'cleanup':
      return [];
  }
}

/**
 * `many:<count>` when a plan removes more than anyone reviews one by one; undefined when it does
 * not.
 */
export function manyConsent(
  steps: readonly { readonly target: string; readonly step: StepEnvelope }[],
  targets: number,
): string | undefined {
  const removals = steps.filter(({ step }) => step.effect === 'remove');
  const count = removals.reduce((sum, { step }) => sum + step.affects.length, 0);
  const touched = new Set(removals.map(({ target }) => target)).size;
  const many = count > manyRemovals || (targets >= manyTargets && touched / targets > manyShare);
  return many ? `many:${count}` : undefined;
}

/** Marks the steps that may not run: those that lack a consent, and all that need one of them. */
export function skipSteps(
  steps: readonly PlannedStep[],
  blocked: (step: PlannedStep) => SkipReason | undefined,
): readonly PlannedStep[] {
  const out = new Set<string>();
  return steps.map((step) => {
    const reason = blocked(step) ?? (step.after?.some((id) => out.has(id)) ? 'depends' : undefined);
    if (reason === undefined) return step;
    out.add(step.id);
    return { ...step, skipped: reason };
  });
}
