import type { CrlRule } from './rule.ts';

/**
 * A service that checks lists itself gets them as signed; checks of ours merge partitions and delta
 * lists.
 */
export const crlPartial: CrlRule = {
  code: 'crl-partial',
  about: 'crl',
  title: 'the list is complete',
  check: ({ scope, issuer }) =>
    scope === 'complete'
      ? undefined
      : { message: `the list of ${issuer.text} is a ${scope} list; name the complete one, too`, note: scope },
};

/** A list without nextUpdate never goes stale, so nobody notices that it did. */
export const crlNoNextUpdate: CrlRule = {
  code: 'crl-no-next-update',
  about: 'crl',
  title: 'the list says when the next one comes',
  verdict: { severity: 'warning', source: 'RFC 5280, 5.1.2.5' },
  check: ({ nextUpdate, issuer }) =>
    nextUpdate !== undefined
      ? undefined
      : {
          message: `the list of ${issuer.text} has no nextUpdate; nobody can tell when a newer one is missing`,
          note: 'no nextUpdate',
        },
};
