import { bundlePem, type Certificate, caDigests, caNames, sortCertificates } from '@trustloom/core/adapter';
import {
  type Desired,
  type DesiredAnchor,
  type RolesAnywhereStep,
  type StoredAnchor,
  stepIds,
} from '../model.ts';
import { rolesAnywhereInfo } from '../service.ts';
import { disableAnchor } from './attachments.ts';

const { anchorCertificates, anchorCharacters } = rolesAnywhereInfo.limits;

/** The writes on the certificates of one anchor. */
export interface BundlePlan {
  readonly steps: readonly RolesAnywhereStep[];
  /** A certificate is not added, because it may not be granted yet. */
  readonly waits: boolean;
}

type Cas = readonly Certificate[];

/**
 * A renewed certificate comes in the second slot before the old one goes, so that nobody is locked
 * out on the way. Where both slots are taken, one has to go first, by consent. An anchor is never
 * left without any: where none may come in, it is disabled.
 *
 * @param mayGrant false while a CRL is missing without which revoked clients would be admitted
 */
export function planBundle(
  wanted: DesiredAnchor,
  anchor: StoredAnchor,
  { known }: Pick<Desired, 'known'>,
  { mayGrant, after }: { readonly mayGrant: boolean; readonly after: readonly string[] },
): BundlePlan {
  const steps: RolesAnywhereStep[] = [];
  const wants = new Set(caDigests(wanted.cas));
  const write = (
    effect: 'grant' | 'remove',
    affects: readonly string[],
    cas: Cas,
    words: Pick<RolesAnywhereStep, 'summary' | 'reason'>,
  ): void => {
    steps.push({
      kind: 'update-anchor',
      id: `${effect}-ca:${affects[0]?.slice(0, 8) ?? ''}`,
      // A disabled anchor admits nobody: it is made ready, then enabled.
      effect: anchor.enabled ? effect : 'tag',
      affects,
      ...words,
      action: 'rolesanywhere:UpdateTrustAnchor',
      input: { id: anchor.id, pem: bundlePem(cas) },
      after: [...after, ...stepIds(steps)],
    });
  };
  if (anchor.unreadable !== undefined) {
    const affects = [anchor.unreadable];
    const reason = 'its bundle cannot be read';
    if (!mayGrant) return { steps: [disableAnchor(anchor, { affects, reason })], waits: true };
    const summary = `replace the certificates of trust anchor ${anchor.name} by ${caNames(wanted.cas)}`;
    write('remove', affects, wanted.cas, { summary, reason });
    return { steps, waits: false };
  }
  let held: Cas = anchor.cas;
  for (;;) {
    const extra = held.filter(({ sha256 }) => !wants.has(sha256));
    const missing = wanted.cas.filter((ca) => !held.some(({ sha256 }) => sha256 === ca.sha256));
    const added = mayGrant ? fitting(held, missing) : [];
    const stays = held.length > extra.length;
    if (added.length > 0) {
      held = sortCertificates([...held, ...added]);
      const summary = `add ${caNames(added)} to trust anchor ${anchor.name}`;
      write('grant', caDigests(added), held, { summary, reason: 'the definition names it' });
      continue;
    }
    if (extra.length === 0) return { steps, waits: missing.length > 0 };
    if (!stays && !mayGrant) {
      const reason = reasonFor(extra, known);
      return { steps: [disableAnchor(anchor, { affects: caDigests(extra), reason })], waits: true };
    }
    // While something has to come in yet, only as many go as are in its way.
    const gone = stays ? extra : extra.slice(0, 1);
    const left = held.filter((ca) => !gone.includes(ca));
    held = left.length > 0 ? left : fitting([], missing);
    const summary =
      left.length > 0
        ? `remove ${caNames(gone)} from trust anchor ${anchor.name}`
        : `replace ${caNames(gone)} by ${caNames(held)} in trust anchor ${anchor.name}`;
    write('remove', caDigests(gone), held, { summary, reason: reasonFor(gone, known) });
  }
}

/** As many as the anchor has room for. */
function fitting(held: Cas, missing: Cas): Cas {
  const fits = (cas: Cas) =>
    cas.length <= anchorCertificates.max && bundlePem(cas).length <= anchorCharacters.max;
  return missing.filter((_, index) => fits([...held, ...missing.slice(0, index + 1)]));
}

function reasonFor(gone: Cas, known: Cas): string {
  const knownKeys = new Set(caDigests(known));
  return gone.every(({ sha256 }) => knownKeys.has(sha256))
    ? 'it is not trusted here any more'
    : 'the definition does not name it';
}
