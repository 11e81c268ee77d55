import { deniedText, rebuildText, TrustloomError } from '@trustloom/core';
import type { CliContext } from '../context.ts';
import { createProgress, whileReading } from '../progress.ts';

/** `state rebuild`: reads a lost state back from what the services hold. Grants nothing. */
export async function state(context: CliContext, what: string): Promise<number> {
  if (what !== 'rebuild') throw new TrustloomError('usage', 'state takes one word: rebuild');
  await using trustloom = await context.open();
  const progress = createProgress(context, 'asks the services what they hold');
  const options = { signal: context.io.signal, onEvent: progress.on };
  const report = await trustloom.rebuildState(options).finally(() => progress.end());
  context.result(report, rebuildText(report, context.text));
  return report.exitCode;
}

/** `denied`: the deny list. */
export async function denied(context: CliContext): Promise<number> {
  await using trustloom = await context.open();
  const entries = await whileReading(context, 'reads the state', () =>
    trustloom.denied({ signal: context.io.signal }),
  );
  context.result({ entries }, deniedText(entries, context.text));
  return 0;
}
