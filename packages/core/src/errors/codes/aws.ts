import type { CodeFacts } from '../codes.ts';

/** Codes of accounts, credentials, endpoints, S3 sources and uploads. */
export const awsCodes = {
  'wrong-account': {
    kind: 'input',
    means: 'The credentials belong to another account than the definition names.',
    advice: 'Use the credentials of the account named, or mend its id.',
  },
} as const satisfies Readonly<Record<string, CodeFacts>>;
