import type { Trust } from '../adapter/target.ts';
import { mergeCrls } from '../crl/merged.ts';
import { caName } from '../kit/ca-words.ts';
import { isoTime } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { type ExplainCase, nameOf, type Reason } from './path-reasons.ts';

/**
 * Every certificate of the chain below the anchor, against the CRLs, what left them, and the deny
 * list.
 */
export function revocationReasons(input: ExplainCase, path: readonly Certificate[]): readonly Reason[] {
  const { leaf, revocationEnforced } = input;
  const pairs = [leaf, ...path.slice(0, -1)].map((child, index) => ({ child, issuer: path[index] }));
  const found = pairs.flatMap(({ child, issuer }) =>
    issuer === undefined ? [] : [saysOf(child, issuer, input), ...noCrlReasons(child, issuer, input)],
  );
  if (!revocationEnforced)
    return found.map(({ says, text, what }) =>
      says === 'no'
        ? { says: 'yes', what, text: `${text}, but nothing refuses the revoked on this target` }
        : { says, what, text },
    );
  return found.some(({ says }) => says === 'no')
    ? found.filter(({ says }) => says === 'no')
    : [...found, ...staleReasons(input, path)];
}

function saysOf(
  child: Certificate,
  issuer: Certificate,
  { leaf, trust: { revocation }, info: { capabilities, title }, anchors }: ExplainCase,
): Reason {
  const key = issuer.keySha256;
  const enforcedByUs = capabilities.revocation !== 'crl';
  const say = (says: Reason['says'], text: string): Reason => ({
    says,
    what: 'revocation',
    text: `${nameOf(child)}: ${text}`,
  });
  // A service that checks CRLs itself has the complete one alone.
  const usable = revocation.crls.filter(
    ({ issuer: by, crl }) => by.keySha256 === key && (enforcedByUs || crl.scope === 'complete'),
  );
  const issuerCrl = usable.find(({ crl }) => crl.scope !== 'delta');
  const attached =
    enforcedByUs || !capabilities.crlIssuerInStore || anchors.some(({ keySha256 }) => keySha256 === key);
  if (mergeCrls(usable).has(child.serial)) {
    const listed = `serial ${child.serial} stands in the CRL of ${caName(issuer)}`;
    if (!attached) return say('yes', `${listed}, which ${title} does not take: that CA is not in its store`);
    // Whether the services look beyond the leaf is not documented.
    return child === leaf || enforcedByUs
      ? say('no', listed)
      : say('unknown', `${listed}; it is unknown whether ${title} looks beyond the client's own certificate`);
  }
  if (enforcedByUs && revocation.retained.get(key)?.includes(child.serial))
    return say('no', `serial ${child.serial} left the CRL of ${caName(issuer)} and is still refused here`);
  const entry = revocation.denied.find(({ caKey, serial }) => caKey === key && serial === child.serial);
  if (enforcedByUs && entry !== undefined)
    return say('no', `on the deny list since ${entry.since} (${entry.why})`);
  const deny =
    entry === undefined ? '' : '; the deny list has it, but this service follows only CRLs of the CA';
  const text =
    issuerCrl === undefined
      ? noCrlText(issuer, revocation)
      : `not in the CRL of ${caName(issuer)} of ${isoTime(issuerCrl.crl.thisUpdate)}`;
  return say('yes', `${text}${deny}`);
}

function noCrlText(issuer: Certificate, { withdrawn: withdrawnCrls }: Trust['revocation']): string {
  const withdrawn = withdrawnCrls.find(({ keySha256 }) => keySha256 === issuer.keySha256);
  return withdrawn === undefined
    ? `no CRL of ${caName(issuer)} is known`
    : `${caName(issuer)} has no revocation in force: enforcement of its CRL was withdrawn at ${isoTime(withdrawn.since)}`;
}

/** A CA without a CRL, where others have one: what some services do then is unknown. */
function noCrlReasons(child: Certificate, issuer: Certificate, input: ExplainCase): readonly Reason[] {
  const { trust, info, leaf } = input;
  const { crls } = trust.revocation;
  if (info.capabilities.unlistedCa !== 'unknown' || child !== leaf || crls.length === 0) return [];
  if (crls.some((one) => one.issuer.keySha256 === issuer.keySha256)) return [];
  const text = `it is unknown whether ${info.title} admits clients of ${caName(issuer)}, which has no CRL where others have one`;
  return [{ says: 'unknown', what: 'revocation', text }];
}

/**
 * A CRL past its end: clients are refused after grace where Trustloom enforces revocation itself;
 * elsewhere it is unknown.
 */
function staleReasons(
  { trust: { revocation }, info, now }: ExplainCase,
  path: readonly Certificate[],
): readonly Reason[] {
  const keys = new Set(path.map(({ keySha256 }) => keySha256));
  return revocation.crls.flatMap(({ issuer, crl, expired }): readonly Reason[] => {
    if (!expired || !keys.has(issuer.keySha256) || crl.nextUpdate === undefined) return [];
    if (crl.scope === 'delta' || (crl.scope === 'partition' && info.capabilities.revocation === 'crl'))
      return [];
    const ended = `the CRL of ${caName(issuer)} ended at ${isoTime(crl.nextUpdate)}`;
    const say = (says: Reason['says'], text: string): readonly Reason[] => [
      { says, what: 'revocation', text: `${ended}${text}` },
    ];
    if (info.capabilities.revocation === 'crl')
      return say('unknown', `; it is unknown what ${info.title} does then`);
    return crl.nextUpdate + revocation.graceMs < now
      ? say('no', ', and the grace is over')
      : say('yes', '; it is used while the grace lasts');
  });
}
