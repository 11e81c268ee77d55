/**
 * The words that this project gave up, as data for `words.ts`. To forbid one more, add a row; to
 * keep a name that only looks like one, add it to `exceptions` with the reason. The words to use
 * are those of RFC 5280, of AWS, and of the tools that our users know.
 */

/**
 * What a name names. `member`: a property, method or key. `literal`: a string that the types know.
 */
export type NameKind = 'variable' | 'function' | 'type' | 'member' | 'literal' | 'file';

/** Names that must not be declared. */
export interface NameRule {
  /**
   * Words of the name in a row: `let go` is in `letGoOf`, `LetGo`, `crl-let-go` and the file
   * `let-go.ts`.
   */
  readonly words: string;
  readonly instead: string;
  /**
   * Only a name that is these words and no more: for words that mean nothing special inside another
   * name.
   */
  readonly alone?: true;
  /** Only names of these kinds; absent: of all. */
  readonly kinds?: readonly NameKind[];
  /** Only in files whose path has this. */
  readonly in?: RegExp;
  /**
   * Only beside this member of the same union or object: `open` is a fine word, but no effect, and
   * `grant` is one.
   */
  readonly beside?: string;
}

/** Words that must not stand in strings, comments and pages. */
export interface PhraseRule {
  readonly phrase: RegExp;
  readonly instead: string;
}

/** A name or a phrase that is allowed in some files. */
export interface Exception {
  readonly what: RegExp;
  /** Path of the files; absent: everywhere. */
  readonly in?: RegExp;
  readonly reason: string;
}

const one = (words: string, instead: string, more: Omit<NameRule, 'words' | 'instead'> = {}): NameRule => ({
  words,
  instead,
  ...more,
});
const each = (words: readonly string[], instead: string, more: Omit<NameRule, 'words' | 'instead'> = {}) =>
  words.map((word) => one(word, instead, more));

export const names: readonly NameRule[] = [
  ...each(['list', 'lists'], 'CRL'),
  ...each(['record', 'records', 'recorded', 'unrecorded'], 'state'),
  ...each(['door', 'doors'], 'bypass'),
  ...each(['place', 'places', 'placed', 'placing'], 'account and region'),
  ...each(['holds', 'holdings'], 'content, or in sync'),
  ...each(['nobody left', 'left out', 'forget left'], 'removed, or skipped'),
  // A number that is left is plain English; a target that is `left` is not.
  one('left', 'removed', { alone: true, kinds: ['literal'] }),
  ...each(['mends', 'mend'], 'summary and reason'),
  ...each(['thing', 'things'], 'affects of a step, about of a finding'),
  ...each(['fact', 'facts'], 'service information'),
  one('hands', 'bound target'),
  // `work` may be a callback; it is no part of a target.
  one('target work', 'bound target'),
  one('work', 'bound target', { alone: true, kinds: ['member', 'type', 'file'] }),
  ...each(['trust view', 'gather view', 'load view'], 'resolved trust'),
  one('view', 'resolved trust', { alone: true }),
  one('news', 'CA changes'),
  ...each(['let go', 'letting go'], 'enforcement withdrawn'),
  ...each(['orphan', 'orphans', 'orphaned'], 'CRL publication stopped'),
  one('withheld', 'unusable'),
  one('kept', 'unread', { alone: true, kinds: ['member', 'literal'] }),
  ...each(['swaps', 'swaps revocation'], 'replacesRevocation'),
  one('needs newest', 'requiresLatestRevocation'),
  one('unawaited', 'nonBlocking'),
  ...each(['knows', 'revocation mark'], 'revocation fingerprint'),
  ...each(['pace', 'pacer', 'pacers', 'paced', 'pacing'], 'rate limit'),
  ...each(['mark', 'marks', 'marked', 'unmark'], 'ownership tag'),
  ...each(['ours', 'theirs'], 'owned'),
  ...each(['stranger', 'strangers'], 'other users, or unknown'),
  ...each(['own check', 'owns check'], 'enforced by us'),
  ...each(['head', 'heads'], 'manifest, or header'),
  // A set of CA keys is `keys`; what a KeyValueStore has is entries.
  ...each(
    [
      'desired keys',
      'stored keys',
      'keys port',
      'create keys',
      'update keys',
      'delete keys',
      'fill keys',
      'keys in use',
      'keys copy',
      'plan keys',
      'port keys',
      'keys full',
      'keys too many',
      'keys short serial',
      'keys ca serial',
      'keys wrong denial',
    ],
    'KeyValueStore entries',
  ),
  one('keys', 'KeyValueStore entries', { alone: true, kinds: ['file', 'literal'], in: /cloudfront|uploads/ }),
  ...each(['outlives', 'outlived'], 'residual access'),
  ...each(['open', 'label', 'clean'], 'relax, tag, cleanup', { alone: true, beside: 'grant' }),
  ...each(['let in', 'lets in', 'lets good in'], 'admitted'),
  ...each(['told', 'telling'], 'reported'),
  ...each(['mint', 'minted'], 'issue'),
  ...each(['estate', 'estates'], 'test environment'),
  one('cast', 'fixtures'),
  ...each(['twin', 'twins'], 'parity, or cross-signed'),
  ...each(['story', 'stories'], 'scenario'),
  ...each(['toy', 'toys'], 'fake'),
  ...each(['ears', 'astray', 'patience'], 'what it is'),
];

export const nameExceptions: readonly Exception[] = [
  { what: /^[A-Z][A-Za-z0-9]*$/, in: /\/port(-[a-z-]+)?\.ts$|\/port\//, reason: 'members that AWS names' },
  {
    what: /^(List[A-Z][A-Za-z0-9]+|Head(Bucket|Object)|(Distribution|KeyValueStore|TrustStore)List|UpdateKeys|PutKey|RecordSet)$/,
    reason: 'actions and fields of the AWS API',
  },
  { what: /^[a-z0-9]+ [A-Z][A-Za-z]+$/, reason: 'an AWS API action with its service, as tests count calls' },
  { what: /^list-[a-z-]+s$/, in: /^examples\//, reason: 'commands of the AWS CLI' },
  { what: /^head$/, in: /\/ways\.ts$|\/bypasses\.ts$/, reason: 'a method of HTTP' },
  { what: /^head$/, in: /\/s3\/uploads\.ts$/, reason: 'the answer to HeadObject' },
  { what: /^recordSuccess$/, reason: 'a method of the retry strategy of the SDK' },
  { what: /^withoutByteOrderMark$/, reason: 'the byte order mark of Unicode' },
  { what: /deny[- ]?list/i, reason: 'the deny list is a list, and our word for it' },
  { what: /^readList$/, in: /wire\/form\.ts$/, reason: 'reads a list of the Query protocol' },
  { what: /^list$/, in: /cli\/commands\/lock\.ts$/, reason: 'a list of offers as JSON' },
  {
    what: /^record$/,
    in: /definition\/parse\.ts$/,
    reason: 'the old key, so that its error names the new one',
  },
  { what: /^recorded$/, in: /test\/output\//, reason: 'recorded output is what a snapshot is' },
  {
    what: /./,
    in: /^packages\/trustloom\/test\/golden\/(facade|held|lines|words)\.ts/,
    reason: 'recorded lines keep the words of their time',
  },
  { what: /^\//, reason: 'a path that a server of a test knows' },
  { what: /\s/, reason: 'a name of a case in a test is a sentence, and read as one' },
];

export const phrases: readonly PhraseRule[] = [
  { phrase: /\b(lets?|letting) (\S+ ){0,3}?in\b(?! (the|a|an|one|its|memory|order)\b)/i, instead: 'admit' },
  { phrase: /\b(get|gets|getting|got) in\b(to\b)?/i, instead: 'is admitted' },
  { phrase: /\blets? (\S+ )?go\b|\bletting (\S+ )?go\b/i, instead: 'enforcement withdrawn' },
  { phrase: /\btold\b(?! apart)/i, instead: 'reported, says, documented' },
  { phrase: /\bat hand\b/i, instead: 'available' },
  { phrase: /\bnobody can tell\b|\bnobody (has told|knows)\b/i, instead: 'unknown, not documented' },
  { phrase: /\bdoors?\b/i, instead: 'bypass' },
  { phrase: /\bmend(s|ed|ing)?\b/i, instead: 'fix' },
  { phrase: /\borphan(s|ed)?\b/i, instead: 'CRL publication stopped' },
  { phrase: /\bwithheld\b/i, instead: 'unusable' },
  {
    phrase:
      /(?<!\bcertificate )\b(older|newer|newest|oldest|whole|complete|delta|expired|stale|signed|accepted|disabled|empty|revocation|partial|large|larger|foreign|second|ALB|CA's|CAs'|CA)[ -]lists?\b/i,
    instead: 'CRL',
  },
  {
    phrase:
      /\blists? (in force|of (a|the|its|that|this|every|each|no|one|some|any|all) CAs?\b|of \$\{|of CN=)/i,
    instead: 'CRL',
  },
  { phrase: /\b(takes|checks|follows|publishes|without|has no|its|own) lists?\b/i, instead: 'CRL' },
  { phrase: /\b(the|of the|in the|trust) record('s)?\b|\brecord bucket\b/i, instead: 'state' },
  { phrase: /\bown[- ]check\b/i, instead: 'enforced by us' },
  { phrase: /\b(our|owner|ownership) marks?\b/i, instead: 'ownership tag' },
  { phrase: /\bstrangers?\b/i, instead: 'other users, unknown' },
  { phrase: /\b(the|its|of the) head\b/i, instead: 'manifest' },
  { phrase: /\bkey value store\b/i, instead: 'KeyValueStore' },
  { phrase: /\b(twins?|toys?|estates?)\b/i, instead: 'parity, fake, test environment' },
  { phrase: /\b(mint|minted|minting)\b/i, instead: 'issue' },
  { phrase: /\bunawaited\b/i, instead: 'not waited for' },
  { phrase: /\bnews of (CAs|a CA)\b|\bno news\b/i, instead: 'CA changes' },
  { phrase: /\bpacers?\b|\bpaced\b/i, instead: 'rate limit' },
  { phrase: /\boutlives?\b/i, instead: 'residual access' },
];

export const phraseExceptions: readonly Exception[] = [
  { what: /story|stories/i, reason: 'plain English in prose' },
  { what: /head/i, in: /ways|bypass|s3\//, reason: 'the method of HTTP' },
  {
    what: /./,
    in: /^packages\/trustloom\/test\/golden\//,
    reason: 'recorded lines keep the words of their time',
  },
  { what: /deny list/i, reason: 'the deny list is a list, and our word for it' },
  { what: /list in force/i, in: /plan\/crls\/entries\.ts$/, reason: 'the deny list in force' },
];
