import type { CrlRule } from './rule.ts';

/**
 * A service that checks CRLs itself gets them as signed; checks of ours merge partitions and delta
 * lists.
 */
export const crlPartial: CrlRule = {
  code: 'crl-partial',
  about: 'crl',
  title: 'the CRL is complete',
  check: ({ scope, issuer }) =>
    scope === 'complete'
      ? undefined
      : { message: `the CRL of ${issuer.text} is a ${scope} CRL; name the complete one, too`, note: scope },
};

/** A CRL without nextUpdate never goes stale, so nobody notices that it did. */
export const crlNoNextUpdate: CrlRule = {
  code: 'crl-no-next-update',
  about: 'crl',
  title: 'the CRL says when the next one comes',
  verdict: { severity: 'warning', source: 'RFC 5280, 5.1.2.5' },
  check: ({ nextUpdate, issuer }) =>
    nextUpdate !== undefined
      ? undefined
      : {
          message: `the CRL of ${issuer.text} has no nextUpdate; a missing newer one cannot be noticed`,
          note: 'no nextUpdate',
        },
};
