import { type Certificate, defined, denyText, refreshText, TrustloomError } from '@trustloom/core';
import { readChain } from '../certificates.ts';
import type { CliContext } from '../context.ts';
import { createProgress } from '../progress.ts';

/** `refresh`: revocation only, safe every minute. */
export async function refresh(
  context: CliContext,
  { target }: { readonly target: readonly string[] },
): Promise<number> {
  await using trustloom = await context.open();
  const progress = createProgress(context, 'reads CRLs and asks the services');
  const options = { signal: context.io.signal, onEvent: progress.on };
  const report = await trustloom
    .refresh(target.length === 0 ? options : { ...options, targets: target })
    .finally(() => progress.end());
  context.result(report, refreshText(report, context.text));
  return report.exitCode;
}

/** Options of `revoke` and `unrevoke`. */
export interface DenyFlags {
  readonly ca?: string;
  readonly decimal?: true;
  readonly reason?: string;
  readonly by?: string;
  readonly allow?: readonly string[];
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
      'revoke needs --reason: it is kept with the entry, for who reads it later',
    );
  const wanted = await Promise.all(args.map((arg) => readWanted(arg, cwd)));
  await using trustloom = await context.open();
  const request = {
    serials: wanted.filter((one) => typeof one === 'string'),
    certificates: wanted.filter((one) => typeof one !== 'string'),
    by: flags.by ?? env.USER ?? env.LOGNAME ?? 'unknown',
    why: flags.reason ?? '',
    allow: flags.allow ?? [],
    ...defined({ ca: flags.ca, decimal: flags.decimal }),
  };
  const progress = createProgress(context, 'writes the deny list');
  const options = { signal: context.io.signal, onEvent: progress.on };
  const report = await trustloom[change](request, options).finally(() => progress.end());
  context.result(report, denyText(report, context.text));
  return report.exitCode;
}

/** A file with one certificate, or a serial. */
async function readWanted(arg: string, cwd: string): Promise<string | Certificate> {
  return /[./\\]/.test(arg) ? (await readChain(arg, cwd)).leaf : arg;
}
