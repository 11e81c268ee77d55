import { count } from '../util/count.ts';
import { incompleteChains } from '../x509/reach.ts';
import { bundlePem } from '../x509/trust-bundle.ts';
import type { BundleRule } from './rule.ts';

/**
 * The CAs fit one store. Roles Anywhere has an anchor per CA, so its two certificates are a matter
 * of its adapter.
 */
export const tooManyCertificates: BundleRule = {
  code: 'too-many-certificates',
  title: 'the CAs fit one store',
  check: (cas, { limits: { certificates: limit }, title }) =>
    limit !== undefined &&
    cas.length > limit.max && {
      message: `${count(cas.length)} CAs; one store of ${title} takes ${count(limit.max)}${limit.adjustable ? ' (AWS can raise it)' : ''}`,
      note: `${count(cas.length)} of ${count(limit.max)}`,
    },
};

/** The bundle fits one store. */
export const bundleTooLarge: BundleRule = {
  code: 'bundle-too-large',
  title: 'the bundle fits one store',
  check: (cas, { limits: { bundleBytes, subjectBytes }, title }) => {
    const bytes = bundlePem(cas).length;
    if (bundleBytes !== undefined && bytes > bundleBytes.max)
      return {
        message: `the bundle has ${count(bytes)} bytes; ${title} takes ${count(bundleBytes.max)}`,
        note: `${count(bytes)} of ${count(bundleBytes.max)} bytes`,
      };
    const subjects = cas.reduce((sum, { subject }) => sum + subject.der.length / 2, 0);
    return (
      subjectBytes !== undefined &&
      subjects > subjectBytes.max && {
        message: `the subjects of all CAs have ${count(subjects)} bytes; ${title} takes ${count(subjectBytes.max)}`,
        note: `subjects ${count(subjects)} of ${count(subjectBytes.max)}`,
      }
    );
  },
};

/** API Gateway builds chains inside its truststore only, up to a self-signed root. */
export const incompleteChain: BundleRule = {
  code: 'incomplete-chain',
  title: 'every chain ends in a self-signed root of the bundle',
  check: (cas) => {
    const [first, ...more] = incompleteChains(cas);
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    return (
      first !== undefined && {
        message: `the chain of ${first.ca.subject.text}${others} does not end in a self-signed root of the bundle: ${first.missingIssuer} is missing, and what clients send does not replace it`,
        note: 'incomplete-chain',
      }
    );
  },
};
