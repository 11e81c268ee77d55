import {
  type Certificate,
  type Crl,
  caName,
  count,
  crlPem,
  diffCrls,
  type Finding,
  goesFor,
  isAhead,
  isOlderIssue,
  judgeCrl,
  ownershipTags,
  type PlanContext,
  type RevocationChange,
  type StepEnvelope,
  type UnusableCrl,
  type UsableCrl,
  type Value,
  verifyCrl,
} from '@trustloom/core/adapter';
import { crlName, type DesiredAnchor, type RolesAnywhereStep, type StoredCrl, stepIds } from '../../model.ts';

/** The writes for the CRL of one issuer on one anchor. */
export interface IssuerPlan {
  readonly steps?: readonly RolesAnywhereStep[];
  /** The only step where none of ours is there yet: it takes a place on the anchor. */
  readonly adds?: { readonly issuer: Certificate; readonly step: RolesAnywhereStep<'import-crl'> };
  /** Duplicates, once the right CRL is in force. */
  readonly cleanups?: readonly RolesAnywhereStep<'delete-crl'>[];
  /** Without it nobody new may be admitted, and it will not be in force after these steps. */
  readonly missing?: UnusableCrl;
  readonly findings?: readonly Finding[];
}

/** Which anchor, what must have been done before, and for whom. */
export interface Where {
  readonly anchorArn: Value<string>;
  readonly after: readonly string[];
  readonly context: PlanContext;
}

/**
 * A CRL whose newest issue was refused: what is in force stays, and is enabled again when somebody
 * disabled it.
 */
export function planUnusable(
  { key }: Pick<DesiredAnchor, 'key'>,
  unusable: UnusableCrl,
  held: readonly StoredCrl[],
): IssuerPlan {
  const { issuer } = unusable;
  const own = held.flatMap(({ crl, ...stored }) =>
    crl !== undefined && isSignedBy(crl, issuer) ? [{ ...stored, crl }] : [],
  );
  if (own.some(({ enabled }) => enabled)) return {};
  const [newest] = own.sort((a, b) => b.crl.thisUpdate - a.crl.thisUpdate);
  if (newest === undefined) return { missing: unusable };
  const { id, crl } = newest;
  return {
    steps: [
      enableCrl(key, { issuer, crl }, id, {
        effect: 'revoke',
        reason: 'it is disabled, and the newest CRL cannot be put in its place',
        revocation: changeOf(issuer, undefined, crl),
      }),
    ],
  };
}

/**
 * One without entries cannot be put there: it counts as in place when no other CRL of its key is
 * enabled. The service compares neither issuer nor signature, so each CRL is judged once more
 * before it goes there.
 */
export function planUsable(
  anchor: Pick<DesiredAnchor, 'key' | 'leafLifeMs'>,
  wanted: UsableCrl,
  all: readonly StoredCrl[],
  where: Where,
): IssuerPlan {
  const { key } = anchor;
  const { anchorArn, after, context } = where;
  const { issuer, crl } = wanted;
  const own = (stored: StoredCrl) =>
    stored.crl !== undefined && (stored.crl.sha256 === crl.sha256 || isSignedBy(stored.crl, issuer));
  const judged = judgeCrl({ crl, issuer, now: context.now });
  const [refusal] = judged.findings;
  if (judged.outcome === 'refused' && refusal !== undefined) {
    const inForce = all.some((stored) => stored.enabled && own(stored));
    return { findings: [refusal], ...(inForce ? {} : { missing: { issuer, why: refusal.code } }) };
  }
  // Some serials would come back: that takes a consent; until then what is in force stays.
  const inForce = all.filter((stored) => stored.enabled && own(stored));
  const older = inForce.some(
    (stored) =>
      stored.crl !== undefined && !isAhead(stored.crl, context.now) && isOlderIssue(crl, stored.crl),
  );
  const stays = (stored: StoredCrl) =>
    stored.crl !== undefined &&
    !goesFor(stored.crl, wanted, context, anchor.leafLifeMs?.get(issuer.keySha256));
  const kept = older ? [] : inForce.filter(stays);
  // What it does not stand for stays beside it, until that is consented to.
  if (kept.length > 0) {
    const others = all.filter((stored) => !kept.includes(stored));
    return withKept(planUsable(anchor, wanted, others, where), kept, wanted);
  }
  const held = all;
  const effect = older ? 'readmit' : 'revoke';
  const affects = [crl.sha256];
  if (crl.entryCount === 0) {
    const off = held
      .filter(({ enabled }) => enabled)
      .map((stored) =>
        disableCrl(stored, caName(issuer), {
          effect,
          affects,
          reason: 'the newest CRL has no entries, and the service takes no such CRL',
          after,
          ...(stored.crl === undefined ? {} : { revocation: changeOf(issuer, stored.crl, crl) }),
        }),
      );
    return { steps: off };
  }
  const [current, ...duplicates] = [...held].sort(
    (a, b) =>
      Number(b.enabled) - Number(a.enabled) ||
      Number(b.crl?.sha256 === crl.sha256) - Number(a.crl?.sha256 === crl.sha256),
  );
  if (current === undefined) {
    const step: RolesAnywhereStep<'import-crl'> = {
      kind: 'import-crl',
      id: `import-crl:${shortOf(key, issuer)}`,
      effect,
      affects,
      summary: `import ${crlWords(wanted)}`,
      reason: 'it is not in force yet',
      action: 'rolesanywhere:ImportCrl',
      input: {
        name: crlName(context, key, issuer.keySha256),
        anchorArn,
        pem: crlPem(crl),
        tags: ownershipTags(context, { key: issuer.keySha256 }),
      },
      after,
      revocation: changeOf(issuer, undefined, crl),
    };
    return { adds: { issuer, step } };
  }
  const steps: RolesAnywhereStep[] = [];
  const same = current.crl?.sha256 === crl.sha256;
  if (!same)
    steps.push({
      kind: 'update-crl',
      id: `update-crl:${shortOf(key, issuer)}`,
      effect,
      affects,
      summary: `update ${crlWords(wanted)}`,
      reason: own(current)
        ? `the one on the anchor is ${older ? 'newer' : 'older'}`
        : 'another CRL is in its place',
      action: 'rolesanywhere:UpdateCrl',
      input: { id: current.id, pem: crlPem(crl) },
      after,
      revocation: changeOf(issuer, current.enabled ? current.crl : undefined, crl),
    });
  if (!current.enabled)
    steps.push(
      enableCrl(key, wanted, current.id, {
        effect,
        reason: 'it is disabled',
        after: [...after, ...stepIds(steps)],
        // What changes is said once.
        ...(same ? { revocation: changeOf(issuer, undefined, crl) } : {}),
      }),
    );
  const cleanups = duplicates.map((stored) =>
    deleteCrl(stored, {
      effect: 'cleanup',
      reason: `it is a second CRL of ${caName(issuer)} on the same anchor`,
      after: stepIds(steps),
    }),
  );
  return { steps, cleanups };
}

/** A plan that leaves CRLs in force beside the wanted one, and takes them away by consent. */
function withKept(plan: IssuerPlan, kept: readonly StoredCrl[], { issuer, crl }: UsableCrl): IssuerPlan {
  const before = stepIds([...(plan.steps ?? []), ...(plan.adds === undefined ? [] : [plan.adds.step])]);
  const cleanups = kept.map((stored) =>
    deleteCrl(stored, {
      id: `readmit-crl:${stored.id}`,
      effect: 'readmit',
      affects: [crl.sha256],
      reason: `it refuses whom the newer CRL of ${caName(issuer)} does not, and nothing explains that`,
      after: before,
    }),
  );
  return { ...plan, cleanups: [...(plan.cleanups ?? []), ...cleanups] };
}

function isSignedBy(crl: Crl, issuer: Certificate): boolean {
  return crl.issuer.der === issuer.subject.der && verifyCrl(crl, issuer) === 'valid';
}

function changeOf(issuer: Certificate, before: Crl | undefined, after: Crl): RevocationChange {
  const { added, removed, addedSerials } = diffCrls(before, after);
  return { issuer: issuer.subject.text, added, removed, entries: after.entryCount, serials: addedSerials };
}

function shortOf(anchorKey: string, issuer: Certificate): string {
  return `${anchorKey.slice(0, 8)}:${issuer.keySha256.slice(0, 8)}`;
}

function crlWords({ issuer, crl: { entryCount } }: UsableCrl): string {
  return `CRL of ${caName(issuer)}, ${count(entryCount)} ${entryCount === 1 ? 'entry' : 'entries'}`;
}

function enableCrl(
  anchorKey: string,
  wanted: UsableCrl,
  id: string,
  envelope: Pick<StepEnvelope, 'effect' | 'reason'> & Partial<StepEnvelope>,
): RolesAnywhereStep<'enable-crl'> {
  return {
    kind: 'enable-crl',
    id: `enable-crl:${shortOf(anchorKey, wanted.issuer)}`,
    affects: [wanted.crl.sha256],
    summary: `enable ${crlWords(wanted)}`,
    action: 'rolesanywhere:EnableCrl',
    input: { id },
    ...envelope,
  };
}

/** Disables a CRL, which then stays on its anchor: the CA's next one takes its place. */
export function disableCrl(
  { id }: Pick<StoredCrl, 'id'>,
  issuer: string,
  envelope: Pick<StepEnvelope, 'effect' | 'affects' | 'reason'> & Partial<StepEnvelope>,
): RolesAnywhereStep<'disable-crl'> {
  return {
    kind: 'disable-crl',
    id: `disable-crl:${id}`,
    summary: `disable CRL of ${issuer}`,
    action: 'rolesanywhere:DisableCrl',
    input: { id },
    ...envelope,
  };
}

/** Deletes one CRL. */
export function deleteCrl(
  { id, name }: Pick<StoredCrl, 'id' | 'name'>,
  envelope: Pick<StepEnvelope, 'effect' | 'reason'> & Partial<StepEnvelope>,
): RolesAnywhereStep<'delete-crl'> {
  return {
    kind: 'delete-crl',
    id: `delete-crl:${id}`,
    affects: [id],
    summary: `delete CRL ${name}`,
    action: 'rolesanywhere:DeleteCrl',
    input: { id },
    ...envelope,
  };
}
