import type { Service } from '../adapter/contract.ts';
import { type Explanation, explainTarget } from '../admission/explain.ts';
import type { Definition, TargetDefinition } from '../definition/definition.ts';
import { serviceOf } from '../plan/observe.ts';
import type { TrustView } from '../plan/resolve-trust.ts';
import type { Place } from '../util/account-region.ts';
import type { Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';

/** What would become of a client at one target, with what people call the target. */
export interface TargetExplanation extends Explanation {
  /** The service, for people: `Application Load Balancer`. */
  readonly title: string;
  readonly place: Place;
}

/** Explains one client at one target of a definition: renders what should stand there, and looks the client up in it. */
export function explainFor(
  target: TargetDefinition,
  leaf: Certificate,
  parts: {
    readonly definition: Definition;
    readonly services: readonly Service[];
    readonly sent: readonly Certificate[];
    readonly view: TrustView;
    readonly now: Instant;
  },
): TargetExplanation {
  const { definition, services, sent, view, now } = parts;
  const { name, place, attach, anchors, config } = target;
  const service = serviceOf(services, target.kind);
  const { facts } = service;
  const named = { title: facts.title, place };
  const trust = view.trusts.get(name);
  if (trust === undefined)
    return {
      target: name,
      service: facts.service,
      ...named,
      verdict: 'refused',
      chain: [],
      reasons: [{ says: 'no', what: 'chain', text: 'no CA is accepted for this target' }],
    };
  const bound = service.bind(config, { definition: definition.name, name, place, attach, anchors });
  const { rendering } = bound.render(trust, now);
  const explanation = explainTarget({
    leaf,
    sent,
    target: name,
    facts,
    trust,
    anchors: rendering?.anchors ?? [],
    ignoresExpiry: config.ignoreExpiry === true,
    revocationEnforced:
      facts.capabilities.revocation === 'list' || (rendering?.mechanism ?? 'none') !== 'none',
    now,
  });
  return { ...explanation, ...named };
}
