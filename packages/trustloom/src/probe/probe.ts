import { setMaxListeners } from 'node:events';
import type { Endpoint, Service, Status } from '@trustloom/core';
import { isLocal } from '../clock.ts';
import { localEdges } from './local-edges.ts';
import type { ProbeCell, ProbeClient, ProbeReport, ProbeRow } from './report.ts';
import { knockSession } from './session.ts';
import { type Dial, knockTls } from './tls.ts';
import { untrustedCertificate } from './untrusted-certificate.ts';

/** Knocks at every endpoint that the status names. No CA is ever trusted for a probe. */
export async function probeTargets(input: {
  readonly status: Status;
  readonly services: readonly Service[];
  readonly clients: readonly ProbeClient[];
  readonly now: number;
  readonly endpoint: string | undefined;
  readonly signal?: AbortSignal;
}): Promise<ProbeReport> {
  const { status, services, now } = input;
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
    status.targets.map(async ({ name, service, content }): Promise<ProbeRow> => {
      const info = services.find(({ info: one }) => one.service === service)?.info;
      const cells = await Promise.all(
        clients.map((client) => knock(content?.endpoints ?? [], client, { dial, endpoint, now, signal })),
      );
      return {
        target: name,
        service,
        revocationEnforced: info?.capabilities.revocation === 'crl',
        cells,
        bypasses: content?.bypasses ?? [],
      };
    }),
  );
  signal.throwIfAborted();
  return { formatVersion: 1, clients: clients.map((client) => client?.name ?? 'none'), rows };
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
