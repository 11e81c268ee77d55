import { type CertificateInfo, keyKind, readCertificate, readPem } from '../../der/index.ts';
import { type Context, notImplemented, type Route } from '../service.ts';
import {
  type Body,
  checkText,
  invalid,
  NAME,
  object,
  optionalArray,
  optionalFlag,
  optionalNumber,
  optionalText,
  page,
  readTags,
  text,
} from './input.ts';
import { LIMITS } from './limits.ts';
import {
  found,
  iso,
  type NotificationSetting,
  type RolesAnywhereRegions,
  type RolesAnywhereState,
  type Source,
  type TrustAnchor,
} from './state.ts';

const WHAT = 'trust anchor';

const anchorDetail = (anchor: TrustAnchor) => ({
  trustAnchorId: anchor.id,
  trustAnchorArn: anchor.arn,
  name: anchor.name,
  source: {
    sourceType: anchor.source.sourceType,
    sourceData: { x509CertificateData: anchor.source.x509CertificateData },
  },
  enabled: anchor.enabled,
  createdAt: iso(anchor.createdAt),
  updatedAt: iso(anchor.updatedAt),
  notificationSettings: anchor.notificationSettings,
});

const answer = (anchor: TrustAnchor) => ({ trustAnchor: anchorDetail(anchor) });

/**
 * Reads and checks a source. The rules are those of the user guide, "Signature validation"; checked
 * 2026-11.
 */
function readSource(body: Body): Source {
  const source = object(body.source, 'source');
  const type = text(source, 'sourceType', {
    pattern: /^(AWS_ACM_PCA|CERTIFICATE_BUNDLE|SELF_SIGNED_REPOSITORY)$/,
  });
  if (type !== 'CERTIFICATE_BUNDLE') throw notImplemented('Roles Anywhere', `trust anchors of type ${type}`);
  const data = object(source.sourceData, 'source.sourceData');
  const pem = checkText(data.x509CertificateData ?? '', 'source.sourceData.x509CertificateData', {
    max: LIMITS.bundleCharacters.max,
  });
  checkAnchors(readAnchors(pem));
  return { sourceType: type, x509CertificateData: pem };
}

/** Certificates of an anchor's bundle; ValidationException when the text is none. */
export function readAnchors(pem: string): readonly CertificateInfo[] {
  try {
    return readPem(pem).map(({ label, der }) => {
      if (label !== 'CERTIFICATE') throw invalid('The bundle holds something that is no certificate.');
      return readCertificate(der);
    });
  } catch {
    throw invalid('The certificate bundle cannot be parsed.');
  }
}

function checkAnchors(certificates: readonly CertificateInfo[]): void {
  if (certificates.length === 0) throw invalid('The certificate bundle holds no certificate.');
  if (certificates.length > LIMITS.certificatesPerAnchor.max)
    throw invalid(`A trust anchor holds at most ${LIMITS.certificatesPerAnchor.max} certificates.`);
  for (const certificate of certificates) {
    if (certificate.version !== 3) throw invalid('The certificate version is not supported.');
    if (certificate.basicConstraints?.ca !== true)
      throw invalid('Incorrect basic constraints for CA certificate');
    if (!certificate.keyUsage?.has('keyCertSign')) throw invalid('Incorrect key usage for CA certificate');
    const { weak, kind } = certificate.signatureAlgorithm;
    if (weak || kind === 'unsupported')
      throw invalid('The signature algorithm of the certificate is not supported.');
    if (!keyIsStrong(certificate)) throw invalid('The key of the certificate is not supported.');
  }
}

/** The floor is not published: RSA 2048, P-256. */
function keyIsStrong(certificate: CertificateInfo): boolean {
  const key = keyKind(certificate.spki);
  if (key.type === 'rsa') return key.bits >= 2048;
  return key.type === 'ec' && ['prime256v1', 'secp384r1', 'secp521r1'].includes(key.curve);
}

/**
 * What every anchor starts with; user guide, "Notification settings", and recorded answers; checked
 * 2026-11.
 */
const DEFAULT_NOTIFICATIONS: readonly NotificationSetting[] = [
  'CA_CERTIFICATE_EXPIRY',
  'END_ENTITY_CERTIFICATE_EXPIRY',
].map((event) => ({
  enabled: true,
  event,
  threshold: 45,
  channel: 'ALL',
  configuredBy: 'rolesanywhere.amazonaws.com',
}));

function readNotifications(body: Body, account: string): readonly NotificationSetting[] {
  const given = (optionalArray(body, 'notificationSettings', 50) ?? []).map((entry) => {
    const setting = object(entry, 'notificationSettings.member');
    return {
      enabled: optionalFlag(setting, 'enabled') ?? false,
      event: text(setting, 'event', { pattern: /^(CA_CERTIFICATE_EXPIRY|END_ENTITY_CERTIFICATE_EXPIRY)$/ }),
      threshold: optionalNumber(setting, 'threshold', 1, 360) ?? 45,
      channel: optionalText(setting, 'channel', { pattern: /^ALL$/ }) ?? 'ALL',
      configuredBy: account,
    };
  });
  return DEFAULT_NOTIFICATIONS.map((one) => given.find((other) => other.event === one.event) ?? one);
}

export function anchorRoutes(regions: RolesAnywhereRegions): readonly Route[] {
  const at = (ctx: Context): RolesAnywhereState => regions.at(ctx.account, ctx.region);
  const set = (ctx: Context, anchor: TrustAnchor) => {
    at(ctx).anchors.set(anchor.id, anchor);
    return anchor;
  };
  const get = (ctx: Context, id: string | undefined) => found(at(ctx).anchors, id ?? '', WHAT);
  /** AWS's answers may show the state from before the call, ours always do. */
  const enable =
    (enabled: boolean): Route['handler'] =>
    (input, ctx) => {
      const before = get(ctx, input.labels.trustAnchorId);
      set(ctx, { ...before, enabled, updatedAt: ctx.now });
      return answer(before);
    };
  return [
    {
      method: 'POST',
      path: '/trustanchors',
      name: 'CreateTrustAnchor',
      status: 201,
      handler({ body }, ctx) {
        const { anchors } = at(ctx);
        const name = text(body, 'name', NAME);
        const source = readSource(body);
        const tags = readTags(body);
        if (anchors.size >= LIMITS.trustAnchors.max)
          throw invalid(`An account has at most ${LIMITS.trustAnchors.max} trust anchors in a region.`);
        const id = ctx.world.random.uuid();
        return answer(
          set(ctx, {
            id,
            arn: `arn:aws:rolesanywhere:${ctx.region}:${ctx.account}:trust-anchor/${id}`,
            name,
            source,
            enabled: optionalFlag(body, 'enabled') ?? false,
            createdAt: ctx.now,
            updatedAt: ctx.now,
            tags,
            notificationSettings: readNotifications(body, ctx.account),
          }),
        );
      },
    },
    {
      method: 'GET',
      path: '/trustanchors',
      name: 'ListTrustAnchors',
      handler({ query }, ctx) {
        const { items, nextToken } = page([...at(ctx).anchors.values()], query);
        return { trustAnchors: items.map(anchorDetail), nextToken };
      },
    },
    {
      method: 'GET',
      path: '/trustanchor/{trustAnchorId}',
      name: 'GetTrustAnchor',
      handler: ({ labels }, ctx) => answer(get(ctx, labels.trustAnchorId)),
    },
    {
      method: 'PATCH',
      path: '/trustanchor/{trustAnchorId}',
      name: 'UpdateTrustAnchor',
      handler({ labels, body }, ctx) {
        const before = get(ctx, labels.trustAnchorId);
        const name = optionalText(body, 'name', NAME) ?? before.name;
        const source = body.source === undefined ? before.source : readSource(body);
        return answer(set(ctx, { ...before, name, source, updatedAt: ctx.now }));
      },
    },
    {
      method: 'DELETE',
      path: '/trustanchor/{trustAnchorId}',
      name: 'DeleteTrustAnchor',
      handler({ labels }, ctx) {
        const anchor = get(ctx, labels.trustAnchorId);
        // One field report: deletion fails while a CRL still belongs to the anchor.
        if ([...at(ctx).crls.values()].some((crl) => crl.trustAnchorArn === anchor.arn))
          throw invalid('The trust anchor still has CRLs.');
        at(ctx).anchors.delete(anchor.id);
        return answer(anchor);
      },
    },
    {
      method: 'POST',
      path: '/trustanchor/{trustAnchorId}/enable',
      name: 'EnableTrustAnchor',
      handler: enable(true),
    },
    {
      method: 'POST',
      path: '/trustanchor/{trustAnchorId}/disable',
      name: 'DisableTrustAnchor',
      handler: enable(false),
    },
  ];
}
