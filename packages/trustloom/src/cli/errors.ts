import { codes, isTrustloomError } from '@trustloom/core';
import type { CliIo } from './io.ts';

/**
 * Exit codes: 0 done; 1 error; 2 only with --detailed-exitcode; 3 refused by a safety rule; 130
 * interrupted.
 */
export function exitCodeOf(error: unknown): number {
  if (!isTrustloomError(error)) return 1;
  const kinds = [error.kind, ...error.findings.map(({ code }) => codes[code].kind)];
  return kinds.includes('refused') ? 3 : 1;
}

/** Says what went wrong, why, and what to do. No stack unless it is asked for. */
export function printError(error: unknown, io: CliIo, verbose: boolean): void {
  const { message, code, advice } = errorWords(error);
  io.err(`error: ${message} [${code}]\n${advice}\n`);
  if (verbose && error instanceof Error && error.stack !== undefined) io.err(`${error.stack}\n`);
}

/** The same as one document, for --json. */
export function errorDocument(error: unknown, exitCode: number): object {
  const { message, code, advice } = errorWords(error);
  const details = isTrustloomError(error)
    ? { kind: error.kind, context: error.context, findings: error.findings }
    : { kind: 'bug', context: {}, findings: [] };
  return { formatVersion: 1, error: { code, message, advice, ...details }, exitCode };
}

/** A wrong call of the command, and an interruption, as documents. */
export function plainErrorDocument(code: 'usage' | 'aborted', message: string, exitCode: number): object {
  const { kind, advice } = codes[code];
  return { formatVersion: 1, error: { code, message, advice, kind, context: {}, findings: [] }, exitCode };
}

function errorWords(error: unknown): {
  readonly message: string;
  readonly code: string;
  readonly advice: string;
} {
  if (isTrustloomError(error)) {
    const { message, code } = error;
    return { message, code, advice: codes[code].advice };
  }
  return {
    message: error instanceof Error ? error.message : String(error),
    code: 'unexpected',
    advice: 'This is a fault of Trustloom: please report it.',
  };
}

/** A document on standard output. */
export function printDocument(document: object, io: CliIo): void {
  io.out(`${JSON.stringify(document, null, 2)}\n`);
}
