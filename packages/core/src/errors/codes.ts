import type { CodeInfo } from './code-info.ts';
import { awsCodes } from './codes/aws.ts';
import { bundleCodes } from './codes/bundle.ts';
import { crlCodes } from './codes/crl.ts';
import { definitionCodes } from './codes/definition.ts';
import { planCodes } from './codes/plan.ts';
import { serviceCodes } from './codes/service.ts';

/**
 * Every code of findings and errors, in one namespace. A code is the anchor of its documentation
 * and is never renamed.
 */
export const codes = {
  ...definitionCodes,
  ...bundleCodes,
  ...crlCodes,
  ...planCodes,
  ...serviceCodes,
  ...awsCodes,
} as const satisfies Readonly<Record<string, CodeInfo>>;

/** A code of the table. */
export type Code = keyof typeof codes;
