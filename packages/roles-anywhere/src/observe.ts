import {
  type Certificate,
  type Crl,
  type Endpoint,
  type HeldCrl,
  type Io,
  isTrustloomError,
  type Observation,
  parseBundle,
  parseCrl,
} from '@trustloom/core';
import { anchorPrefix, markedKey } from './names.ts';
import type { ListedAnchor, ListedCrl, RolesAnywherePort } from './port.ts';
import type { Observed, StoredAnchor, StoredList } from './state.ts';
import type { RolesAnywhereTarget } from './target.ts';

/** Reads what the target holds: our anchors, by name and then by tag, and every list on them. */
export async function observeRolesAnywhere(
  target: RolesAnywhereTarget,
  port: RolesAnywherePort,
  io: Io,
): Promise<Observation<Observed>> {
  const listed = await port.anchors();
  const candidates = listed.filter(({ name }) => name.startsWith(anchorPrefix(io.context)));
  const crls = candidates.length === 0 ? [] : await port.crls();
  const read = await Promise.all(
    candidates.map(async (anchor) => {
      const key = markedKey(await port.tags(anchor.arn), io.context);
      return key === undefined ? [] : [storedAnchor(anchor, key, crls)];
    }),
  );
  const anchors = read
    .flat()
    .sort(
      (a, b) => Number(b.enabled) - Number(a.enabled) || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
    );
  const enabled = anchors.filter((anchor) => anchor.enabled);
  return {
    state: { anchors },
    pending: [],
    holds: {
      exists: anchors.length > 0,
      cas: enabled
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

function storedAnchor(
  { id, arn, name, enabled, pem, createdAt }: ListedAnchor,
  key: string,
  crls: readonly ListedCrl[],
): StoredAnchor {
  return {
    id,
    arn,
    name,
    enabled,
    key,
    createdAt,
    cas: certificatesOf(pem, name),
    lists: crls
      .filter(({ anchorArn }) => anchorArn === arn)
      .map(({ data, ...list }) => ({ ...list, crl: listOf(data, list.name) })),
  };
}

/** What somebody else put there may not be readable by our rules; it is then replaced. */
function certificatesOf(pem: string, name: string): readonly Certificate[] {
  return readable(() => parseBundle(pem, name).certificates) ?? [];
}

function listOf(data: Uint8Array, name: string): Crl | undefined {
  return readable(() => parseCrl(data, name));
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
    ...(nextUpdate === undefined ? {} : { nextUpdate }),
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
