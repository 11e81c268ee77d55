import {
  type AccountRegion,
  type Bypass,
  type Finding,
  type Io,
  ifReadable,
  isOwned,
  type Observation,
  type ObservedCrl,
  observedCa,
  observedCrl,
  ownershipNote,
  parseBundle,
  parseCrl,
  readTag,
  sha256Hex,
  type Trust,
} from '@trustloom/core/adapter';
import { isOurName, type Observed, type StoredAnchor, type StoredCrl } from '../model.ts';
import type { ListedAnchor, ListedCrl, RolesAnywherePort } from '../port/index.ts';
import type { RolesAnywhereTarget } from '../target.ts';
import { clientsOf, otherAnchors, otherBypass } from './other-anchors.ts';

type Tagged<T> = T & { readonly taggedKey: string | undefined };

/**
 * Reads what the target holds: our anchors, by name and then by tag, and every CRL on them. Beside
 * them, the anchors of others through which clients of the target could ask for sessions.
 */
export async function observeRolesAnywhere(
  { probe }: RolesAnywhereTarget,
  port: RolesAnywherePort,
  io: Io,
  trust?: Trust,
): Promise<Observation<Observed>> {
  const { accountRegion } = io.context;
  const listed = await io.shared('anchors', port.anchors);
  const likely = listed.filter(
    ({ id, name }) => isOurName(io.context, name, 1) || noted(io, id) !== undefined,
  );
  const owned = (await withTags(likely, port, io, 1)).flatMap(({ taggedKey: key, ...anchor }) =>
    key === undefined ? [] : [{ ...anchor, key }],
  );
  const arns = new Set(owned.map(({ arn }) => arn));
  const onOwned =
    owned.length === 0
      ? []
      : (await io.shared('crls', port.crls)).filter(({ anchorArn }) => arns.has(anchorArn));
  const crls = await withTags(onOwned, port, io, 2);
  const anchors = owned
    .map((anchor) => storedAnchor(anchor, crls))
    .sort(
      (a, b) => Number(b.enabled) - Number(a.enabled) || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
    );
  const enabled = anchors.filter((anchor) => anchor.enabled);
  const clients = clientsOf(trust, anchors);
  const others = otherAnchors(
    listed.filter(({ arn }) => !arns.has(arn)),
    clients,
  );
  const theirCrls = others.some((other) => other.enabled) ? await io.shared('crls', port.crls) : [];
  return {
    state: { anchors },
    pending: [],
    content: {
      exists: anchors.length > 0,
      owned: anchors.length > 0,
      cas: enabled.some(({ unreadable }) => unreadable !== undefined)
        ? 'unknown'
        : enabled.flatMap(({ cas }) => cas.map(observedCa)),
      crls: anchors.flatMap((anchor) => anchor.crls.map((crl) => heldCrl(crl, anchor.enabled))),
      attachments: anchors.map(({ arn, enabled: on }) => ({
        id: arn,
        mode: on ? 'enabled' : 'disabled',
        enforcing: true,
        ignoresExpiry: false,
      })),
      bypasses: [
        ...others.map((other) => otherBypass(other, theirCrls, clients, io.clock.now())),
        ...(enabled.length === 0 ? [] : [rolesNotRead(accountRegion)]),
      ],
      endpoints:
        probe === undefined
          ? []
          : [
              {
                kind: 'create-session',
                region: accountRegion.region,
                trustAnchorArns: enabled.map(({ arn }) => arn),
                profileArn: probe.profile,
                roleArn: probe.role,
              },
            ],
      findings: enabled.length === 0 ? [] : [anyRole(accountRegion)],
    },
  };
}

/** Trust policies of roles are IAM's, and no call of the service tells of them. */
function rolesNotRead({ account }: AccountRegion): Bypass {
  return {
    id: `arn:aws:iam::${account}:role/*`,
    state: 'unknown',
    what: 'whether roles trust rolesanywhere.amazonaws.com without naming a trust anchor (aws:SourceArn); their trust policies were not looked at',
  };
}

function anyRole({ account }: AccountRegion): Finding {
  return {
    code: 'anchor-any-role',
    severity: 'note',
    message: `any role of account ${account} that trusts rolesanywhere.amazonaws.com can be had through these anchors, unless its trust policy names their ARN (aws:SourceArn)`,
    source: 'AWS: IAM Roles Anywhere trust model',
  };
}

/**
 * With our ownership tag: from the state where we made the object, else from its tags if its name
 * (of so many keys) is one of ours.
 */
async function withTags<T extends { readonly id: string; readonly arn: string; readonly name: string }>(
  objects: readonly T[],
  port: RolesAnywherePort,
  io: Io,
  keys: 1 | 2,
): Promise<readonly Tagged<T>[]> {
  return Promise.all(
    objects.map(async (object) => {
      const known = noted(io, object.id);
      if (known !== undefined || !isOurName(io.context, object.name, keys))
        return { ...object, taggedKey: known };
      const tags = (await port.tags(object.arn)) ?? {};
      return { ...object, taggedKey: isOwned(tags, io.context) ? readTag(tags, 'key') : undefined };
    }),
  );
}

function noted({ notes }: Io, id: string): string | undefined {
  const note = notes[ownershipNote(id)];
  return typeof note === 'string' ? note : undefined;
}

function storedAnchor(
  { pem, ...anchor }: ListedAnchor & Pick<StoredAnchor, 'key'>,
  crls: readonly Tagged<ListedCrl>[],
): StoredAnchor {
  const cas = ifReadable(() => parseBundle(pem, anchor.name).certificates);
  return {
    ...anchor,
    cas: cas ?? [],
    // What somebody else put there may not be readable by our rules, or lie with AWS Private CA.
    ...(cas === undefined ? { unreadable: sha256Hex(pem) } : {}),
    crls: crls
      .filter(({ anchorArn }) => anchorArn === anchor.arn)
      .map(({ id, name, enabled, data, ...crl }) => ({
        id,
        name,
        enabled,
        taggedKey: crl.taggedKey,
        crl: ifReadable(() => parseCrl(data, name)),
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

function heldCrl({ id, enabled, crl }: StoredCrl, anchorEnabled: boolean): ObservedCrl {
  const inForce = enabled && anchorEnabled;
  if (crl === undefined) return { sha256: id, issuer: 'a CRL that cannot be read', entries: 0, inForce };
  return observedCrl(crl, inForce);
}
