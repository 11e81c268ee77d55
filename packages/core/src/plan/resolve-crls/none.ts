import type { Trust } from '../../adapter/target.ts';
import type { GroupDefinition, TargetDefinition } from '../../definition/definition.ts';
import type { LockEntry } from '../../definition/lock.ts';
import type { Finding } from '../../errors/finding.ts';
import { caName } from '../../kit/ca-words.ts';
import { issuingCas, reach } from '../../x509/reach.ts';

/**
 * Where no CRL is known nobody can be revoked: that is said for each target, and left to the
 * definition. First groups that name no CRL, then CAs of the others that have none.
 *
 * @param entries CAs of the target that are accepted
 */
export function withoutCrls(
  { name: target, config }: Pick<TargetDefinition, 'name' | 'config'>,
  groups: readonly GroupDefinition[],
  entries: readonly LockEntry[],
  trust: Pick<Trust, 'waiting' | 'known' | 'revocation'>,
): readonly Finding[] {
  // Where OCSP responders are asked, a revoked client is refused without a CRL.
  if (config.ocsp === true) return [];
  const ofGroup = ({ name }: GroupDefinition) => entries.filter(({ group }) => group === name);
  const none = groups.filter((group) => group.crls.length === 0 && ofGroup(group).length > 0);
  const finding = (about: string | undefined, message: string): Finding => ({
    code: 'crl-none',
    severity: 'warning',
    target,
    message: `${target}: ${message}`,
    ...(about === undefined ? {} : { about }),
  });
  return [
    ...none.map(({ name }) =>
      finding(
        name,
        `no CRL is named for group ${name}: clients that its CAs revoked are admitted on ${target}. Add the addresses of their CRLs to \`crls\``,
      ),
    ),
    ...unnamed(groups.filter((group) => group.crls.length > 0).flatMap(ofGroup), trust).map((ca) =>
      finding(
        ca.sha256,
        `no CRL of ${caName(ca)} is known: clients that it revoked are admitted on ${target}. Add its address to \`crls\``,
      ),
    ),
  ];
}

/** CAs that issue client certificates, without a CRL and without a CRL to wait for. */
function unnamed(
  entries: readonly LockEntry[],
  {
    waiting = [],
    known,
    revocation: { crls, unread, withdrawn },
  }: Pick<Trust, 'waiting' | 'known' | 'revocation'>,
) {
  const anchors = entries.map(({ certificate }) => certificate);
  const reached = reach({ anchors, known, chain: 'any-anchor' }).map(({ ca }) => ca);
  const keys = new Set([
    ...crls.map(({ issuer }) => issuer.keySha256),
    ...unread.keys(),
    ...withdrawn.map(({ keySha256 }) => keySha256),
  ]);
  const waits = new Set(
    waiting.flatMap(({ sha256, unlisted }) => [sha256, ...unlisted.map((one) => one.sha256)]),
  );
  return issuingCas(reached, known).filter(
    ({ keySha256, sha256 }) => !keys.has(keySha256) && !waits.has(sha256),
  );
}
