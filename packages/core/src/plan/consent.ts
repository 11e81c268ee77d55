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

/**
 * The consents that one step needs. `spared` names CAs that may go without: it is proven that
 * nobody needs them.
 */
export function consentsOf(
  step: StepEnvelope,
  target: string,
  spared: ReadonlySet<string>,
): readonly string[] {
  return [...effectConsents(step, target, spared), ...(step.consents ?? [])];
}

function effectConsents(
  { effect, affects, wholeTarget }: StepEnvelope,
  target: string,
  spared: ReadonlySet<string>,
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
