import {
  type Bypass,
  type Certificate,
  type Crl,
  caName,
  caNames,
  type Instant,
  ifReadable,
  parseBundle,
  parseCrl,
  reach,
  type Trust,
  verifyCrl,
} from '@trustloom/core/adapter';
import type { StoredAnchor } from '../model.ts';
import type { ListedAnchor, ListedCrl } from '../port/index.ts';
import { rolesAnywhereInfo } from '../service.ts';

const { chain } = rolesAnywhereInfo.capabilities;

/** An anchor that this target does not own, through which its clients could ask for sessions. */
export interface OtherAnchor extends Pick<ListedAnchor, 'arn' | 'id' | 'name' | 'enabled'> {
  /** CAs of this target whose clients could; `unknown`: its source cannot be read. */
  readonly cas: readonly Certificate[] | 'unknown';
}

/** Whose clients are this target's, and whom it refuses. */
interface Clients {
  /** One certificate for each key. */
  readonly cas: readonly Certificate[];
  readonly known: readonly Certificate[];
  /** SHA-256 of the keys of CAs that their issuers revoked. */
  readonly revokedKeys: ReadonlySet<string>;
  /** By the SHA-256 of the issuer's key. */
  readonly crls: ReadonlyMap<string, readonly Crl[]>;
}

/** Clients of this target: by what the definition grants, and by what its own anchors hold. */
export function clientsOf(trust: Trust | undefined, own: readonly StoredAnchor[]): Clients {
  const held = own.flatMap(({ cas }) => cas);
  const revoked = [...(trust?.revoked ?? []), ...(trust?.revocation.revokedCas ?? [])];
  const known = unique([...held, ...(trust?.cas ?? []), ...revoked, ...(trust?.known ?? [])]);
  const anchors = unique([...held, ...(trust?.cas ?? []), ...(trust?.revoked ?? [])]);
  const crls = new Map<string, readonly Crl[]>();
  const add = (key: string, crl: Crl) => crls.set(key, [...(crls.get(key) ?? []), crl]);
  for (const { issuer, crl } of trust?.revocation.crls ?? [])
    if (crl.scope === 'complete') add(issuer.keySha256, crl);
  for (const { taggedKey, enabled, crl } of own.flatMap((anchor) => anchor.crls))
    if (taggedKey !== undefined && enabled && crl !== undefined) add(taggedKey, crl);
  return {
    cas: reach({ anchors, known, chain }).map(({ ca }) => ca),
    known,
    revokedKeys: new Set(revoked.map(({ keySha256 }) => keySha256)),
    crls,
  };
}

/** Of anchors that this target does not own, those through which its clients could ask. */
export function otherAnchors(
  listed: readonly ListedAnchor[],
  { cas: clients, known }: Clients,
): readonly OtherAnchor[] {
  if (clients.length === 0) return [];
  return listed.flatMap(({ arn, id, name, enabled, pem }): readonly OtherAnchor[] => {
    const anchors = ifReadable(() => parseBundle(pem, name).certificates);
    if (anchors === undefined) return enabled ? [{ arn, id, name, enabled, cas: 'unknown' }] : [];
    const reached = reach({ anchors, known: unique([...known, ...anchors]), chain });
    const keys = new Set(reached.map(({ ca }) => ca.keySha256));
    const cas = clients.filter(({ keySha256 }) => keys.has(keySha256));
    return cas.length === 0 ? [] : [{ arn, id, name, enabled, cas }];
  });
}

/**
 * Sessions that clients of this target get through an anchor that it does not own: open where one
 * that is revoked would get one.
 */
export function otherBypass(
  { arn, id, name, enabled, cas }: OtherAnchor,
  listed: readonly ListedCrl[],
  { crls, revokedKeys }: Clients,
  now: Instant,
): Bypass {
  const anchor = `trust anchor ${name} (${id}), which this target does not own,`;
  const said = (state: Bypass['state'], text: string): Bypass => ({
    id: arn,
    state,
    what: `${anchor} ${text}`,
    admits: 'revoked',
  });
  if (cas === 'unknown')
    return said('unknown', 'has a source that cannot be read: whom it trusts is not known');
  const trusts = `trusts ${caNames(cas)} as well`;
  if (!enabled) return said('closed', `${trusts} and is disabled`);
  const held = listed
    .filter((crl) => crl.anchorArn === arn && crl.enabled)
    .flatMap(({ data, name: crlName }) => ifReadable(() => parseCrl(data, crlName)) ?? []);
  const revoked = cas.filter(({ keySha256 }) => revokedKeys.has(keySha256));
  const open = cas.filter((ca) => !revoked.includes(ca) && missesSome(ca, crls, held));
  const why = [
    ...(open.length === 0 ? [] : [`has no CRL that refuses all clients that ${caNames(open)} revoked`]),
    ...revoked.map((ca) => `admits clients of ${caName(ca)}, which its issuer revoked`),
  ];
  if (why.length > 0) return said('open', [trusts, ...why].join(' and '));
  const needed = cas.filter(({ keySha256 }) => (crls.get(keySha256) ?? []).some(hasEntries));
  if (needed.length === 0) return said('closed', `${trusts}; no client of these CAs is revoked so far`);
  const inTime = held.filter(({ nextUpdate }) => nextUpdate === undefined || nextUpdate > now);
  return needed.some((ca) => missesSome(ca, crls, inTime))
    ? said('unknown', `${trusts}; its CRL has expired, and what the service then does is not documented`)
    : said('closed', `${trusts} and has a CRL that refuses the clients that they revoked`);
}

/** True when a serial that the CA revoked stands in none of these CRLs, as far as they are the CA's. */
function missesSome(ca: Certificate, crls: Clients['crls'], held: readonly Crl[]): boolean {
  const needed = (crls.get(ca.keySha256) ?? []).filter(hasEntries);
  if (needed.length === 0) return false;
  const valid = held.filter(
    (crl) => crl.issuer.der === ca.subject.der && verifyCrl(crl, ca) === 'valid' && crl.scope === 'complete',
  );
  return needed.some((crl) => {
    if (held.some(({ sha256 }) => sha256 === crl.sha256)) return false;
    for (const serial of crl.serials()) if (!valid.some((one) => one.has(serial))) return true;
    return false;
  });
}

function hasEntries({ entryCount }: Crl): boolean {
  return entryCount > 0;
}

function unique(cas: readonly Certificate[]): readonly Certificate[] {
  return [...new Map(cas.map((ca) => [ca.sha256, ca])).values()];
}
