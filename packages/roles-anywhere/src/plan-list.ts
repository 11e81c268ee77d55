import {
  type Certificate,
  type Crl,
  crlPem,
  diffCrls,
  type Finding,
  type Instant,
  isOlderIssue,
  isoTime,
  judgeCrl,
  type Step,
  type TargetContext,
  verifyCrl,
} from '@trustloom/core';
import { listName, marksOf } from './names.ts';
import type { DesiredAnchor, DesiredList, Ref, StoredList, WithheldList } from './state.ts';
import { ids } from './steps.ts';

/** The writes on the lists of one anchor, or on one of them. */
export interface ListPlan {
  readonly steps: readonly Step[];
  /** Duplicates and lists of CAs that do not reach the anchor, once the right lists are in force. */
  readonly cleans: readonly Step[];
  /** Lists without which nobody new may get in, and that will not be in force after these steps. */
  readonly missing: readonly WithheldList[];
  readonly findings: readonly Finding[];
}

/** Which anchor, what must have been done before, and for whom. */
export interface Where {
  readonly anchor: Ref;
  readonly after: readonly string[];
  readonly context: TargetContext & { readonly now: Instant };
}

const nothing: ListPlan = { steps: [], cleans: [], missing: [], findings: [] };

/** A list whose newest issue was refused: what is in force stays, and is put in force again when somebody disabled it. */
export function planKept(
  wanted: Pick<DesiredAnchor, 'key'>,
  withheld: WithheldList,
  held: readonly StoredList[],
): ListPlan {
  const own = held.filter(({ crl }) => crl !== undefined && isSignedBy(crl, withheld.issuer));
  if (own.some(({ enabled }) => enabled)) return nothing;
  const [newest] = [...own].sort((a, b) => (b.crl?.thisUpdate ?? 0) - (a.crl?.thisUpdate ?? 0));
  if (newest?.crl === undefined) return { ...nothing, missing: [withheld] };
  return {
    ...nothing,
    steps: [
      {
        id: `enable-list:${shortOf(wanted.key, withheld.issuer)}`,
        effect: 'revoke',
        things: [newest.crl.sha256],
        mends: `the list of ${withheld.issuer.subject.text} that was in force is disabled`,
        action: 'rolesanywhere:EnableCrl',
        input: { do: 'enable-list', id: newest.id },
        revocation: changeOf(withheld.issuer, undefined, newest.crl),
      },
    ],
  };
}

/**
 * The list of one issuer key. Without entries it cannot be put there: it counts as in place when no other list of its key is enabled.
 * The service compares neither issuer nor signature, so each list is judged once more before it goes there.
 */
export function planOne(
  wanted: DesiredAnchor,
  { issuer, crl }: DesiredList,
  held: readonly StoredList[],
  where: Where,
): ListPlan {
  const own = (list: StoredList) =>
    list.crl !== undefined && (list.crl.sha256 === crl.sha256 || isSignedBy(list.crl, issuer));
  const refusal = refusalOf(crl, issuer, held.filter(own), where.context.now);
  const why = refusal[0]?.code;
  // Some serials would come back: that takes a consent, and until it is given what is in force stays.
  const older = why === 'crl-older';
  if (why !== undefined && !older) {
    const inForce = held.some((list) => list.enabled && own(list));
    return { ...nothing, findings: refusal, missing: inForce ? [] : [{ issuer, why }] };
  }
  const [current, ...duplicates] = [...held].sort(
    (a, b) =>
      Number(b.enabled) - Number(a.enabled) ||
      Number(b.crl?.sha256 === crl.sha256) - Number(a.crl?.sha256 === crl.sha256),
  );
  const short = shortOf(wanted.key, issuer);
  const about = `the list of ${issuer.subject.text} (${crl.entryCount} ${crl.entryCount === 1 ? 'entry' : 'entries'})`;
  const step = (
    name: string,
    action: string,
    mends: string,
    input: Step['input'],
    after = where.after,
  ): Step => ({
    id: `${name}:${short}`,
    effect: older ? 'readmit' : 'revoke',
    things: [crl.sha256],
    mends,
    action: `rolesanywhere:${action}`,
    input,
    after,
  });
  if (crl.entryCount === 0) {
    const off = held
      .filter(({ enabled }) => enabled)
      .map((list) => ({
        ...step('disable-list', 'DisableCrl', `${about} replaces one with entries`, {
          do: 'disable-list',
          id: list.id,
        }),
        id: `disable-list:${list.id}`,
        ...(list.crl === undefined ? {} : { revocation: changeOf(issuer, list.crl, crl) }),
      }));
    return { ...nothing, steps: off };
  }
  if (current === undefined) {
    const input = {
      do: 'import-list',
      name: listName(where.context, wanted.key, issuer.keySha256),
      anchor: where.anchor,
      pem: crlPem(crl),
      tags: { ...marksOf(where.context, issuer.keySha256) },
    };
    const revocation = changeOf(issuer, undefined, crl);
    return {
      ...nothing,
      steps: [{ ...step('import-list', 'ImportCrl', `${about} is not in force`, input), revocation }],
    };
  }
  const before = current.enabled ? current.crl : undefined;
  const same = current.crl?.sha256 === crl.sha256;
  const update = same
    ? []
    : [
        {
          ...step(
            'update-list',
            'UpdateCrl',
            own(current)
              ? `${about} is ${older ? 'older' : 'newer'} than the one in force`
              : `${about} is not in force`,
            { do: 'update-list', id: current.id, pem: crlPem(crl) },
          ),
          revocation: changeOf(issuer, before, crl),
        },
      ];
  const enable = current.enabled
    ? []
    : [
        {
          ...step('enable-list', 'EnableCrl', `${about} is disabled`, { do: 'enable-list', id: current.id }, [
            ...where.after,
            ...ids(update),
          ]),
          // What changes is told once.
          ...(same ? { revocation: changeOf(issuer, undefined, crl) } : {}),
        },
      ];
  const steps = [...update, ...enable];
  const cleans = duplicates.map((list) =>
    deleteList(list, 'clean', `a second list of ${issuer.subject.text} on the same anchor`, ids(steps)),
  );
  return { ...nothing, steps, cleans };
}

/** Why a list may not replace what is in force: it is older, or not signed by the CA that it is meant for. */
function refusalOf(
  crl: Crl,
  issuer: Certificate,
  held: readonly StoredList[],
  now: Instant,
): readonly Finding[] {
  const judged = judgeCrl({ crl, issuer, now });
  if (judged.outcome === 'refused') return judged.findings;
  const newer = held
    .filter(({ enabled }) => enabled)
    .flatMap((list) => list.crl ?? [])
    .find((stored) => isOlderIssue(crl, stored));
  if (newer === undefined) return [];
  const message = `the list of ${issuer.subject.text} was issued at ${isoTime(crl.thisUpdate)}, before the one in force (${isoTime(newer.thisUpdate)}), which stays; only --allow readmit:${crl.sha256} takes it`;
  return [{ code: 'crl-older', severity: 'error', thing: crl.sha256, message, source: 'RFC 5280, 5.2.3' }];
}

function isSignedBy(crl: Crl, issuer: Certificate): boolean {
  return crl.issuer.der === issuer.subject.der && verifyCrl(crl, issuer) === 'valid';
}

function changeOf(issuer: Certificate, before: Crl | undefined, after: Crl): NonNullable<Step['revocation']> {
  const { added, removed, addedSerials } = diffCrls(before, after);
  return { issuer: issuer.subject.text, added, removed, entries: after.entryCount, serials: addedSerials };
}

function shortOf(anchorKey: string, issuer: Certificate): string {
  return `${anchorKey.slice(0, 8)}:${issuer.keySha256.slice(0, 8)}`;
}

/** Deletes one list. */
export function deleteList(
  { id }: StoredList,
  effect: 'clean' | 'revoke',
  mends: string,
  after: readonly string[] = [],
): Step {
  return {
    id: `delete-list:${id}`,
    effect,
    things: [id],
    mends,
    action: 'rolesanywhere:DeleteCrl',
    input: { do: 'delete-list', id },
    after,
  };
}
