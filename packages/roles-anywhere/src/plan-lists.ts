import {
  crlIssuer,
  crlPem,
  diffCrls,
  type Finding,
  isoTime,
  type Step,
  type TargetContext,
} from '@trustloom/core';
import { rolesAnywhereFacts } from './facts.ts';
import { listName, markTags } from './names.ts';
import type { AnchorRef, Desired, DesiredAnchor, StoredList } from './state.ts';

/** The writes on the lists of one anchor. */
export interface ListPlan {
  readonly steps: readonly Step[];
  /** Duplicates, once the right list is in force. */
  readonly cleans: readonly Step[];
  readonly findings: readonly Finding[];
}

interface Where {
  readonly anchor: AnchorRef;
  readonly after: readonly string[];
  readonly context: TargetContext;
}

/**
 * One list per issuer key, updated in place. A list without entries cannot be put there: it counts as in place when no other list of its
 * key is enabled. The service compares neither issuer nor signature, so only lists that the core has verified come here.
 */
export function planLists(
  wanted: DesiredAnchor,
  held: readonly StoredList[],
  desired: Desired,
  where: Where,
): ListPlan {
  const byKey = held.map((list) => ({
    list,
    key: list.crl === undefined ? undefined : crlIssuer(list.crl, desired.known)?.keySha256,
  }));
  const parts = wanted.lists.map((one) =>
    planOne(
      wanted,
      one,
      byKey.filter(({ key }) => key === one.issuer.keySha256).map(({ list }) => list),
      where,
    ),
  );
  const keys = new Set(wanted.lists.map(({ issuer }) => issuer.keySha256));
  const foreign = byKey.filter(({ key }) => key === undefined || !keys.has(key));
  const slots = rolesAnywhereFacts.limits.crlLists.max;
  const imports = parts
    .flatMap(({ steps }) => steps)
    .filter(({ action }) => action === 'rolesanywhere:ImportCrl').length;
  const crowded = held.length + imports > slots && foreign.length > 0;
  return {
    steps: parts.flatMap(({ steps }) => steps),
    cleans: parts.flatMap(({ cleans }) => cleans),
    findings: [
      ...parts.flatMap(({ findings }) => findings),
      ...foreign.map(
        ({ list }): Finding => ({
          code: 'anchor-foreign-list',
          severity: crowded ? 'error' : 'warning',
          thing: list.id,
          message: `the list ${list.name} on this anchor is of no CA that reaches it${crowded ? `, and takes one of its ${slots} places: remove it` : ''}`,
        }),
      ),
    ],
  };
}

function planOne(
  wanted: DesiredAnchor,
  { issuer, crl }: DesiredAnchor['lists'][number],
  held: readonly StoredList[],
  where: Where,
): ListPlan {
  const newer = held.find(
    (list) =>
      list.crl !== undefined && list.crl.sha256 !== crl.sha256 && list.crl.thisUpdate > crl.thisUpdate,
  );
  if (newer?.crl !== undefined) {
    const message = `the list of ${issuer.subject.text} was issued at ${isoTime(crl.thisUpdate)}, before the one in force (${isoTime(newer.crl.thisUpdate)}); the one in force stays`;
    return {
      steps: [],
      cleans: [],
      findings: [
        { code: 'crl-older', severity: 'error', thing: crl.sha256, message, source: 'RFC 5280, 5.2.3' },
      ],
    };
  }
  const [current, ...duplicates] = [...held].sort(
    (a, b) =>
      Number(b.crl?.sha256 === crl.sha256) - Number(a.crl?.sha256 === crl.sha256) ||
      Number(b.enabled) - Number(a.enabled),
  );
  const short = `${wanted.key.slice(0, 8)}:${issuer.keySha256.slice(0, 8)}`;
  const change = diffCrls(current?.enabled === true ? current.crl : undefined, crl);
  const revocation = {
    issuer: issuer.subject.text,
    added: change.added,
    removed: change.removed,
    entries: crl.entryCount,
    serials: change.addedSerials,
  };
  const step = (
    id: string,
    action: string,
    mends: string,
    input: Step['input'],
    after: readonly string[],
  ): Step => ({
    id: `${id}:${short}`,
    effect: 'revoke',
    things: [crl.sha256],
    mends,
    action: `rolesanywhere:${action}`,
    input,
    after,
    ...(id === 'enable-list' && current?.crl?.sha256 !== crl.sha256 ? {} : { revocation }),
  });
  const about = `the list of ${issuer.subject.text} (${crl.entryCount} ${crl.entryCount === 1 ? 'entry' : 'entries'})`;
  const cleans = duplicates.map(
    (list): Step => ({
      id: `delete-list:${list.id}`,
      effect: 'clean',
      things: [list.id],
      mends: `a second list of ${issuer.subject.text} on the same anchor`,
      action: 'rolesanywhere:DeleteCrl',
      input: { do: 'delete-list', id: list.id },
    }),
  );
  if (crl.entryCount === 0) {
    const off = held
      .filter(({ enabled }) => enabled)
      .map((list) => ({
        ...step(
          'disable-list',
          'DisableCrl',
          `${about} replaces one with entries`,
          { do: 'disable-list', id: list.id },
          where.after,
        ),
        id: `disable-list:${list.id}`,
      }));
    return { steps: off, cleans: [], findings: [] };
  }
  if (current === undefined) {
    const input = {
      do: 'import-list',
      name: listName(where.context, wanted.key, issuer.keySha256),
      anchor: where.anchor,
      pem: crlPem(crl),
      tags: tagsOf(where.context),
    };
    return {
      steps: [step('import-list', 'ImportCrl', `${about} is not in force`, input, where.after)],
      cleans: [],
      findings: [],
    };
  }
  const update =
    current.crl?.sha256 === crl.sha256
      ? []
      : [
          step(
            'update-list',
            'UpdateCrl',
            `${about} is newer than the one in force`,
            { do: 'update-list', id: current.id, pem: crlPem(crl) },
            where.after,
          ),
        ];
  const enable = current.enabled
    ? []
    : [
        step('enable-list', 'EnableCrl', `${about} is disabled`, { do: 'enable-list', id: current.id }, [
          ...where.after,
          ...update.map(({ id }) => id),
        ]),
      ];
  return { steps: [...update, ...enable], cleans, findings: [] };
}

function tagsOf({ definition, name }: TargetContext): Readonly<Record<string, string>> {
  return { [markTags.definition]: definition, [markTags.target]: name };
}
