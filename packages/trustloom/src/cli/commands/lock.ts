import { isoTime, type LockChange } from '@trustloom/core';
import type { CliContext } from '../context.ts';

/** `accept [SHA256...]`: shows what the sources offer; with --all or digests, puts it into the lock. */
export async function accept(context: CliContext, digests: readonly string[], all: boolean): Promise<number> {
  const options = { signal: context.io.signal };
  await using trustloom = await context.open();
  if (!all && digests.length === 0) {
    const { offers, findings } = await trustloom.offers(options);
    const list = offers.map(({ certificate, group, from }) => ({
      sha256: certificate.sha256,
      subject: certificate.subject.text,
      expires: isoTime(certificate.notAfter),
      key: certificate.key.name,
      group,
      from,
    }));
    const text = list
      .map(
        ({ sha256, subject, expires, key, group, from }) =>
          `${sha256}\n  ${subject} (${key}), until ${expires}, group ${group}, from ${from}`,
      )
      .join('\n');
    context.result({ offers: list, findings }, list.length === 0 ? 'no source offers a CA' : text);
    context.note(
      'accept what you have compared with its owner: trustloom accept SHA256..., or --all for a first run',
    );
    return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
  }
  return finish(context, await trustloom.accept(all ? 'all' : digests, options), trustloom.lockFile);
}

/** `retire SHA256`. */
export async function retire(context: CliContext, digest: string): Promise<number> {
  await using trustloom = await context.open();
  const changes = await trustloom.retire(digest, { signal: context.io.signal });
  return finish(context, changes, trustloom.lockFile);
}

function finish(context: CliContext, changes: readonly LockChange[], lockFile: string): number {
  const text = changes
    .map(
      ({ change, sha256, subject, group, why }) =>
        `${change} ${subject} in ${group} ${sha256}${why === undefined ? '' : `: ${why}`}`,
    )
    .join('\n');
  context.result({ changes, lockFile }, changes.length === 0 ? 'nothing to do' : text);
  if (changes.some(({ change }) => change !== 'unchanged'))
    context.note(`review ${lockFile} and commit it, then run \`trustloom plan\``);
  return changes.some(({ change }) => change === 'declined') ? 1 : 0;
}
