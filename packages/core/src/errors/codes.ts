import { bundleCodes, crlCodes } from './codes/certificates.ts';
import { definitionCodes, planCodes } from './codes/definition.ts';
import { awsCodes, serviceCodes } from './codes/services.ts';

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
};

/** A code of the table. */
export type Code = keyof typeof codes;
