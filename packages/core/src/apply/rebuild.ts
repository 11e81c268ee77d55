import type { ObservedDenial } from '../adapter/content.ts';
import { type DenyEntry, withDenied } from '../crl/deny-list.ts';
import { crlIssuer, verifyCrl } from '../crl/verify-crl.ts';
import { isOlderIssue } from '../kit/judge-crl.ts';
import { unknownDenials } from '../plan/memory.ts';
import type { Prepared, RunTarget } from '../plan/prepared.ts';
import { acceptedRow, type NewlyAccepted, slotFor, storeCrls } from '../state/accepted-crls.ts';
import { type LeaseParts, withLease } from '../state/leases.ts';
import type { AcceptedCrl, RevocationState, TrustloomState } from '../state/state.ts';
import { defined } from '../util/defined.ts';
import { type Instant, isoTime } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';

/** What was read back into the state. */
export interface RebuildReport {
  readonly formatVersion: 1;
  readonly targets: readonly {
    readonly name: string;
    readonly service: string;
    /** `known`: the state knew it. `rebuilt`: it knows it now. `unread`: it could not be looked at. */
    readonly state: 'known' | 'rebuilt' | 'unread';
    /** Entries that went onto the deny list: denied by hand, or retained after they left a CRL. */
    readonly denied: readonly DenyEntry[];
    /** CRLs in force that the state did not have, or had in an older issue. */
    readonly crls: number;
    readonly failed?: { readonly code: string; readonly message: string };
  }[];
  /** 1 when a target could not be looked at, so that what stands there is not known. */
  readonly exitCode: 0 | 1;
}

/**
 * Builds the state again from what the targets hold: which targets are ours, the deny list, and the
 * CRLs that a service gives back. It writes to the state alone, and grants nothing: what nothing
 * explains stays refused after it, too.
 */
export async function rebuildState(
  prepared: Prepared,
  parts: LeaseParts & { readonly state: TrustloomState },
): Promise<RebuildReport> {
  const { state, clock } = parts;
  const now = clock.now();
  const before = await state.revocation.read();
  const found = prepared.targets.map((target) => foundOn(target, prepared, before, now));
  const crls = newestOf(found.flatMap((one) => one.crls));
  await storeCrls(crls, state.blobs);
  const lost = prepared.targets.filter(({ memory }) => memory === 'lost');
  await withLease(state.trust, parts, (lease) =>
    lease.update((current) => ({
      ...current,
      ...defined({ definition: prepared.newDefinition }),
      targets: {
        ...current.targets,
        ...Object.fromEntries(
          lost.flatMap(({ id, row }) =>
            row === undefined ? [] : [[id, { ...row, notes: current.targets[id]?.notes ?? {} }]],
          ),
        ),
      },
    })),
  );
  await state.revocation.amend((current) => ({
    ...current,
    crls: { ...withoutLostFiles(current.crls, prepared), ...newerRows(current, crls) },
    deny: found.flatMap(({ denied }) => denied).reduce(withDenied, current.deny),
    known: {
      ...current.known,
      ...Object.fromEntries(lost.map(({ id }) => [id, { rebuilt: isoTime(now) }])),
    },
  }));
  const targets = found.map(({ report }) => report);
  return { formatVersion: 1, targets, exitCode: targets.some(({ state: is }) => is === 'unread') ? 1 : 0 };
}

/** What one target holds that the state does not have. */
function foundOn(target: RunTarget, { resolved }: Prepared, revocation: RevocationState, now: Instant) {
  const { name, bound, memory, observed, failed, planned } = target;
  const { service } = bound.info;
  if (observed === undefined) {
    const { code = 'contract-broken', message = 'nothing was seen' } = failed ?? {};
    const report = {
      name,
      service,
      state: 'unread',
      denied: [],
      crls: 0,
      failed: { code, message },
    } as const;
    return { report, denied: [], crls: [] };
  }
  const denied = unknownDenials(target, { revocation, resolved, now }).map((one) =>
    denyEntryOf(one, planned.name),
  );
  const crls = observed.content.crls.flatMap(({ crl, inForce }): readonly FoundCrl[] => {
    const issuer = crl === undefined ? undefined : crlIssuer(crl, resolved.known);
    if (crl === undefined || issuer === undefined || !inForce || crl.scope !== 'complete') return [];
    if (verifyCrl(crl, issuer) !== 'valid') return [];
    const { stateKey } = slotFor(issuer.keySha256, crl);
    const stored = revocation.crls[stateKey];
    if (stored !== undefined && !isOlderIssue(issueOf(stored), crl)) return [];
    const row = acceptedRow({ issuer, crl }, [], undefined, now);
    return [{ stateKey, row, crl, issuer, retained: [], comparedWith: stored?.sha256 }];
  });
  const state = memory === 'lost' ? 'rebuilt' : 'known';
  return { report: { name, service, state, denied, crls: crls.length } as const, denied, crls };
}

interface FoundCrl extends NewlyAccepted {
  readonly stateKey: string;
  readonly issuer: Certificate;
}

function denyEntryOf(
  { caKey, ca, serial, since, notAfter, origin }: ObservedDenial,
  target: string,
): DenyEntry {
  const why = origin === 'denied' ? 'on the deny list of' : 'retained after it left its CRL, on';
  return { caKey, ca, serial, since, by: 'state rebuild', why: `${why} ${target}`, ...defined({ notAfter }) };
}

function newestOf(found: readonly FoundCrl[]): readonly FoundCrl[] {
  return found.filter(
    (one) => !found.some((other) => other.stateKey === one.stateKey && isOlderIssue(one.crl, other.crl)),
  );
}

function newerRows({ crls }: RevocationState, found: readonly FoundCrl[]): RevocationState['crls'] {
  return Object.fromEntries(
    found
      .filter(({ stateKey, comparedWith }) => crls[stateKey]?.sha256 === comparedWith)
      .map(({ stateKey, row }) => [stateKey, row]),
  );
}

/** A file of retained serials that is gone is named no longer: what it had is on the deny list now. */
function withoutLostFiles(
  crls: RevocationState['crls'],
  { lostRetained }: Prepared,
): RevocationState['crls'] {
  return Object.fromEntries(
    Object.entries(crls).map(([key, row]) => {
      if (!lostRetained.has(key)) return [key, row];
      const { retained: _, ...rest } = row;
      return [key, rest];
    }),
  );
}

function issueOf({ sha256, thisUpdate, number }: AcceptedCrl) {
  return { sha256, thisUpdate: Date.parse(thisUpdate), ...defined({ number }) };
}
