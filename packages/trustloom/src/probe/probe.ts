import { setMaxListeners } from 'node:events';
import type { Endpoint, Status, TargetStatus } from '@trustloom/core';
import { isLocal } from '../clock.ts';
import { type ProbeExpectations, probeProblems } from './expect.ts';
import { localEdges } from './local-edges.ts';
import type { ProbeCell, ProbeClient, ProbeReport, ProbeRow } from './report.ts';
import { knockSession } from './session.ts';
import { type Dial, knockTls } from './tls.ts';
import { untrustedCertificate } from './untrusted-certificate.ts';

/** Knocks at every endpoint that the status names. No CA is ever trusted for a probe. */
export async function probeTargets(input: {
  readonly status: Status;
  readonly clients: readonly ProbeClient[];
  /** What it is held against; default by the names of the clients. */
  readonly expect?: ProbeExpectations | undefined;
  readonly now: number;
  readonly endpoint: string | undefined;
  readonly signal?: AbortSignal;
}): Promise<ProbeReport> {
  const { status, expect = {}, now } = input;
  // Every knock listens, and Node warns from eleven on.
  const signal = AbortSignal.any(input.signal === undefined ? [] : [input.signal]);
  setMaxListeners(0, signal);
  const endpoint = isLocal(input.endpoint) ? input.endpoint : undefined;
  const dial = endpoint === undefined ? undefined : await localEdges(endpoint, signal);
  const clients: readonly (ProbeClient | undefined)[] = [
    undefined,
    ...input.clients,
    ...(input.clients.some(({ name }) => name === 'untrusted') ? [] : [untrustedCertificate(now)]),
  ];
  const rows = await Promise.all(
    status.targets.map(async (target): Promise<ProbeRow> => {
      const { name, service, content } = target;
      const cells = await Promise.all(
        clients.map((client) => knock(content?.endpoints ?? [], client, { dial, endpoint, now, signal })),
      );
      return {
        target: name,
        service,
        revocationEnforced: content?.enforcement === undefined || content.enforcement.mechanism !== 'none',
        required: requires(target),
        ignoresExpiry: content?.attachments.some(({ ignoresExpiry }) => ignoresExpiry) ?? false,
        cells,
        bypasses: content?.bypasses ?? [],
      };
    }),
  );
  signal.throwIfAborted();
  const problems = probeProblems(rows, expect);
  return {
    formatVersion: 1,
    clients: clients.map((client) => client?.name ?? 'none'),
    rows,
    problems,
    exitCode: problems.length > 0 ? 1 : 0,
  };
}

/** Clients that are tried in every probe, besides those that are given. */
export const ownClients = ['none', 'untrusted'] as const;

/** A certificate is asked of everybody, or should be: the definition says so. */
function requires({ content, differences }: TargetStatus): boolean {
  const attachments = content?.attachments ?? [];
  return (
    attachments.length === 0 ||
    attachments.some(({ enforcing }) => enforcing) ||
    differences.some(({ effect }) => effect === 'enforce')
  );
}

interface Way {
  readonly dial: Dial | undefined;
  readonly endpoint: string | undefined;
  readonly now: number;
  readonly signal: AbortSignal;
}

/** A target with several endpoints is as open as the most open of them. */
async function knock(
  endpoints: readonly Endpoint[],
  client: ProbeClient | undefined,
  way: Way,
): Promise<ProbeCell> {
  const name = client?.name ?? 'none';
  const answers = await Promise.all(endpoints.map((endpoint) => knockOne(endpoint, client, way)));
  const best = [...answers].sort((a, b) => rank(a.outcome) - rank(b.outcome))[0];
  return best === undefined ? { client: name, outcome: '-' } : { client: name, ...best };
}

function rank(outcome: ProbeCell['outcome']): number {
  if (outcome === '-') return 3;
  if (outcome === 'refused') return 2;
  return outcome < 400 ? 0 : 1;
}

async function knockOne(
  endpoint: Endpoint,
  client: ProbeClient | undefined,
  { dial, endpoint: local, now, signal }: Way,
): Promise<Omit<ProbeCell, 'client'>> {
  if (endpoint.kind === 'tls') return knockTls(endpoint, client, dial, signal);
  if (client === undefined) return { outcome: '-' };
  return knockSession(endpoint, client, { local, now, signal });
}
