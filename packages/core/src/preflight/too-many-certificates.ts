import { count } from '../util/count.ts';
import type { BundleRule } from './rule.ts';

/**
 * The CAs fit one store. Roles Anywhere has an anchor per CA, so its two certificates are a matter
 * of its adapter.
 */
export const tooManyCertificates: BundleRule = {
  code: 'too-many-certificates',
  about: 'bundle',
  title: 'the CAs fit one store',
  check: (cas, { limits, title }) => {
    const limit = limits.certificates;
    return limit === undefined || cas.length <= limit.max
      ? undefined
      : {
          message: `${count(cas.length)} CAs; one store of ${title} takes ${count(limit.max)}${limit.adjustable ? ' (AWS can raise it)' : ''}`,
          note: `${count(cas.length)} of ${count(limit.max)}`,
        };
  },
};
