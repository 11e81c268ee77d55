import { count } from '../util/count.ts';
import { pemLength } from '../x509/pem.ts';
import type { CrlRule } from './rule.ts';

/** The CRL fits the service, in the form in which it goes there (PEM). */
export const crlTooLarge: CrlRule = {
  code: 'crl-too-large',
  about: 'crl',
  title: 'the CRL fits',
  check: (crl, { limits, title }) => {
    const limit = limits.crlBytes;
    const bytes = pemLength('X509 CRL', crl.der.length);
    if (limit === undefined || bytes <= limit.max) return undefined;
    const fit = Math.floor((crl.entryCount * limit.max) / bytes);
    return {
      message: `the CRL of ${crl.issuer.text} has ${count(bytes)} characters in PEM; ${title} takes ${count(limit.max)}: about ${count(fit)} of its ${count(crl.entryCount)} entries would fit`,
      note: `crl-too-large: ${count(limit.max)} characters; ${count(fit)} of ${count(crl.entryCount)} fit`,
    };
  },
};

/** The entries fit the service. */
export const crlTooManyEntries: CrlRule = {
  code: 'crl-too-many-entries',
  about: 'crl',
  title: 'the entries fit',
  check: ({ entryCount, issuer }, { limits, title }) => {
    const limit = limits.crlEntries;
    return limit === undefined || entryCount <= limit.max
      ? undefined
      : {
          message: `the CRL of ${issuer.text} has ${count(entryCount)} entries; one store of ${title} takes ${count(limit.max)}`,
          note: `${count(entryCount)} of ${count(limit.max)} entries`,
        };
  },
};

/** The service refuses CRLs without entries. */
export const crlEmpty: CrlRule = {
  code: 'crl-empty',
  about: 'crl',
  title: 'the CRL has entries',
  check: ({ entryCount, issuer }, { capabilities }) =>
    entryCount > 0 || capabilities.emptyCrl
      ? undefined
      : {
          message: `the CRL of ${issuer.text} has no entries; it counts as in place, and is imported with its first entry`,
        },
};
