import {
  bundlePem,
  type Certificate,
  caDigests,
  caNames,
  type Step,
  sortCertificates,
} from '@trustloom/core';
import { rolesAnywhereFacts } from './facts.ts';
import type { Desired, DesiredAnchor, StoredAnchor } from './state.ts';
import { ids } from './steps.ts';

const { anchorCertificates, anchorCharacters } = rolesAnywhereFacts.limits;

/** The writes on the certificates of one anchor. */
export interface BundlePlan {
  readonly steps: readonly Step[];
  /** A certificate is not added, because it may not be granted yet. */
  readonly waits: boolean;
}

/**
 * A renewed twin comes in the second slot before the old one goes, so that nobody is locked out on the way. Where both slots are taken,
 * one certificate has to go first, by consent. An anchor is never left without any: where none may come in, it is disabled.
 *
 * @param mayGrant false while a list is missing without which revoked clients would get in
 */
export function planBundle(
  wanted: DesiredAnchor,
  anchor: StoredAnchor,
  { known }: Pick<Desired, 'known'>,
  { mayGrant, after }: { readonly mayGrant: boolean; readonly after: readonly string[] },
): BundlePlan {
  const steps: Step[] = [];
  const wants = new Set(wanted.cas.map(({ sha256 }) => sha256));
  const write = (effect: 'grant' | 'remove', things: readonly string[], mends: string, cas: Held): void => {
    steps.push({
      id: `${effect}-ca:${things[0]?.slice(0, 8) ?? ''}`,
      // A disabled anchor lets nobody in: it is made ready, then enabled.
      effect: anchor.enabled ? effect : 'label',
      things,
      mends,
      action: 'rolesanywhere:UpdateTrustAnchor',
      input: { do: 'update-anchor', id: anchor.id, pem: bundlePem(cas) },
      after: [...after, ...ids(steps)],
    });
  };
  if (anchor.unreadable !== undefined) {
    const foreign = [anchor.unreadable];
    if (!mayGrant) return { steps: disable(anchor, foreign, unreadable), waits: true };
    write('remove', foreign, unreadable, wanted.cas);
    return { steps, waits: false };
  }
  let held: Held = anchor.cas;
  for (;;) {
    const extra = held.filter(({ sha256 }) => !wants.has(sha256));
    const missing = wanted.cas.filter((ca) => !held.some(({ sha256 }) => sha256 === ca.sha256));
    const added = mayGrant ? fitting(held, missing) : [];
    const stays = held.length > extra.length;
    if (added.length > 0) {
      held = sortCertificates([...held, ...added]);
      write('grant', caDigests(added), `trust ${caNames(added)}`, held);
      continue;
    }
    if (extra.length === 0) return { steps, waits: missing.length > 0 };
    if (!stays && !mayGrant)
      return { steps: disable(anchor, caDigests(extra), mends(extra, known)), waits: true };
    // While something has to come in yet, only as many go as are in its way.
    const gone = stays ? extra : extra.slice(0, 1);
    const left = held.filter((ca) => !gone.includes(ca));
    held = left.length > 0 ? left : fitting([], missing);
    write('remove', caDigests(gone), mends(gone, known), held);
  }
}

const unreadable = 'the anchor has a bundle that cannot be read';

/** Nothing that may be trusted is left in it: then nobody gets in. */
function disable(anchor: StoredAnchor, things: readonly string[], why: string): readonly Step[] {
  return [
    {
      id: `disable-anchor:${anchor.id}`,
      effect: 'remove',
      things,
      mends: why,
      action: 'rolesanywhere:DisableTrustAnchor',
      input: { do: 'disable-anchor', id: anchor.id },
    },
  ];
}

type Held = readonly Certificate[];

/** As many as the anchor has room for. */
function fitting(held: Held, missing: Held): Held {
  const fits = (cas: Held) =>
    cas.length <= anchorCertificates.max && bundlePem(cas).length <= anchorCharacters.max;
  return missing.filter((_, index) => fits([...held, ...missing.slice(0, index + 1)]));
}

function mends(gone: Held, known: Held): string {
  const knows = new Set(caDigests(known));
  return gone.some(({ sha256 }) => !knows.has(sha256))
    ? `a CA that the definition does not name is trusted: ${caNames(gone)}`
    : `trust ${caNames(gone)} no longer`;
}
