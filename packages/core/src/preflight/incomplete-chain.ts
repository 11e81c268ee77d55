import { incompleteChains } from '../x509/reach.ts';
import type { BundleRule } from './rule.ts';

/** API Gateway builds chains inside its truststore only, up to a self-signed root. */
export const incompleteChain: BundleRule = {
  code: 'incomplete-chain',
  about: 'bundle',
  title: 'every chain ends in a self-signed root of the bundle',
  check: (cas) => {
    const [first, ...more] = incompleteChains(cas);
    if (first === undefined) return undefined;
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    return {
      message: `the chain of ${first.ca.subject.text}${others} does not end in a self-signed root of the bundle: ${first.missingIssuer} is missing, and what clients send does not replace it`,
      note: 'incomplete-chain',
    };
  },
};
