import { codes, isTrustloomError } from '@trustloom/core';
import type { CliIo } from './io.ts';

/** Exit codes: 0 done; 1 error; 2 only with --detailed-exitcode; 3 refused by a safety rule; 130 interrupted. */
export function exitCodeOf(error: unknown): number {
  if (!isTrustloomError(error)) return 1;
  const kinds = [error.kind, ...error.findings.map(({ code }) => codes[code].kind)];
  return kinds.includes('refused') ? 3 : 1;
}

/** Says what went wrong, why, and what to do. No stack unless it is asked for. */
export function printError(error: unknown, io: CliIo, verbose: boolean): void {
  if (isTrustloomError(error)) {
    io.err(`error: ${error.message} [${error.code}]\n${codes[error.code].advice}\n`);
  } else {
    io.err(
      `error: ${error instanceof Error ? error.message : String(error)}\nThis looks like a mistake of Trustloom: please report it.\n`,
    );
  }
  if (verbose && error instanceof Error && error.stack !== undefined) io.err(`${error.stack}\n`);
}
