import type { CodeKind } from './code-info.ts';
import { type Code, codes } from './codes.ts';
import type { Finding } from './finding.ts';

/** What an error carries besides its message; plain words and ids, never input bytes or secrets. */
export type ErrorContext = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The one exception of this project. Tell errors apart by `code`, never by class identity (the
 * package exists as ESM and as CommonJS) and never by message.
 *
 * @example
 * try { await trustloom.apply() } catch (error) { if (isTrustloomError(error) && error.code === 'lease-held') retryLater() }
 */
export class TrustloomError extends Error {
  override readonly name = 'TrustloomError';
  readonly code: Code;
  readonly kind: CodeKind;
  readonly context: ErrorContext;
  readonly findings: readonly Finding[];

  constructor(
    code: Code,
    message: string,
    options: { context?: ErrorContext; findings?: readonly Finding[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.kind = codes[code].kind;
    this.context = options.context ?? {};
    this.findings = options.findings ?? [];
  }

  /**
   * The error as data, for logs and `--json`. The cause stays out: what it holds is unknown. So
   * does the stack.
   */
  toJSON(): Pick<TrustloomError, 'code' | 'kind' | 'message' | 'context' | 'findings'> {
    const { code, kind, message, context, findings } = this;
    return { code, kind, message, context, findings };
  }
}

/** True for an error of this project, from whichever copy of the package it came. */
export function isTrustloomError(error: unknown): error is TrustloomError {
  return error instanceof Error && error.name === 'TrustloomError' && 'code' in error && 'kind' in error;
}

/** Anything that an adapter lets through unmapped is its mistake, and is reported as one. */
export function asTrustloomError(error: unknown): TrustloomError {
  if (isTrustloomError(error)) return error;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new TrustloomError('contract-broken', `unexpected error: ${what}`, { cause: error });
}
