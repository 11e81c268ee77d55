import { type Code, codes } from './codes.ts';

/** Where in an input something stands; line and column count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * How bad a finding is: an `error` keeps a write from happening, a `warning` says that something is
 * weaker than it looks, a `note` informs.
 */
export type Severity = 'error' | 'warning' | 'note';

/** Something to know before any write. Data, never an exception. */
export interface Finding {
  /** Stable code in words; the anchor in the documentation. */
  readonly code: Code;
  readonly severity: Severity;
  /**
   * What is so and why, in one sentence; then what to do. Never holds input bytes, keys or tokens.
   */
  readonly message: string;
  /** Name of the target it is about; absent when it is about the input as a whole. */
  readonly target?: string;
  /** Service it is about (`alb`, `cloudfront` ...), where only one is. */
  readonly service?: string;
  /** The thing it is about: SHA-256 of a CA or CRL, an ARN, a file. */
  readonly about?: string;
  readonly at?: Location;
  /** Where the rule comes from: RFC section, AWS page, or `unknown`. */
  readonly source?: string;
}

/**
 * True for an error that stops every write. One about a thing that is refused alone stops nothing
 * else.
 */
export function isBlocking({ severity, code }: Finding): boolean {
  return severity === 'error' && codes[code].alone !== true;
}

/** True when a safety rule said no, which is exit code 3. */
export function isRefusal({ severity, code }: Finding): boolean {
  return severity === 'error' && codes[code].kind === 'refused';
}

/** Errors first, then by target, code and thing: output never depends on order of arrival. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const rank = { error: 0, warning: 1, note: 2 } as const;
  const key = (f: Finding) =>
    `${rank[f.severity]} ${f.target ?? ''} ${f.code} ${f.about ?? ''} ${f.message} ${f.service ?? ''}`;
  return [...new Map(findings.map((f) => [key(f), f])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, f]) => f);
}
