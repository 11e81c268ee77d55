import type { ObservedDenial } from '../adapter/content.ts';
import { unexplainedDenials } from '../crl/held-denial.ts';
import type { Definition } from '../definition/definition.ts';
import type { Finding } from '../errors/finding.ts';
import type { RevocationState } from '../state/state.ts';
import type { Instant } from '../util/time.ts';
import type { SeenTarget } from './prepared.ts';
import type { ResolvedTrust } from './resolve-trust.ts';
import { readmitsUnexplained } from './target-steps.ts';

/** What the findings about the state are made of. */
export interface MemoryParts {
  readonly definition: Definition;
  readonly resolved: ResolvedTrust;
  readonly revocation: RevocationState;
  readonly now: Instant;
}

/**
 * Where the state does not know what stands on a target: it was lost, replaced by hand, or an older
 * version of it was restored. Judged by what the target holds, never by the state alone.
 */
export function memoryFindings(target: SeenTarget, parts: MemoryParts): readonly Finding[] {
  const { name, memory } = target;
  const lost = (message: string, about?: string): Finding => ({
    code: 'state-lost',
    severity: 'error',
    target: name,
    ...(about === undefined ? {} : { about }),
    message: `${name}: ${message}. ${remedy(parts.definition)}`,
  });
  if (memory === 'lost')
    return [
      lost(
        'something of ours stands there, and the state does not know the target: the state was lost, moved, or belongs to another name of the definition. Whoever is refused there stays refused, and newer CRLs are enforced; nothing else is written',
      ),
    ];
  const older = newerInForce(target, parts);
  const denials = unknownDenials(target, parts);
  const count = denials.length;
  return [
    ...older.map(({ sha256, issuer }) =>
      lost(`the CRL of ${issuer} in force is newer than the one that the state knows`, sha256),
    ),
    ...(count === 0
      ? []
      : [
          lost(
            `${count} ${count === 1 ? 'serial is refused there that the state does' : 'serials are refused there that the state does'} not know, and nothing explains why ${count === 1 ? 'it' : 'they'} should go; ${count === 1 ? 'it stays' : 'they stay'} refused`,
          ),
        ]),
    ...(memory === 'rebuilt'
      ? [
          {
            code: 'state-rebuilt',
            severity: 'note',
            target: name,
            message: `${name}: the state was built again from what stands there. What nothing explains stays refused, until --allow ${readmitsUnexplained(name)} takes it away`,
          } as const,
        ]
      : []),
  ];
}

/** Entries of a check of ours that neither the state nor any rule explains. */
export function unknownDenials(
  { observed }: SeenTarget,
  { revocation, resolved, now }: Omit<MemoryParts, 'definition'>,
): readonly ObservedDenial[] {
  const { denials = [], attachments = [] } = observed?.content ?? {};
  const { crls, retained } = resolved.crls;
  return unexplainedDenials(
    denials,
    {
      crls,
      denied: revocation.deny,
      retained: new Map([...retained].map(([key, serials]) => [key, serials.map(({ serial }) => serial)])),
      released: revocation.released ?? [],
      leafLifeMs: resolved.leafLifeMs,
    },
    { now, expiryIgnored: attachments.some(({ ignoresExpiry }) => ignoresExpiry) },
  );
}

/** CRLs in force that were issued after the newest that the state has of their CA. */
function newerInForce({ observed }: SeenTarget, { resolved }: Pick<MemoryParts, 'resolved'>) {
  const known = new Map<string, number>();
  for (const { issuer, thisUpdate } of resolved.crls.rows)
    known.set(issuer, Math.max(known.get(issuer) ?? 0, Date.parse(thisUpdate)));
  return (observed?.content.crls ?? []).filter(({ issuer, inForce, thisUpdate }) => {
    const newest = known.get(issuer);
    return inForce && thisUpdate !== undefined && newest !== undefined && thisUpdate > newest;
  });
}

/** How the state comes back. */
function remedy({ name, bucket, state: { accountRegion } }: Definition): string {
  const { account, region } = accountRegion;
  const at = bucket.replaceAll('{account}', account).replaceAll('{region}', region);
  return `Restore the earlier version (aws s3api list-object-versions --bucket ${at} --prefix ${name}/), or build it again: trustloom state rebuild`;
}
