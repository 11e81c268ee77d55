import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type Certificate,
  type DenyReport,
  defined,
  type Explanation,
  type Paint,
  parseBundle,
  reportText,
  TrustloomError,
} from '@trustloom/core';
import type { CliContext } from '../context.ts';
import { createProgress } from '../progress.ts';

/** `refresh`: revocation only, safe every minute. */
export async function refresh(
  context: CliContext,
  { target }: { readonly target: readonly string[] },
): Promise<number> {
  await using trustloom = await context.open();
  const progress = createProgress(context);
  const options = { signal: context.io.signal, onEvent: progress.on };
  const report = await trustloom
    .refresh(target.length === 0 ? options : { ...options, targets: target })
    .finally(() => progress.end());
  context.result(report, reportText(report, context.paint));
  return report.exitCode;
}

/** Options of `revoke` and `unrevoke`. */
export interface DenyFlags {
  readonly ca?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly allow: readonly string[];
}

/** `revoke`: puts serials, or the serial of a certificate file, on the deny list, and refreshes. */
export async function revoke(
  context: CliContext,
  change: 'revoke' | 'unrevoke',
  args: readonly string[],
  flags: DenyFlags,
): Promise<number> {
  const { env, cwd } = context.io;
  if (change === 'revoke' && flags.reason === undefined)
    throw new TrustloomError(
      'usage',
      'revoke wants --reason: it is kept with the entry, for who reads it later',
    );
  const wanted = await Promise.all(args.map((arg) => readWanted(arg, cwd)));
  await using trustloom = await context.open();
  const request = {
    serials: wanted.filter((one) => typeof one === 'string'),
    certificates: wanted.filter((one) => typeof one !== 'string'),
    by: flags.by ?? env.USER ?? env.LOGNAME ?? 'unknown',
    why: flags.reason ?? '',
    allow: flags.allow,
    ...defined({ ca: flags.ca }),
  };
  const progress = createProgress(context);
  const options = { signal: context.io.signal, onEvent: progress.on };
  const report = await trustloom[change](request, options).finally(() => progress.end());
  context.result(report, denyText(report, context));
  return report.exitCode;
}

/** `explain CERT`: would this client get in, target by target, and why. */
export async function explain(context: CliContext, file: string): Promise<number> {
  const { leaf, sent } = await readChain(file, context.io.cwd);
  await using trustloom = await context.open();
  const explanations = await trustloom.explain(leaf, { sent, signal: context.io.signal });
  const { subject, serial, sha256 } = leaf;
  context.result(
    { certificate: { subject: subject.text, serial, sha256 }, targets: explanations },
    [`${subject.text}, serial ${serial}`, ...explanations.map((one) => explainText(one, context))].join('\n'),
  );
  return 0;
}

function explainText({ target, service, verdict, reasons }: Explanation, { paint }: CliContext): string {
  const colour = { 'let in': paint.good, refused: paint.bad, unknown: paint.warn }[verdict];
  const mark = { yes: paint.good('+'), no: paint.bad('-'), unknown: paint.warn('?') } as const;
  return [
    `${target} (${service}): ${colour(verdict)}`,
    ...reasons.map(({ says, what, text }) => `  ${mark[says]} ${what}: ${text}`),
  ].join('\n');
}

function denyText({ change, entries, targets }: DenyReport, { paint }: CliContext): string {
  const word = change === 'revoke' ? 'denied' : 'no longer denied';
  const done = change === 'revoke' ? 'in force' : 'lifted';
  return [
    ...entries.map(({ serial, ca }) => `${word}: serial ${serial} of ${ca}`),
    ...targets.flatMap(({ name, service, state, gaps, outlives, sessionsUntil, denyPolicy }) => [
      `${name} (${service}): ${states[state](paint, done)}`,
      ...gaps.map((gap) => `  ${paint.bad(gap)}`),
      ...outlives.map((what) => `  stays alive: ${what}`),
      ...(denyPolicy === undefined
        ? []
        : [
            `  until ${sessionsUntil}, and new ones as long as they can be had; this policy on the roles ends them now:`,
            indented(JSON.stringify(denyPolicy, null, 2)),
          ]),
    ]),
  ].join('\n');
}

function indented(text: string): string {
  return text.replace(/^/gm, '    ');
}

type DenyState = DenyReport['targets'][number]['state'];

const states: Readonly<Record<DenyState, (paint: Paint, done: string) => string>> = {
  'in force': ({ good }, done) => good(done),
  'waits for the CA': ({ warn }) =>
    warn('follows only lists that the CA signed: revoke it at the CA, then refresh'),
  'nothing checks': ({ bad }) => bad('nothing checks lists here, so they get in; see `trustloom status`'),
  'not in force': ({ bad }) => bad('not in force, see refresh'),
};

/** A file with one certificate, or a serial. */
async function readWanted(arg: string, cwd: string): Promise<string | Certificate> {
  return /[./\\]/.test(arg) ? (await readChain(arg, cwd)).leaf : arg;
}

/** A file with one client certificate, and maybe the intermediates that it sends. */
async function readChain(
  file: string,
  cwd: string,
): Promise<{ readonly leaf: Certificate; readonly sent: readonly Certificate[] }> {
  const bytes = await readFile(resolve(cwd, file)).catch(() => {
    throw new TrustloomError('file-not-found', `${file}: cannot be read`);
  });
  const { certificates } = parseBundle(bytes, file);
  const [first] = certificates.filter(({ isCa }) => !isCa);
  const leaf = first ?? certificates[0];
  if (leaf === undefined) throw new TrustloomError('usage', `${file}: no certificate in this file`);
  return { leaf, sent: certificates.filter((one) => one !== leaf) };
}
