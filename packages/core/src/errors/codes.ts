import { awsCodes } from './codes/aws.ts';
import { bundleCodes } from './codes/bundle.ts';
import { crlCodes } from './codes/crl.ts';
import { definitionCodes } from './codes/definition.ts';
import { planCodes } from './codes/plan.ts';
import { serviceCodes } from './codes/service.ts';

/**
 * What kind of trouble a code means, and so what to do:
 * `input` mend the input; `refused` a safety rule said no (exit 3); `service` AWS said no; `race` the world changed, plan again;
 * `transient` try again; `bug` report it.
 */
export type CodeKind = 'input' | 'refused' | 'service' | 'race' | 'transient' | 'bug';

/** One row of the table of codes. */
export interface CodeFacts {
  readonly kind: CodeKind;
  /** What it means, in one sentence. */
  readonly means: string;
  /** What to do about it. */
  readonly advice: string;
  /** The thing that it is about is refused alone; everything else goes on. Without it, an error finding stops every write. */
  readonly alone?: true;
}

/** Every code of findings and errors, in one namespace. A code is the anchor of its documentation and is never renamed. */
export const codes = {
  ...definitionCodes,
  ...bundleCodes,
  ...crlCodes,
  ...planCodes,
  ...serviceCodes,
  ...awsCodes,
} as const satisfies Readonly<Record<string, CodeFacts>>;

/** A code of the table. */
export type Code = keyof typeof codes;
