import { didYouMean, readYaml, TrustloomError } from '@trustloom/core';
import type { ProbeCell, ProbeRow } from './report.ts';

/** What is to become of a client at a target. */
export type Expected = 'admitted' | 'refused';

/** By the name of the client, then of the target. */
export type ProbeExpectations = Readonly<Record<string, Readonly<Record<string, Expected>>>>;

/**
 * Reads what a probe is held against: a mapping of clients to targets to `admitted` or `refused`.
 * `none` is who sends no certificate, `untrusted` who sends one that nobody trusts.
 *
 * @throws TrustloomError `definition-syntax`, `definition-unknown-key`, `definition-value`
 * @example
 * readExpectations('good: { edge: admitted }\nnone: { edge: refused }', 'matrix.yaml', known)
 */
export function readExpectations(
  text: string,
  file: string,
  known: { readonly clients: readonly string[]; readonly targets: readonly string[] },
): ProbeExpectations {
  const clients = mappingOf(readYaml(text, file), `${file}: not a mapping of clients`);
  return Object.fromEntries(
    Object.entries(clients).map(([client, given]) => {
      refuseUnknown(client, known.clients, `${file}: ${client}: no such client is tried`);
      const targets = mappingOf(given, `${file}: ${client}: not a mapping of targets`);
      return [
        client,
        Object.fromEntries(
          Object.entries(targets).map(([target, expected]) => {
            refuseUnknown(target, known.targets, `${file}: ${client}.${target}: no such target`);
            if (expected !== 'admitted' && expected !== 'refused')
              throw new TrustloomError(
                'definition-value',
                `${file}: ${client}.${target}: one of admitted, refused`,
              );
            return [target, expected];
          }),
        ),
      ];
    }),
  );
}

function mappingOf(value: unknown, wrong: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.fromEntries(Object.entries(value));
  throw new TrustloomError('definition-value', wrong);
}

function refuseUnknown(word: string, known: readonly string[], message: string): void {
  if (known.includes(word)) return;
  const words = didYouMean(word, known, `; there are ${known.join(', ')}`);
  throw new TrustloomError('definition-unknown-key', `${message}${words}`);
}

/** Names of clients that say that they should not be admitted. */
const bad = /^(none$|untrusted|expired|revoked)/;

/** An answer of HTTP came, and it was no error. */
export function isAdmitted({ outcome }: ProbeCell): boolean {
  return typeof outcome === 'number' && outcome < 400;
}

/**
 * What is not as expected, each in a line. Where nothing is expected of a client at a target, its
 * name says what it is: `none`, `untrusted`, `expired` and `revoked` are to be refused where a
 * certificate is required.
 */
export function probeProblems(rows: readonly ProbeRow[], expectations: ProbeExpectations): readonly string[] {
  return rows.flatMap((row) =>
    row.cells.flatMap((cell) => {
      const { target } = row;
      const expected = expectations[cell.client]?.[target];
      if (cell.outcome === '-')
        return expected === undefined
          ? []
          : [
              `${target}: ${who(cell)} was expected to be ${expected}, and could not be tried${because(cell)}`,
            ];
      if (expected === 'admitted')
        return isAdmitted(cell)
          ? []
          : [`${target}: ${who(cell)} was expected to be admitted, and is refused${because(cell)}`];
      if (!isAdmitted(cell)) return [];
      if (expected === 'refused')
        return [`${target}: ${who(cell)} was expected to be refused, and is admitted`];
      return isWronglyAdmitted(cell, row) ? [`${target}: ${who(cell)} is admitted`] : [];
    }),
  );
}

/** By its name alone: it is admitted, and should not be. */
export function isWronglyAdmitted(cell: ProbeCell, { required, ignoresExpiry }: ProbeRow): boolean {
  if (!required || !bad.test(cell.client) || !isAdmitted(cell)) return false;
  return !(ignoresExpiry && cell.client.startsWith('expired'));
}

function who({ client }: ProbeCell): string {
  return client === 'none' ? 'a client without a certificate' : `the client ${client}`;
}

function because({ detail }: ProbeCell): string {
  return detail === undefined ? '' : ` (${detail})`;
}
