import type { Facts } from '../adapter/facts.ts';
import type { Trust } from '../adapter/target.ts';
import { mergeLists } from '../crl/merged.ts';
import { type Instant, isoTime } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import type { Reason } from './reason.ts';

/** What revocation is judged by. */
interface RevocationCase {
  readonly leaf: Certificate;
  readonly facts: Facts;
  readonly trust: Trust;
  readonly anchors: readonly Certificate[];
  readonly revocationEnforced: boolean;
  readonly now: Instant;
}

/** Every certificate of the chain below the anchor, against the lists, what left them, and the deny list. */
export function revocationReasons(input: RevocationCase, path: readonly Certificate[]): readonly Reason[] {
  const { leaf, revocationEnforced } = input;
  const pairs = [leaf, ...path.slice(0, -1)].map((child, index) => ({ child, issuer: path[index] }));
  const found = pairs.flatMap(({ child, issuer }) =>
    issuer === undefined ? [] : [saysOf(child, issuer, input), ...unlisted(child, issuer, input)],
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
  { leaf, trust: { revocation }, facts: { capabilities, title }, anchors }: RevocationCase,
): Reason {
  const key = issuer.keySha256;
  const ownCheck = capabilities.revocation !== 'list';
  const say = (says: Reason['says'], text: string): Reason => ({
    says,
    what: 'revocation',
    text: `${child.subject.text}: ${text}`,
  });
  // A service that checks lists itself has the complete one alone.
  const ours = revocation.lists.filter(
    ({ issuer: by, crl }) => by.keySha256 === key && (ownCheck || crl.scope === 'complete'),
  );
  const list = ours.find(({ crl }) => crl.scope !== 'delta');
  const attached =
    ownCheck || !capabilities.crlIssuerInStore || anchors.some(({ keySha256 }) => keySha256 === key);
  if (mergeLists(ours).has(child.serial)) {
    const listed = `serial ${child.serial} stands in the list of ${issuer.subject.text}`;
    if (!attached) return say('yes', `${listed}, which ${title} does not take: that CA is not in its store`);
    // Whether the services look beyond the leaf is not documented.
    return child === leaf || ownCheck
      ? say('no', listed)
      : say(
          'unknown',
          `${listed}; nobody has told whether ${title} looks beyond the client's own certificate`,
        );
  }
  if (ownCheck && revocation.retained.get(key)?.includes(child.serial))
    return say(
      'no',
      `serial ${child.serial} left the list of ${issuer.subject.text} and is still refused here`,
    );
  const entry = revocation.denied.find(({ caKey, serial }) => caKey === key && serial === child.serial);
  if (ownCheck && entry !== undefined)
    return say('no', `on the deny list since ${entry.since} (${entry.why})`);
  const deny =
    entry === undefined ? '' : '; the deny list has it, but this service follows only lists of the CA';
  const text =
    list === undefined
      ? unlistedText(issuer, revocation)
      : `not in the list of ${issuer.subject.text} of ${isoTime(list.crl.thisUpdate)}`;
  return say('yes', `${text}${deny}`);
}

function unlistedText({ keySha256, subject }: Certificate, { letGo }: Trust['revocation']): string {
  const gone = letGo.find((list) => list.keySha256 === keySha256);
  return gone === undefined
    ? `no list of ${subject.text} is known`
    : `${subject.text} has no revocation in force: its list was let go at ${isoTime(gone.since)}`;
}

/** A CA without a list, where others have one: nobody has told what some services do then. */
function unlisted(child: Certificate, issuer: Certificate, input: RevocationCase): readonly Reason[] {
  const { trust, facts, leaf } = input;
  const { lists } = trust.revocation;
  if (facts.capabilities.unlistedCa !== 'unknown' || child !== leaf || lists.length === 0) return [];
  if (lists.some((one) => one.issuer.keySha256 === issuer.keySha256)) return [];
  const text = `nobody has told whether ${facts.title} lets clients of ${issuer.subject.text} in, which has no list where others have one`;
  return [{ says: 'unknown', what: 'revocation', text }];
}

/** A list past its end: refused after grace where Trustloom owns the check; elsewhere nobody has told. */
function staleReasons(
  { trust: { revocation }, facts, now }: RevocationCase,
  path: readonly Certificate[],
): readonly Reason[] {
  const keys = new Set(path.map(({ keySha256 }) => keySha256));
  return revocation.lists.flatMap(({ issuer, crl, expired }): readonly Reason[] => {
    if (!expired || !keys.has(issuer.keySha256) || crl.nextUpdate === undefined) return [];
    if (crl.scope === 'delta' || (crl.scope === 'partition' && facts.capabilities.revocation === 'list'))
      return [];
    const ended = `the list of ${issuer.subject.text} ended at ${isoTime(crl.nextUpdate)}`;
    const say = (says: Reason['says'], text: string): readonly Reason[] => [
      { says, what: 'revocation', text: `${ended}${text}` },
    ];
    if (facts.capabilities.revocation === 'list')
      return say('unknown', `; nobody has told what ${facts.title} does then`);
    return crl.nextUpdate + revocation.graceMs < now
      ? say('no', ', and the grace is over')
      : say('yes', '; it is used while the grace lasts');
  });
}
