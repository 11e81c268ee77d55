import type { Adapter } from '../adapter/legacy.ts';
import { type Explanation, explainTarget } from '../admission/explain.ts';
import type { Definition, TargetDefinition } from '../definition/definition.ts';
import { TrustloomError } from '../errors/error.ts';
import type { TrustView } from '../plan/resolve-trust.ts';
import type { Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';

/** Explains one client at one target of a definition: renders what should stand there, and looks the client up in it. */
export function explainFor(
  target: TargetDefinition,
  leaf: Certificate,
  parts: {
    readonly definition: Definition;
    readonly adapters: readonly Adapter[];
    readonly sent: readonly Certificate[];
    readonly view: TrustView;
    readonly now: Instant;
  },
): Explanation {
  const { definition, adapters, sent, view, now } = parts;
  const { name, place, attach, anchors, config } = target;
  const adapter = adapters.find(({ key }) => key === target.kind);
  if (adapter === undefined)
    throw new TrustloomError('definition-value', `no adapter for ${target.kind} was given`);
  const { facts } = adapter;
  const trust = view.trusts.get(name);
  if (trust === undefined)
    return {
      target: name,
      service: facts.service,
      verdict: 'refused',
      chain: [],
      reasons: [{ says: 'no', what: 'chain', text: 'no CA is accepted for this target' }],
    };
  const bound = adapter.bind(config, { definition: definition.name, name, place, attach, anchors });
  const rendering = bound.render(trust, now);
  return explainTarget({
    leaf,
    sent,
    target: name,
    facts,
    trust,
    anchors: rendering.anchors,
    ignoresExpiry: config.ignoreExpiry === true,
    revocationEnforced:
      facts.capabilities.revocation === 'list' || (rendering.mechanism ?? 'none') !== 'none',
    now,
  });
}
