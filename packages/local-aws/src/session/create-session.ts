import { attribute, type CertificateInfo } from '../der/index.ts';
import { checkPath, type PathFailure } from '../edge/path.ts';
import { checkRevocation } from '../edge/revocation.ts';
import { certificateStore, crlStore } from '../edge/store.ts';
import { readAnchors } from '../services/rolesanywhere/anchors.ts';
import { readCrlData } from '../services/rolesanywhere/crls.ts';
import { optionalNumber, optionalText, text } from '../services/rolesanywhere/input.ts';
import { DEFAULT_SESSION, LIMITS, SHORTEST_SESSION } from '../services/rolesanywhere/limits.ts';
import type {
  Profile,
  RolesAnywhereRegions,
  RolesAnywhereState,
  TrustAnchor,
} from '../services/rolesanywhere/state.ts';
import { saveSubject } from '../services/rolesanywhere/subjects.ts';
import { type Context, type Route, type RouteInput, ServiceError } from '../services/service.ts';
import { checkSignature, type SignatureCheck, type SignedByCertificate } from './signature.ts';

const denied = (message: string) => new ServiceError('AccessDeniedException', 403, message);

/**
 * Texts of refusals: what users met and published (notes of Roles Anywhere, checked 2026-11).
 * Those for dates and for a malformed request are not published, and ours.
 */
const SIGNATURE_TEXTS: Readonly<Record<Exclude<SignatureCheck, { ok: true }>['why'], string>> = {
  missing: 'Missing Authentication Token',
  malformed: 'Invalid request',
  skewed: 'Signature expired',
  wrong: 'Invalid signature',
};

const UNTRUSTED = 'Untrusted Signing Certificate';
const INSUFFICIENT = 'Untrusted certificate. Insufficient certificate';

const PATH_TEXTS: Readonly<Record<PathFailure, string>> = {
  untrusted: UNTRUSTED,
  'self-signed': UNTRUSTED,
  'too-long': UNTRUSTED,
  invalid: UNTRUSTED,
  'key-type': INSUFFICIENT,
  'weak-signature': INSUFFICIENT,
  purpose: INSUFFICIENT,
  expired: 'Untrusted certificate. Certificate has expired',
  'not-yet-valid': 'Untrusted certificate. Certificate is not yet valid',
};

const COMMON_NAME = '2.5.4.3';

/**
 * CreateSession: temporary credentials for whoever holds the key of a certificate that the anchor
 * vouches for.
 */
export function createSessionRoute(regions: RolesAnywhereRegions): Route {
  return {
    method: 'POST',
    path: '/sessions',
    name: 'CreateSession',
    status: 201,
    handler(input, ctx) {
      const checked = checkSignature(ctx.request, ctx.world.wall());
      if (!checked.ok) throw denied(SIGNATURE_TEXTS[checked.why]);
      const asked = readRequest(input);
      // The certificate names no account: the anchor does.
      const account = asked.trustAnchorArn.split(':')[4] ?? '';
      const state = regions.at(account, ctx.region);
      const { leaf } = checked.signed;
      const saveAttempt = (failed: boolean) =>
        saveSubject(
          state,
          leaf,
          { account, region: ctx.region, now: ctx.now, id: ctx.world.random.uuid() },
          failed,
        );
      try {
        const granted = grant(state, checked.signed, asked, account, ctx);
        return { credentialSet: [granted], subjectArn: saveAttempt(false).arn };
      } catch (refusal) {
        if (refusal instanceof ServiceError && refusal.status === 403) saveAttempt(true);
        throw refusal;
      }
    },
  };
}

interface Asked {
  readonly trustAnchorArn: string;
  readonly profileArn: string;
  readonly roleArn: string;
  readonly durationSeconds: number | undefined;
  readonly roleSessionName: string | undefined;
}

/** ARNs come in the query, as the credential helper sends them, or in the body. */
function readRequest({ query, body }: RouteInput): Asked {
  const merged = { ...Object.fromEntries(query), ...body };
  return {
    trustAnchorArn: text(merged, 'trustAnchorArn'),
    profileArn: text(merged, 'profileArn'),
    roleArn: text(merged, 'roleArn'),
    durationSeconds: optionalNumber(
      body,
      'durationSeconds',
      SHORTEST_SESSION,
      LIMITS.longestSessionSeconds.max,
    ),
    roleSessionName: optionalText(body, 'roleSessionName', { min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ }),
  };
}

function byArn<T extends { readonly arn: string }>(
  resources: ReadonlyMap<string, T>,
  arn: string,
  what: string,
): T {
  const resource = [...resources.values()].find((one) => one.arn === arn);
  if (!resource) throw new ServiceError('ResourceNotFoundException', 404, `This ${what} does not exist.`);
  return resource;
}

function grant(
  state: RolesAnywhereState,
  signed: SignedByCertificate,
  asked: Asked,
  account: string,
  ctx: Context,
): object {
  const anchor = byArn(state.anchors, asked.trustAnchorArn, 'trust anchor');
  const profile = byArn(state.profiles, asked.profileArn, 'profile');
  if (!anchor.enabled) throw denied('Trust anchor is disabled');
  if (!profile.enabled) throw denied('Profile is disabled');
  checkCertificate(state, anchor, signed, ctx);
  const seconds = checkRole(profile, asked, account, ctx);
  const { leaf } = signed;
  const sessionName = asked.roleSessionName ?? evenHex(leaf);
  const roleName = asked.roleArn.split('/').at(-1) ?? '';
  const arn = `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}`;
  const userId = `AROA${ctx.world.random.text(17)}:${sessionName}`;
  const issued = ctx.world.credentials.issue({ account, arn, userId, seconds });
  const commonName = attribute(leaf.subject, COMMON_NAME);
  return {
    assumedRoleUser: { arn, assumedRoleId: userId },
    credentials: {
      accessKeyId: issued.accessKeyId,
      secretAccessKey: issued.secretAccessKey,
      sessionToken: issued.sessionToken,
      expiration: new Date(issued.expires).toISOString().replace(/\.\d+Z$/, 'Z'),
    },
    packedPolicySize: 0,
    roleArn: asked.roleArn,
    sourceIdentity: commonName === undefined ? `ID=${evenHex(leaf)}` : `CN=${commonName}`,
  };
}

const evenHex = ({ serialHex }: CertificateInfo) =>
  serialHex.length % 2 === 0 ? serialHex : `0${serialHex}`;

/**
 * Path to the anchor, what the user guide asks of an end-entity certificate, and the enabled CRLs
 * of that anchor.
 */
function checkCertificate(
  state: RolesAnywhereState,
  anchor: TrustAnchor,
  { leaf, chain }: SignedByCertificate,
  ctx: Context,
) {
  const { unknowns } = ctx.world;
  const store = certificateStore(readAnchors(anchor.source.x509CertificateData));
  const found = checkPath(leaf, chain, store, {
    now: ctx.now,
    // What the header takes, and the anchor.
    maxCas: LIMITS.chainHeaderCertificates.max + 1,
    ignoreExpiry: false,
    anchors: 'any',
  });
  if (!found.ok) throw denied(PATH_TEXTS[found.why]);
  const isEndEntity =
    leaf.version === 3 && leaf.basicConstraints?.ca !== true && leaf.subject.rdns.length > 0;
  if (!isEndEntity || !leaf.keyUsage?.has('digitalSignature')) throw denied(INSUFFICIENT);
  const crls = [...state.crls.values()]
    .filter((crl) => crl.enabled && crl.trustAnchorArn === anchor.arn)
    .flatMap((crl) => readCrlData(crl.crlData) ?? []);
  const wholeChain = unknowns.rolesAnywhereCrlDepth === 'refuse';
  const revocation = checkRevocation(found.path, store, crlStore(crls), {
    now: ctx.now,
    wholeChain,
    datesCount: unknowns.rolesAnywhereExpiredCrl === 'refuse',
    everyCaNeedsOne: false,
    bridgingCas: wholeChain,
  });
  if (revocation !== 'good') throw denied('Certificate revoked');
}

/**
 * Everything between profile and role has one text. Returns the length of the session in seconds.
 */
function checkRole(profile: Profile, asked: Asked, account: string, ctx: Context): number {
  const refused = `Unable to assume role for ${asked.roleArn}`;
  const role = ctx.world.roles.find((one) => one.arn === asked.roleArn);
  const sessionNameFits = asked.roleSessionName === undefined || profile.acceptRoleSessionName;
  if (
    !profile.roleArns.includes(asked.roleArn) ||
    asked.roleArn.split(':')[4] !== account ||
    role?.externalId !== undefined ||
    !sessionNameFits
  )
    throw denied(refused);
  const seconds = asked.durationSeconds ?? profile.durationSeconds;
  if (seconds > (role?.maxSessionDuration ?? DEFAULT_SESSION))
    throw denied(
      `${refused}. The requested DurationSeconds exceeds the MaxSessionDuration set for this role.`,
    );
  return seconds;
}
