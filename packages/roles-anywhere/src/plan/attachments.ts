import { caDigests, caNames, outputOf, type StepEnvelope, type Value } from '@trustloom/core/adapter';
import type { DesiredAnchor, RolesAnywhereStep, StoredAnchor } from '../model.ts';
import { consentsToWithdrawn } from './crls/withdrawn.ts';

/**
 * Whom a withdrawn CRL had named is admitted anew through an anchor that was not in force: that
 * takes the consent once more.
 */
export function enableAnchor(
  wanted: DesiredAnchor,
  { id, arn }: Readonly<Record<'id' | 'arn', Value<string>>>,
  imports: readonly RolesAnywhereStep<'import-crl'>[],
  after: readonly string[],
): RolesAnywhereStep<'enable-anchor'> {
  const { key, cas } = wanted;
  const consents = consentsToWithdrawn(wanted);
  return {
    kind: 'enable-anchor',
    id: `enable-anchor:${key.slice(0, 8)}`,
    effect: 'grant',
    affects: caDigests(cas),
    summary: `enable trust anchor of ${caNames(cas)}`,
    reason: 'a disabled anchor admits no client',
    action: 'rolesanywhere:EnableTrustAnchor',
    input: { id, arn, imported: imports.map((step) => outputOf(step, 'id')) },
    after,
    ...(consents.length === 0 ? {} : { consents }),
  };
}

/** Removes its CAs, where the envelope says nothing else. */
export function disableAnchor(
  { id, name, cas, unreadable }: StoredAnchor,
  envelope: Pick<StepEnvelope, 'reason'> & Partial<StepEnvelope>,
): RolesAnywhereStep<'disable-anchor'> {
  return {
    kind: 'disable-anchor',
    id: `disable-anchor:${id}`,
    effect: 'remove',
    affects: [...caDigests(cas), ...(unreadable === undefined ? [] : [unreadable])],
    summary: `disable trust anchor ${cas.length === 0 ? name : `of ${caNames(cas)}`}`,
    action: 'rolesanywhere:DisableTrustAnchor',
    input: { id },
    ...envelope,
  };
}
