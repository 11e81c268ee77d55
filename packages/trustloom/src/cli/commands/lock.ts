import { relative } from 'node:path';
import {
  caWords,
  counted,
  findingsText,
  isoTime,
  type LockChange,
  type LockState,
  layout,
  sections,
} from '@trustloom/core';
import { readLock } from '../../files.ts';
import type { CliContext } from '../context.ts';
import { whileReading } from '../progress.ts';

/**
 * `accept [SHA256...]`: shows what the sources offer; with --all or digests, puts it into the lock.
 */
export async function accept(context: CliContext, digests: readonly string[], all: boolean): Promise<number> {
  const options = { signal: context.io.signal };
  await using trustloom = await context.open();
  if (all || digests.length > 0) {
    const changes = await whileReading(context, 'reads sources', () =>
      trustloom.accept(all ? 'all' : digests, options),
    );
    return finish(context, changes, trustloom.lockFile);
  }
  const [{ offers, findings }, lock] = await whileReading(context, 'reads sources', () =>
    Promise.all([trustloom.offers(options), readLock(trustloom.lockFile)]),
  );
  const list = offers.map(({ certificate, group, from }) => {
    const entry = lock.entries.find((one) => one.sha256 === certificate.sha256 && one.group === group);
    return {
      sha256: certificate.sha256,
      subject: certificate.subject.text,
      expires: isoTime(certificate.notAfter),
      key: certificate.key.name,
      group,
      from,
      state: entry?.state ?? ('new' as const),
    };
  });
  context.result({ offers: list, findings }, offersText(list, findings, context));
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}

interface OfferedCa {
  readonly sha256: string;
  readonly subject: string;
  readonly expires: string;
  readonly key: string;
  readonly group: string;
  readonly from: string;
  readonly state: LockState | 'new';
}

/** What the sources offer, with all that is to be compared with the owner of the CA. */
function offersText(
  offers: readonly OfferedCa[],
  findings: Parameters<typeof findingsText>[0],
  { text, options }: CliContext,
): string {
  const fresh = offers.filter(({ state }) => state === 'new');
  const verdict =
    offers.length === 0
      ? 'No source offers a CA.'
      : `Offered: ${counted(offers.length, 'CA')}; ${fresh.length === 0 ? 'none is new' : `${fresh.length} new`}.`;
  const blocks = offers.map((ca) =>
    layout(
      [
        { text: `${caWords(ca)}, ${ca.state} in ${ca.group}`, indent: 0 },
        { text: `SHA-256 ${ca.sha256}`, indent: 2 },
        { text: `subject ${ca.subject}`, indent: 2 },
        { text: `${ca.key}, expires ${ca.expires}, from ${ca.from}`, indent: 2 },
      ],
      text,
    ),
  );
  const digests = [...new Set(fresh.map(({ sha256 }) => sha256.slice(0, 8)))];
  const config = options.config === undefined ? '' : ` --config ${options.config}`;
  const next =
    digests.length === 0
      ? ''
      : `Compare SHA-256 with the owner of each CA, then accept with:\ntrustloom accept${config} ${digests.join(' ')}`;
  return sections(verdict, [findingsText(findings, text), ...blocks, next]);
}

/** `retire SHA256`. */
export async function retire(context: CliContext, digest: string): Promise<number> {
  await using trustloom = await context.open();
  const changes = await trustloom.retire(digest, { signal: context.io.signal });
  return finish(context, changes, trustloom.lockFile);
}

function finish(context: CliContext, changes: readonly LockChange[], lockFile: string): number {
  context.result({ changes, lockFile }, changesText(changes, context));
  const retired = changes
    .filter(({ change }) => change === 'retired')
    .map(({ sha256 }) => sha256.slice(0, 8));
  if (retired.length > 0)
    context.note(`a retired CA is taken back with \`trustloom accept ${[...new Set(retired)].join(' ')}\``);
  if (changes.some(({ change }) => change === 'accepted' || change === 'retired'))
    context.note(`review ${relative(context.io.cwd, lockFile)} and commit it, then run \`trustloom plan\``);
  return changes.some(({ change }) => change === 'declined') ? 1 : 0;
}

/** `Accepted: 2 CAs; 1 unchanged.`, then each of them. */
function changesText(changes: readonly LockChange[], { text }: CliContext): string {
  const of = (wanted: LockChange['change']) => changes.filter(({ change }) => change === wanted).length;
  const parts = (['accepted', 'retired', 'declined', 'unchanged'] as const)
    .filter((change) => of(change) > 0)
    .map((change, index) =>
      index === 0 ? `${words[change]}: ${counted(of(change), 'CA')}` : `${of(change)} ${change}`,
    );
  const verdict = parts.length === 0 ? 'Nothing to do.' : `${parts.join('; ')}.`;
  const rows = changes.map((one) => ({
    text: `${one.change} ${caWords(one)} in ${one.group}${one.why === undefined ? '' : `: ${one.why}`}`,
    indent: 0,
  }));
  return sections(verdict, [layout(rows, text)]);
}

const words: Readonly<Record<LockChange['change'], string>> = {
  accepted: 'Accepted',
  retired: 'Retired',
  declined: 'Declined',
  unchanged: 'Unchanged',
};
