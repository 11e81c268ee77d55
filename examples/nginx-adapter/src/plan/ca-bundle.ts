import {
  type Certificate,
  caDigests,
  caNames,
  outputOf,
  type Step,
  sortCertificates,
} from '@trustloom/core/adapter';
import type { Desired, NginxStep, NginxSteps, Observed } from '../model.ts';
import { bundleFile, type NginxTarget } from '../target.ts';

type WriteBundle = Step<NginxSteps, 'write-bundle'>;

/**
 * Adds before it removes: the union of both sets first, then what is desired, so that no client
 * that stays good is refused on the way.
 *
 * @param first steps on CRLs: nothing is trusted before its CRL is in force
 */
export function planCaBundle(
  desired: Desired,
  { bundle }: Observed,
  target: NginxTarget,
  first: readonly NginxStep[],
): readonly WriteBundle[] {
  const file = bundleFile(target);
  const write = (
    cas: readonly Certificate[],
    replaces: WriteBundle['input']['replaces'],
    envelope: Omit<WriteBundle, 'kind' | 'action' | 'input'>,
  ): WriteBundle => ({
    ...envelope,
    kind: 'write-bundle',
    action: 'file:Replace',
    input: { file, replaces, cas },
  });
  const after = first.map(({ id }) => id);
  if (bundle?.content === undefined)
    return [
      write(desired.cas, bundle?.sha256, {
        id: 'grant-cas',
        effect: 'grant',
        affects: caDigests(desired.cas),
        summary: `write ${file} with ${caNames(desired.cas)}`,
        reason: bundle === undefined ? 'the file does not exist' : 'the file cannot be read as a bundle',
        after,
      }),
    ];
  const added = without(desired.cas, bundle.content);
  const extra = without(bundle.content, desired.cas);
  const grant =
    added.length > 0 &&
    write(sortCertificates([...desired.cas, ...extra]), bundle.sha256, {
      id: 'grant-cas',
      effect: 'grant',
      affects: caDigests(added),
      summary: `trust ${caNames(added)}`,
      reason: `accepted, and not in ${file}`,
      after,
    });
  const remove =
    extra.length > 0 &&
    write(desired.cas, grant ? outputOf(grant, 'sha256') : bundle.sha256, {
      id: 'remove-cas',
      effect: 'remove',
      affects: caDigests(extra),
      summary: `stop trusting ${caNames(extra)}`,
      reason: 'the definition does not trust it here',
      after: grant ? [grant.id] : [],
    });
  return [grant, remove].filter((step) => step !== false);
}

/** Those of the first that the second lacks. */
function without(cas: readonly Certificate[], others: readonly Certificate[]): readonly Certificate[] {
  const there = new Set(caDigests(others));
  return cas.filter(({ sha256 }) => !there.has(sha256));
}
