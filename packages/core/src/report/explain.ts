import type { Service } from '../adapter/contract.ts';
import { type Explanation, explainTarget } from '../admission/explain.ts';
import type { Reason } from '../admission/path-reasons.ts';
import type { Definition, TargetDefinition } from '../definition/definition.ts';
import { serviceOf } from '../plan/observe.ts';
import type { ResolvedTrust } from '../plan/resolve-trust.ts';
import type { AccountRegion } from '../util/account-region.ts';
import type { Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { blocksText } from './fold.ts';
import { lines, plain, sections, type TextOptions } from './layout.ts';
import { allWords, nameWords } from './words.ts';

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
  const bound = service.bind(config, {
    definition: definition.name,
    id: name,
    name,
    accountRegion,
    attach,
    anchors,
  });
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

/**
 * Whether a client would be admitted, target by target, and why; what speaks against it first.
 *
 * @example
 * console.log(explainText(await trustloom.explain(certificate)))
 */
export function explainText(
  targets: readonly TargetExplanation[],
  options: TextOptions & { /** What the client is called. */ readonly client?: string } = {},
): string {
  const { paint = plain } = options;
  const colours = { admitted: paint.good, refused: paint.bad, unknown: paint.warn };
  const blocks = targets.map(({ target, title, accountRegion, verdict, reasons }) => ({
    name: target,
    title,
    accountRegion,
    state: colours[verdict](verdict),
    rows: [...reasons]
      .sort((a, b) => rank[a.says] - rank[b.says])
      .map(({ says, what, text }) => ({ text: `${signs[says]}  ${what}: ${text}`, indent: 2 })),
  }));
  return sections(lines([`${options.client ?? 'The client'}: ${verdictOf(targets)}`], options), [
    blocksText(blocks, options),
  ]);
}

const rank: Readonly<Record<Reason['says'], number>> = { no: 0, unknown: 1, yes: 2 };
const signs: Readonly<Record<Reason['says'], string>> = { no: 'no', unknown: '??', yes: 'ok' };

function verdictOf(targets: readonly TargetExplanation[]): string {
  const parts = (['refused', 'unknown', 'admitted'] as const).flatMap((wanted) => {
    const names = targets.filter(({ verdict }) => verdict === wanted).map(({ target }) => target);
    if (names.length === 0) return [];
    const all = names.length === targets.length;
    return [`${wanted} on ${all ? allWords(names.map((name) => ({ name }))) : nameWords(names)}`];
  });
  return `${parts.length === 0 ? 'no target is defined' : parts.join('; ')}, by the definition.`;
}
