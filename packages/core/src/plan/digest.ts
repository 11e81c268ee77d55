import type { StepEnvelope } from '../adapter/step.ts';
import { type AccountRegion, accountRegionText } from '../util/account-region.ts';
import { sha256Hex } from '../util/bytes.ts';

/**
 * What a plan's approval stands for, one line for each thing: `effect place target thing`, sorted.
 * Labels and revocations are left out: they need no approval, and an approved plan must not go
 * stale each morning with a new list.
 */
export function approvalLines(
  targets: readonly {
    readonly name: string;
    readonly accountRegion: AccountRegion;
    readonly steps: readonly StepEnvelope[];
  }[],
): readonly string[] {
  const lines = targets.flatMap(({ name, accountRegion, steps }) =>
    steps
      .filter(({ effect }) => effect !== 'tag' && effect !== 'revoke')
      .flatMap(({ effect, affects }) =>
        affects.map((about) => `${effect} ${accountRegionText(accountRegion)} ${name} ${about}`),
      ),
  );
  return [...new Set(lines)].sort();
}

/** The digest that `apply --approve` takes: SHA-256 of the lines. */
export function approvalDigest(lines: readonly string[]): string {
  return sha256Hex(lines.map((line) => `${line}\n`).join(''));
}
