import type { Service } from '../adapter/contract.ts';
import { type Explanation, explainTarget } from '../admission/explain.ts';
import type { Definition, TargetDefinition } from '../definition/definition.ts';
import { serviceOf } from '../plan/observe.ts';
import type { ResolvedTrust } from '../plan/resolve-trust.ts';
import type { AccountRegion } from '../util/account-region.ts';
import type { Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';

/** What would become of a client at one target, with what people call the target. */
export interface TargetExplanation extends Explanation {
  /** The service, for people: `Application Load Balancer`. */
  readonly title: string;
  readonly accountRegion: AccountRegion;
}

/**
 * Explains one client at one target of a definition: renders what should stand there, and looks the
 * client up in it.
 */
export function explainFor(
  target: TargetDefinition,
  leaf: Certificate,
  parts: {
    readonly definition: Definition;
    readonly services: readonly Service[];
    readonly sent: readonly Certificate[];
    readonly resolved: ResolvedTrust;
    readonly now: Instant;
  },
): TargetExplanation {
  const { definition, services, sent, resolved, now } = parts;
  const { name, accountRegion, attach, anchors, config } = target;
  const service = serviceOf(services, target.kind);
  const { info } = service;
  const named = { title: info.title, accountRegion };
  const trust = resolved.trusts.get(name);
  if (trust === undefined)
    return {
      target: name,
      service: info.service,
      ...named,
      verdict: 'refused',
      chain: [],
      reasons: [{ says: 'no', what: 'chain', text: 'no CA is accepted for this target' }],
    };
  const bound = service.bind(config, { definition: definition.name, name, accountRegion, attach, anchors });
  const { rendering } = bound.render(trust, now);
  const explanation = explainTarget({
    leaf,
    sent,
    target: name,
    info,
    trust,
    anchors: rendering?.anchors ?? [],
    ignoresExpiry: config.ignoreExpiry === true,
    revocationEnforced: info.capabilities.revocation === 'crl' || (rendering?.mechanism ?? 'none') !== 'none',
    now,
  });
  return { ...explanation, ...named };
}
