import type { Definition, GroupDefinition, TargetDefinition } from '../definition/definition.ts';
import { type Finding, isBlocking } from '../errors/finding.ts';
import type { TargetRow } from '../state/state.ts';
import { accountRegionText } from '../util/account-region.ts';
import { sha256Hex } from '../util/bytes.ts';
import type { Json, JsonObject } from '../util/json.ts';
import type { SeenTarget } from './prepared.ts';
import type { ResolvedTrust } from './resolve-trust.ts';

/** What the lines of an approval are made of. */
export interface ApprovalParts {
  readonly definition: Definition;
  readonly resolved: ResolvedTrust;
  readonly targets: readonly (Pick<SeenTarget, 'name' | 'leaving' | 'row'> & {
    readonly findings: readonly Finding[];
  })[];
  /** Findings of the input as a whole. */
  readonly findings: readonly Finding[];
}

/**
 * What an approval stands for, one line for each thing, sorted: how each target will stand, with
 * every setting that decides who is admitted and every CA by SHA-256. The way there is left out, so
 * that a run that was killed goes on under the same approval, and so are CRLs and the deny list, so
 * that an approved plan does not go stale each morning. What the way does has its consents. Where an
 * error stops a target, that is a line, too: once that is fixed, the plan ends differently.
 */
export function approvalLines({ definition, resolved, targets, findings }: ApprovalParts): readonly string[] {
  const lines = targets.flatMap(({ name, leaving, row, findings: own }) => {
    const stopped = own.filter(isBlocking).map(({ code }) => `${name} stopped ${code}`);
    if (leaving || row === undefined) return [`${name} leaves`, ...stopped];
    const { trusts } = resolved;
    const { cas = [], revocation } = trusts.get(name) ?? {};
    return [
      ...settingLines(row, definition),
      ...cas.map(({ sha256 }) => `${name} trusts ${sha256}`),
      ...(revocation?.withdrawn ?? []).map(({ sha256 }) => `${name} no longer enforces ${sha256}`),
      ...stopped,
    ];
  });
  const stopped = findings.filter(isBlocking).map(({ code, about = '' }) => `stopped ${code} ${about}`);
  return [...new Set([...lines, ...stopped])].sort();
}

/** Every setting of a target that decides who is admitted. */
function settingLines(row: Omit<TargetRow, 'notes'>, { groups, revocation }: Definition): readonly string[] {
  const { name, kind, accountRegion, attach, anchors, config, trust } = row;
  return [
    `${name} is ${kind} ${accountRegionText(accountRegion)} ${attach} ${anchors}`,
    ...Object.entries(config).map(([key, value]) => `${name} ${kind}.${key} ${canonical(value)}`),
    `${name} grace ${revocation.graceMs}`,
    ...groups.filter((group) => trust.includes(group.name)).flatMap((group) => groupLines(name, group)),
  ];
}

function groupLines(
  target: TargetDefinition['name'],
  { name, crls, inventory, leafLifeMs, leavesHaveOcsp }: GroupDefinition,
): readonly string[] {
  return [
    ...crls.map(({ text }) => `${target} ${name} CRL ${text}`),
    ...(inventory === undefined ? [] : [`${target} ${name} inventory ${inventory.text}`]),
    `${target} ${name} leafLife ${leafLifeMs ?? 'unknown'} OCSP ${leavesHaveOcsp ?? 'unknown'}`,
  ];
}

/** JSON with sorted keys: the same setting gives the same line. */
function canonical(value: Json | undefined): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value as JsonObject).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
}

/** The digest that `apply --approve` takes: SHA-256 of the lines. */
export function approvalDigest(lines: readonly string[]): string {
  return sha256Hex(lines.map((line) => `${line}\n`).join(''));
}
