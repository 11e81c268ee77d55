import type { Endpoint } from '@trustloom/core';
import { defined } from '@trustloom/core';
import type { ProbeCell, ProbeClient } from './report.ts';

/** Asks for a session through every anchor; one that admits the client is enough. */
export async function knockSession(
  endpoint: Extract<Endpoint, { kind: 'create-session' }>,
  { certPem, keyPem, chainPem }: ProbeClient,
  {
    local,
    now,
    signal,
  }: {
    readonly local: string | undefined;
    readonly now: number;
    readonly signal: AbortSignal;
  },
): Promise<Omit<ProbeCell, 'client'>> {
  const { createSession } = await import('@trustloom/roles-anywhere/create-session');
  const { region, profileArn, roleArn, trustAnchorArns } = endpoint;
  const intermediatesPem =
    (chainPem ?? '').match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  const answers = await Promise.all(
    trustAnchorArns.map((trustAnchorArn) =>
      createSession({
        ...defined({ endpoint: local }),
        region,
        trustAnchorArn,
        profileArn,
        roleArn,
        certificatePem: certPem,
        privateKeyPem: keyPem,
        intermediatesPem,
        now: local === undefined ? now : Date.now(),
        signal,
      }).catch((error: unknown) => ({
        status: 0,
        message: error instanceof Error ? error.message : 'failed',
      })),
    ),
  );
  const best =
    answers.find(({ status }) => status === 201) ??
    answers.find(({ message = '' }) => /revoked/i.test(message)) ??
    answers[0];
  if (best === undefined) return { outcome: 403, detail: 'no anchor is enabled' };
  return {
    outcome: best.status === 0 ? '-' : best.status,
    ...defined({ detail: best.message }),
  };
}
