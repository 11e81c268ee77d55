import {
  defined,
  type Endpoint,
  type HeldCrl,
  type Io,
  isTrustloomError,
  type Observation,
  parseBundle,
  parseCrl,
  sha256Hex,
} from '@trustloom/core';
import { markedKey, markNote, namesAnchor, namesList } from './names.ts';
import type { ListedAnchor, ListedCrl, RolesAnywherePort } from './port.ts';
import type { Observed, StoredAnchor, StoredList } from './state.ts';
import type { RolesAnywhereTarget } from './target.ts';

/** Reads what the target holds: our anchors, by name and then by tag, and every list on them. */
export async function observeRolesAnywhere(
  target: RolesAnywhereTarget,
  port: RolesAnywherePort,
  io: Io,
): Promise<Observation<Observed>> {
  const listed = (await io.shared('anchors', port.anchors)).filter(
    ({ id, name }) => namesAnchor(io.context, name) || noted(io, id) !== undefined,
  );
  const marked = await withMarks(listed, port, io);
  const ours = marked.flatMap(({ thing, mark }) =>
    mark === undefined ? [] : [{ anchor: thing, key: mark }],
  );
  const arns = new Set(ours.map(({ anchor }) => anchor.arn));
  const crls =
    ours.length === 0
      ? []
      : (await io.shared('lists', port.crls)).filter(({ anchorArn }) => arns.has(anchorArn));
  const lists = await withMarks(crls, port, io, ({ name }) => namesList(io.context, name));
  const anchors = ours
    .map(({ anchor, key }) => storedAnchor(anchor, key, lists))
    .sort(
      (a, b) => Number(b.enabled) - Number(a.enabled) || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
    );
  const enabled = anchors.filter((anchor) => anchor.enabled);
  return {
    state: { anchors },
    pending: [],
    holds: {
      exists: anchors.length > 0,
      cas: enabled.some(({ unreadable }) => unreadable !== undefined)
        ? 'unknown'
        : enabled
            .flatMap(({ cas }) => cas)
            .map((certificate) => ({
              sha256: certificate.sha256,
              subject: certificate.subject.text,
              certificate,
            })),
      crls: anchors.flatMap((anchor) => anchor.lists.map((list) => heldList(list, anchor.enabled))),
      attachments: anchors.map(({ arn, enabled: on }) => ({
        id: arn,
        mode: on ? 'enabled' : 'disabled',
        enforcing: true,
        ignoresExpiry: false,
      })),
      doors: [],
      endpoints: endpointsOf(target, enabled, io),
      findings:
        enabled.length === 0
          ? []
          : [
              {
                code: 'anchor-any-role',
                severity: 'note',
                message: `any role of account ${io.context.place.account} that trusts rolesanywhere.amazonaws.com can be had through these anchors, unless its trust policy names their ARN (aws:SourceArn)`,
                source: 'AWS: IAM Roles Anywhere trust model',
              },
            ],
    },
  };
}

/** Our mark on each object: from the record where we made it, else from its tags. `likely` spares looking at tags that cannot be ours. */
async function withMarks<T extends { readonly id: string; readonly arn: string }>(
  things: readonly T[],
  port: RolesAnywherePort,
  io: Io,
  likely: (thing: T) => boolean = () => true,
): Promise<readonly { readonly thing: T; readonly mark: string | undefined }[]> {
  return Promise.all(
    things.map(async (thing) => {
      const known = noted(io, thing.id);
      if (known !== undefined || !likely(thing)) return { thing, mark: known };
      return { thing, mark: markedKey((await port.tags(thing.arn)) ?? {}, io.context) };
    }),
  );
}

function noted({ notes }: Io, id: string): string | undefined {
  const note = notes[markNote(id)];
  return typeof note === 'string' ? note : undefined;
}

function storedAnchor(
  { id, arn, name, enabled, pem, createdAt }: ListedAnchor,
  key: string,
  crls: readonly { readonly thing: ListedCrl; readonly mark: string | undefined }[],
): StoredAnchor {
  const cas = readable(() => parseBundle(pem, name).certificates);
  return {
    id,
    arn,
    name,
    enabled,
    key,
    createdAt,
    cas: cas ?? [],
    // What somebody else put there may not be readable by our rules, or lie with AWS Private CA.
    ...(cas === undefined ? { unreadable: sha256Hex(pem) } : {}),
    lists: crls
      .filter(({ thing }) => thing.anchorArn === arn)
      .map(({ thing, mark }) => ({
        id: thing.id,
        name: thing.name,
        enabled: thing.enabled,
        mark,
        crl: readable(() => parseCrl(thing.data, thing.name)),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isTrustloomError(error) && error.kind !== 'bug') return undefined;
    throw error;
  }
}

function heldList({ id, enabled, crl }: StoredList, anchorEnabled: boolean): HeldCrl {
  if (crl === undefined)
    return { sha256: id, issuer: 'unreadable list', entries: 0, inForce: enabled && anchorEnabled };
  const { sha256, issuer, entryCount, thisUpdate, nextUpdate } = crl;
  return {
    sha256,
    issuer: issuer.text,
    entries: entryCount,
    thisUpdate,
    ...defined({ nextUpdate }),
    inForce: enabled && anchorEnabled,
    crl,
  };
}

function endpointsOf(
  { probe }: RolesAnywhereTarget,
  anchors: readonly StoredAnchor[],
  io: Io,
): readonly Endpoint[] {
  if (probe === undefined) return [];
  return [
    {
      kind: 'create-session',
      region: io.context.place.region,
      trustAnchorArns: anchors.map(({ arn }) => arn),
      profileArn: probe.profile,
      roleArn: probe.role,
    },
  ];
}
