import type { Finding } from '../errors/finding.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { Content } from './content.ts';
import type { StepEnvelope } from './step.ts';
import type { NamedCa, Trust, WaitingCa } from './target.ts';

/** Of the CAs that wait for their first CRL, those that are to stand on a target and do not yet. */
export function notHeld(
  trust: Pick<Trust, 'waiting' | 'known'>,
  anchors: readonly Pick<Certificate, 'sha256'>[],
  { cas }: Pick<Content, 'cas'>,
): readonly WaitingCa[] {
  const { known } = trust;
  const waiting = (trust.waiting ?? []).filter((one) => anchors.some(({ sha256 }) => sha256 === one.sha256));
  if (cas === 'unknown') return waiting;
  const held = new Set(cas.map(({ sha256 }) => sha256));
  const certificates = [
    ...cas.flatMap(({ certificate }) => certificate ?? []),
    ...known.filter(({ sha256 }) => held.has(sha256)),
  ];
  // A renewed certificate admits nobody whom the one that stands does not.
  const keys = new Set(certificates.map(({ keySha256 }) => keySha256));
  return waiting.filter(({ sha256, keySha256 }) => !held.has(sha256) && !keys.has(keySha256));
}

/** The same trust without these CAs; undefined where none would be left. */
export function trustWithout(trust: Trust, waits: readonly WaitingCa[]): Trust | undefined {
  const out = new Set(waits.map(({ sha256 }) => sha256));
  const cas = trust.cas.filter(({ sha256 }) => !out.has(sha256));
  return cas.length === 0 ? undefined : { ...trust, cas };
}

/** What a plan does with CAs that wait for their first CRL. */
export interface WaitingPlan<S> {
  readonly steps: readonly S[];
  readonly findings: readonly Finding[];
}

/**
 * Lets wait what would grant a CA without its CRL, and the first enforcement of mutual TLS: such
 * steps need the consents `unlisted:<sha256>`, and there is one finding for each CA without a CRL.
 *
 * @param planned of a plan without the CAs that wait, or of one with them: then all but what
 *   revokes waits
 */
export function letWait<S extends StepEnvelope>(
  planned: { readonly steps: readonly S[]; readonly withWaiting: boolean },
  waiting: readonly WaitingCa[],
  { target, content }: { readonly target: string; readonly content: Content },
  missing: readonly WaitingCa[],
): WaitingPlan<S> {
  const enforced = content.attachments.every(({ enforcing }) => enforcing);
  const consentsTo = (cas: readonly WaitingCa[]) => unlistedOf(cas).map(({ sha256 }) => `unlisted:${sha256}`);
  const waitsFor = ({ effect }: S): readonly string[] => {
    if (planned.withWaiting) return effect === 'revoke' ? [] : consentsTo(waiting);
    return effect === 'enforce' && !enforced ? consentsTo(waiting) : [];
  };
  const steps = planned.steps.map((step) => {
    const consents = waitsFor(step);
    return consents.length === 0 ? step : { ...step, consents: [...(step.consents ?? []), ...consents] };
  });
  const stopped = planned.steps.some((step) => waitsFor(step).length > 0);
  return { steps, findings: crlRequired(target, stopped ? waiting : missing, missing) };
}

/** One finding for each CA whose CRL is missing: what waits for it, and the ways out. */
function crlRequired(
  target: string,
  waits: readonly WaitingCa[],
  missing: readonly WaitingCa[],
): readonly Finding[] {
  return unlistedOf(waits).map(({ sha256, name }) => {
    const isOf = (one: WaitingCa) => one.unlisted.some((ca) => ca.sha256 === sha256);
    const coming = missing.filter(isOf).map((one) => one.name);
    const sources = [...new Set(waits.filter(isOf).flatMap((one) => one.sources))];
    const what =
      coming.length === 0
        ? 'mutual TLS is not enforced yet'
        : `${coming.join(', ')} ${coming.length === 1 ? 'is' : 'are'} not granted`;
    return {
      code: 'crl-required',
      severity: 'error',
      target,
      about: sha256,
      message: `${target}: ${what}: no CRL of ${name} is in force, and ${sources.join(', ')} gave none that can be used; clients that it revoked would be admitted. Fix the source; or take its address out of \`crls\`; or do without that CRL with --allow unlisted:${sha256}`,
      source: 'RFC 5280, 6.3.3',
    };
  });
}

function unlistedOf(waits: readonly WaitingCa[]): readonly NamedCa[] {
  const all = waits.flatMap(({ unlisted }) => unlisted);
  return [...new Map(all.map((ca) => [ca.sha256, ca])).values()].sort((a, b) =>
    a.sha256 < b.sha256 ? -1 : 1,
  );
}
