import type { CodeFacts } from '../codes.ts';

/** Codes of CA certificates and bundles. */
export const bundleCodes = {
  'empty-bundle': {
    kind: 'refused',
    means: 'No CA certificate is left to trust.',
    advice: 'An empty bundle would lock everyone out, or let everyone in; name at least one CA.',
  },
  'private-key-in-bundle': {
    kind: 'refused',
    means: 'The input holds a private key.',
    advice: 'Remove the key from the file; treat it as exposed if the file was shared.',
  },
} as const satisfies Readonly<Record<string, CodeFacts>>;
