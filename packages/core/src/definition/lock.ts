import type { LineCounter } from 'yaml';
import type { z as Zod } from 'zod';
import { isTrustloomError, TrustloomError } from '../errors/error.ts';
import { defined } from '../util/defined.ts';
import { yaml, zod } from '../util/lazy.ts';
import { type Instant, isoTime } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { parseBundle } from '../x509/trust-bundle.ts';

/** What was decided about a CA. */
export type LockState = 'trusted' | 'retired' | 'distrusted';

/** One CA that people decided about. */
export interface LockEntry {
  readonly sha256: string;
  readonly group: string;
  readonly state: LockState;
  /** ISO date of the decision. */
  readonly since: string;
  /** Where it was fetched when it was accepted. */
  readonly source: string;
  readonly certificate: Certificate;
}

/** `trustloom.lock`: the retention and the consent to trust. */
export interface Lock {
  /**
   * The id of the definition: made by the first `accept`, random, and never changed. By it two
   * definitions of one name are told apart.
   */
  readonly id?: string;
  readonly entries: readonly LockEntry[];
}

/** One change that an operation made, for the summary. */
export interface LockChange {
  readonly change: 'accepted' | 'retired' | 'unchanged' | 'declined';
  readonly sha256: string;
  readonly subject: string;
  readonly group: string;
  /** Why it was declined. */
  readonly why?: string;
}

/** A lock without entries: what a definition has before the first `accept`. */
export const emptyLock: Lock = { entries: [] };

/** Schema of the file. */
function fileSchema() {
  const z = zod();
  const row = z.strictObject({
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex'),
    subject: z.string(),
    expires: z.string(),
    group: z.string(),
    state: z.enum(['trusted', 'retired', 'distrusted']),
    since: z.string(),
    source: z.string(),
    pem: z.string(),
  });
  const id = z
    .string()
    .regex(/^[0-9a-f]{32}$/, '32 digits of lower-case hex')
    .optional();
  return z.strictObject({ version: z.literal(1), id, cas: z.array(row) });
}

type Row = Zod.infer<ReturnType<typeof fileSchema>>['cas'][number];

/**
 * Reads a lock. An entry whose fields do not match its PEM is refused: what was reviewed must be
 * what is trusted.
 *
 * @throws TrustloomError `lock-syntax`, `lock-mismatch`
 */
export function parseLock(text: string, name: string): Lock {
  const { LineCounter, parseDocument } = yaml();
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true });
  const [problem] = document.errors;
  if (problem !== undefined)
    throw new TrustloomError('lock-syntax', `${positionText(name, counter, problem.pos[0])}: not valid YAML`);
  const parsed = fileSchema().safeParse(document.toJS());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new TrustloomError(
      'lock-syntax',
      `${name}: ${(issue?.path ?? []).join('.')}: ${issue?.message ?? 'not a lock'}`,
    );
  }
  const positionOf = (...path: readonly (string | number)[]) => {
    const node = document.getIn(['cas', ...path], true) as { readonly range?: readonly number[] } | undefined;
    return positionText(name, counter, node?.range?.[0] ?? 0);
  };
  const distrusted = parsed.data.cas.findIndex(({ state }) => state === 'distrusted');
  // What is not built yet is refused, never ignored: it reads as if the CA were out.
  if (distrusted >= 0)
    throw new TrustloomError(
      'lock-syntax',
      `${positionOf(distrusted, 'state')}: \`distrusted\` is not built yet; use \`retired\`, which takes the CA out once its removal is consented to`,
    );
  const entries = parsed.data.cas.map((entry, index) => readEntry(entry, positionOf(index)));
  const twice = entries.find(
    (entry, index) =>
      entries.findIndex((other) => other.sha256 === entry.sha256 && other.group === entry.group) !== index,
  );
  if (twice !== undefined)
    throw new TrustloomError('lock-syntax', `${name}: ${twice.sha256} stands twice in group ${twice.group}`);
  return { ...defined({ id: parsed.data.id }), entries };
}

function readEntry(entry: Row, at: string): LockEntry {
  const certificate = onlyCertificate(entry.pem, at);
  const wrong = (
    [
      ['sha256', entry.sha256, certificate.sha256],
      ['subject', entry.subject, certificate.subject.text],
      ['expires', entry.expires, isoTime(certificate.notAfter)],
    ] as const
  ).find(([, said, is]) => said !== is);
  if (wrong !== undefined)
    throw new TrustloomError('lock-mismatch', `${at}: the ${wrong[0]} of this entry is not that of its PEM`);
  const { sha256, group, state, since, source } = entry;
  return { sha256, group, state, since, source, certificate };
}

function onlyCertificate(pem: string, at: string): Certificate {
  try {
    const { certificates } = parseBundle(pem, 'pem');
    const [certificate, second] = certificates;
    if (certificate !== undefined && second === undefined) return certificate;
  } catch (error) {
    if (!isTrustloomError(error) || error.code === 'private-key-in-bundle') throw error;
  }
  throw new TrustloomError('lock-mismatch', `${at}: the PEM of this entry is not one certificate`);
}

const header = `# The CAs that this definition trusts, written by trustloom accept, retire and distrust. Commit it, and review it like code:
# a CA that is not in here is never granted; one that is stays, although its source dropped it.
`;

/** Writes a lock: the same entries give the same bytes, sorted by group, subject and digest. */
export function formatLock(lock: Lock): string {
  const key = ({ group, certificate, sha256 }: LockEntry) =>
    `${group}\n${certificate.subject.text}\n${sha256}`;
  const cas = [...lock.entries]
    .sort((a, b) => (key(a) < key(b) ? -1 : 1))
    .map(({ sha256, group, state, since, source, certificate }) => ({
      sha256,
      subject: certificate.subject.text,
      expires: isoTime(certificate.notAfter),
      group,
      state,
      since,
      source,
      pem: certificate.pem,
    }));
  return `${header}${yaml().stringify({ version: 1, ...defined({ id: lock.id }), cas }, { lineWidth: 0 })}`;
}

/** A CA as it is offered to the lock. */
export interface LockOffer {
  readonly certificate: Certificate;
  readonly group: string;
  readonly from: string;
}

/**
 * Accepts CAs that sources offer. `all` takes what is new and revives nothing; a retired CA comes
 * back only when it is named, offered or not; a distrusted one never by this.
 *
 * @param select digests (or unique beginnings of at least eight digits), or `all`
 * @throws TrustloomError `not-offered`
 */
export function acceptCas(
  lock: Lock,
  offers: readonly LockOffer[],
  select: 'all' | readonly string[],
  now: Instant,
): { readonly lock: Lock; readonly changes: readonly LockChange[] } {
  // What was retired can be taken back although no source offers it any more.
  const retired = lock.entries
    .filter(({ state }) => state === 'retired')
    .map(({ certificate, group, source }) => ({ certificate, group, from: source }));
  const wanted =
    select === 'all' ? offers : select.flatMap((digest) => offersOf([...retired, ...offers], digest));
  const entries = new Map(lock.entries.map((entry) => [`${entry.group} ${entry.sha256}`, entry]));
  const changes: LockChange[] = [];
  for (const offer of [
    ...new Map(wanted.map((one) => [`${one.group} ${one.certificate.sha256}`, one])).values(),
  ]) {
    const { certificate, group } = offer;
    const key = `${group} ${certificate.sha256}`;
    const about = { sha256: certificate.sha256, subject: certificate.subject.text, group };
    const present = entries.get(key);
    const why = declined(certificate, lock, present, select, now);
    if (present?.state === 'trusted') changes.push({ change: 'unchanged', ...about });
    else if (why !== undefined) changes.push({ change: 'declined', ...about, why });
    else {
      entries.set(key, entryOf(offer, 'trusted', now));
      changes.push({ change: 'accepted', ...about });
    }
  }
  return { lock: { ...lock, entries: [...entries.values()] }, changes };
}

function declined(
  ca: Certificate,
  lock: Lock,
  present: LockEntry | undefined,
  select: 'all' | readonly string[],
  now: Instant,
): string | undefined {
  if (
    lock.entries.some(
      ({ state, certificate }) => state === 'distrusted' && certificate.keySha256 === ca.keySha256,
    )
  )
    return 'its key is distrusted';
  if (!ca.isCa) return 'it is not a CA';
  if (ca.notAfter <= now) return `it expired at ${isoTime(ca.notAfter)}`;
  if (present?.state === 'retired' && select === 'all')
    return `it is retired; take it back with \`trustloom accept ${ca.sha256.slice(0, 8)}\``;
  return undefined;
}

function offersOf(offers: readonly LockOffer[], digest: string): readonly LockOffer[] {
  const matches = matcher(digest);
  const found = offers.filter(({ certificate }) => matches(certificate.sha256));
  const different = new Set(found.map(({ certificate }) => certificate.sha256));
  if (different.size === 1) return found;
  const what = different.size === 0 ? 'no source offers' : 'more than one CA begins with';
  throw new TrustloomError(
    'not-offered',
    `${what} ${digest}; run \`trustloom accept\` to see what is offered`,
  );
}

/**
 * Retires a CA: it goes from every target as soon as its removal is consented to, then stays out;
 * its entry is kept. A CA that is only offered can be retired too: it is then declined for good.
 *
 * @throws TrustloomError `not-offered` when neither lock nor sources know it
 */
export function retireCa(
  lock: Lock,
  offers: readonly LockOffer[],
  digest: string,
  now: Instant,
): { readonly lock: Lock; readonly changes: readonly LockChange[] } {
  const matches = matcher(digest);
  const known = lock.entries.filter(({ sha256 }) => matches(sha256));
  if (known.length === 0) {
    const added = offersOf(offers, digest).map((offer) => entryOf(offer, 'retired', now));
    return { lock: { ...lock, entries: [...lock.entries, ...added] }, changes: added.map(changed) };
  }
  if (new Set(known.map(({ sha256 }) => sha256)).size > 1)
    throw new TrustloomError('not-offered', `more than one CA begins with ${digest}`);
  const entries = lock.entries.map(
    (entry): LockEntry =>
      matches(entry.sha256) && entry.state === 'trusted'
        ? { ...entry, state: 'retired', since: dateOf(now) }
        : entry,
  );
  return {
    lock: { ...lock, entries },
    changes: entries.filter(({ sha256, state }) => matches(sha256) && state === 'retired').map(changed),
  };
}

/** A digest, or a beginning of at least eight digits. */
function matcher(digest: string): (sha256: string) => boolean {
  return (sha256) => sha256 === digest || (digest.length >= 8 && sha256.startsWith(digest));
}

function entryOf({ certificate, group, from }: LockOffer, state: LockState, now: Instant): LockEntry {
  return { sha256: certificate.sha256, group, state, since: dateOf(now), source: from, certificate };
}

function dateOf(now: Instant): string {
  return isoTime(now).slice(0, 10);
}

function changed({ sha256, certificate, group }: LockEntry): LockChange {
  return { change: 'retired', sha256, subject: certificate.subject.text, group };
}

function positionText(name: string, counter: LineCounter, offset: number): string {
  const { line, col } = counter.linePos(offset);
  return `${name}:${line}:${col}`;
}
