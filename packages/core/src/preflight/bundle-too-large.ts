import { count } from '../util/count.ts';
import { bundlePem } from '../x509/trust-bundle.ts';
import type { BundleRule } from './rule.ts';

/** The bundle fits one store. */
export const bundleTooLarge: BundleRule = {
  code: 'bundle-too-large',
  about: 'bundle',
  title: 'the bundle fits one store',
  check: (cas, { limits, title }) => {
    const bytes = bundlePem(cas).length;
    const subjects = cas.reduce((sum, { subject }) => sum + subject.der.length / 2, 0);
    const { bundleBytes, subjectBytes } = limits;
    if (bundleBytes !== undefined && bytes > bundleBytes.max) {
      return {
        message: `the bundle has ${count(bytes)} bytes; ${title} takes ${count(bundleBytes.max)}`,
        note: `${count(bytes)} of ${count(bundleBytes.max)} bytes`,
      };
    }
    if (subjectBytes !== undefined && subjects > subjectBytes.max) {
      return {
        message: `the subjects of all CAs have ${count(subjects)} bytes; ${title} takes ${count(subjectBytes.max)}`,
        note: `subjects ${count(subjects)} of ${count(subjectBytes.max)}`,
      };
    }
    return undefined;
  },
};
