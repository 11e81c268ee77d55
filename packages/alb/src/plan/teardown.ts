import { caDigests, type Finding, type ServicePlan, type StepEnvelope } from '@trustloom/core/adapter';
import type { AlbStep, Observed, StoredStore } from '../model.ts';
import type { AlbTarget } from '../target.ts';
import { type AttachmentPlan, listenerName, modifyListener } from './attachments.ts';

const left = 'the definition does not name this target any more';

/**
 * The definition does not name the target any more: its listeners ask for no certificate, then its
 * stores go, and with them all trust.
 */
export function planTeardown(
  { stores, listeners }: Observed,
  target: AlbTarget,
  { attach }: { readonly attach: 'managed' | 'external' },
): ServicePlan<AlbStep> {
  const own = stores.filter(({ owned }) => owned);
  const attached = listeners.filter(
    ({ mode, store }) => mode === 'verify' && own.some(({ arn }) => arn === store),
  );
  const remaining = attach === 'external' ? attached : [];
  const detach = (attach === 'external' ? [] : attached).map((listener) =>
    modifyListener(
      {
        id: `detach:${listener.arn}`,
        effect: 'relax',
        affects: [`${listener.arn} mode=off`],
        summary: `set ${listenerName(listener)} from verify to off`,
        reason: left,
      },
      { arn: listener.arn, mode: 'off', ignoreExpiry: false, advertise: false },
    ),
  );
  const after = detach.map(({ id }) => id);
  const staying = own.filter(
    ({ arn, otherUsers }) => otherUsers.length > 0 || remaining.some(({ store }) => store === arn),
  );
  const remove = own
    .filter((store) => !staying.includes(store))
    .map((store) => {
      const affects = store.cas.length === 0 ? [store.arn] : caDigests(store.cas);
      return deleteStore(store, target, {
        effect: 'remove',
        affects,
        wholeTarget: true,
        reason: left,
        after,
      });
    });
  const findings = [
    ...remaining.map(
      ({ arn, store }): Finding => ({
        code: 'attachment-external',
        severity: 'warning',
        about: arn,
        message: `${left}, but ${arn} verifies clients with ${store}; the attachment is external, so the store stays until its owner has detached it`,
      }),
    ),
    ...own.flatMap(({ name, otherUsers }) =>
      otherUsers.map(
        (arn): Finding => ({
          code: 'attachment-unnamed',
          severity: 'warning',
          about: arn,
          message: `${left}, but ${arn} verifies clients with the trust store ${name} and was not named either; the store stays, and is enforced, until the listener's owner has detached it`,
        }),
      ),
    ),
  ];
  return {
    steps: [...detach, ...remove],
    findings,
    ...(staying.length === 0 ? {} : { stays: true }),
  };
}

/**
 * Stores of this target that nothing will use: one that was replaced, or what a run that was killed
 * left behind.
 *
 * @param stores those that are not to stay
 * @param moves the steps on listeners, after which they use another store
 */
export function planSurplus(
  stores: readonly StoredStore[],
  observed: Observed,
  target: AlbTarget,
  moves: AttachmentPlan['steps'],
): { readonly steps: readonly AlbStep[]; readonly findings: readonly Finding[] } {
  const steps: AlbStep[] = [];
  const findings: Finding[] = [];
  for (const store of stores) {
    const users = observed.listeners.filter((listener) => listener.store === store.arn).map(({ arn }) => arn);
    const moved = (arn: string) => moves.filter(({ input }) => input.arn === arn).map(({ id }) => id);
    // A listener that stays (an external one) keeps its store.
    if (users.some((arn) => moved(arn).length === 0)) continue;
    if (store.otherUsers.length > 0) {
      findings.push({
        code: 'attachment-foreign',
        severity: 'warning',
        about: store.arn,
        message: `the store ${store.name} is replaced, but ${store.otherUsers.join(', ')} still uses it and is not named in the definition; the store stays as it is`,
      });
      continue;
    }
    const reason = 'nothing uses it any more';
    const after = users.flatMap(moved);
    steps.push(deleteStore(store, target, { effect: 'cleanup', affects: [store.arn], reason, after }));
  }
  return { steps, findings };
}

/** Deletes a store that nothing uses any more. */
function deleteStore(
  { arn, name }: StoredStore,
  { listeners }: AlbTarget,
  envelope: Pick<StepEnvelope, 'effect' | 'affects' | 'wholeTarget' | 'reason' | 'after'>,
): AlbStep<'delete-store'> {
  return {
    ...envelope,
    kind: 'delete-store',
    id: `delete:${name}`,
    summary: `delete trust store ${name}`,
    action: 'elasticloadbalancing:DeleteTrustStore',
    input: { store: arn, listeners },
  };
}
