/** One line of a recorded file: flat, so that a difference is seen at a glance. */
export type Line = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/**
 * What was renamed since the files in `recorded/` were written: of the values under a key of a
 * line, old -> new. Consents are written `<word>:<thing>`: their words stand under `consent`.
 * A recorded file stays as it is and this table grows. Who records a scenario anew writes all its
 * lines in today's words, and not only those that are new.
 */
export const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  effect: { label: 'tag', open: 'relax', clean: 'cleanup' },
  consent: { open: 'relax' },
  state: { holds: 'in-sync', left: 'removed' },
  mechanism: { list: 'crl' },
  verdict: { 'let in': 'admitted' },
  byHand: {
    'a list is removed': 'a CRL is removed',
    'a list is deleted': 'a CRL is deleted',
    'a list is disabled': 'a CRL is disabled',
    'a bucket of the key value store is emptied': 'a bucket of the KeyValueStore is emptied',
    'a key of somebody else is put into the key value store':
      'a key of somebody else is put into the KeyValueStore',
    'the head of the key value store is deleted': 'the manifest of the KeyValueStore is deleted',
    'the connection function is replaced by one that lets everybody in':
      'the connection function is replaced by one that admits everybody',
    'what a bucket refuses is let in by a delta': 'what a bucket refuses is admitted by a delta',
  },
  code: {
    'list-count-differs': 'crl-count-differs',
    'list-memory-lost': 'crl-copy-lost',
    'list-withheld': 'crl-unusable',
    'anchor-foreign-list': 'anchor-foreign-crl',
    'anchor-list-missing': 'anchor-crl-missing',
    'anchor-no-list': 'crl-none',
    'crl-let-go': 'crl-enforcement-withdrawn',
    'crl-orphaned': 'crl-publication-stopped',
    'nobody-left': 'only-revoked-cas',
    'record-unreadable': 'state-unreadable',
    'definition-place': 'definition-account-region',
    'keys-too-many': 'key-value-store-too-many',
    'keys-short-serial': 'key-value-store-short-serial',
    'keys-ca-serial': 'key-value-store-ca-serial',
    'keys-full': 'key-value-store-full',
    'keys-wrong-denial': 'key-value-store-wrong-denial',
  },
};

/** Keys under which consents stand. */
const consents = new Set(['needs', 'missing', 'allow']);

/** A recorded line in today's words. */
export function translated(line: Line): Line {
  return Object.fromEntries(
    Object.entries(line).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map((one) => today(key, one)) : today(key, value),
    ]),
  );
}

function today<T>(key: string, value: T): T | string {
  if (typeof value !== 'string') return value;
  // Accepted CRLs lie under `issued/`, files for KeyValueStores under `entries/`.
  if (key === 'files')
    return value.replace('/acme/lists/', '/acme/issued/').replace('/acme/keys/', '/acme/entries/');
  if (!consents.has(key)) return words[key]?.[value] ?? value;
  const [word = '', ...rest] = value.split(':');
  return [words.consent?.[word] ?? word, ...rest].join(':');
}
