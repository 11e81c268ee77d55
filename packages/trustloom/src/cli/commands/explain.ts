import { explainText } from '@trustloom/core';
import { readChain } from '../certificates.ts';
import type { CliContext } from '../context.ts';
import { whileReading } from '../progress.ts';

/** `explain CERT`: would this client be admitted, target by target, and why. */
export async function explain(context: CliContext, file: string): Promise<number> {
  const { leaf, sent } = await readChain(file, context.io.cwd);
  await using trustloom = await context.open();
  const explanations = await whileReading(context, 'reads sources', () =>
    trustloom.explain(leaf, { sent, signal: context.io.signal }),
  );
  const { subject, serial, sha256 } = leaf;
  context.result(
    { certificate: { subject: subject.text, serial, sha256 }, targets: explanations },
    explainText(explanations, { ...context.text, client: `${subject.text}, serial ${serial}` }),
  );
  return 0;
}
