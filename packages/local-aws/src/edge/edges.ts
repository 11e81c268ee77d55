import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../clock.ts';
import type { Clock, Connection, Edge, EdgeSpec, Edges } from '../types.ts';
import type { Unknowns } from '../unknowns.ts';
import { defined } from '../util/defined.ts';
import type { Verdict } from './decide.ts';
import { type Listener, listen } from './listener.ts';
import type { ServerCa } from './server-ca.ts';

export interface EdgesOptions {
  /** Validity of client certificates and CRLs follows this clock. */
  readonly clock: Clock;
  readonly unknowns: Unknowns;
  /** Where the folder with the CA's PEM file is made; the system's temporary folder by default. */
  readonly dir?: string;
  /** URL of a server that stands behind load balancers and distributions. */
  readonly origin?: string;
  /** Called before trust is asked: makes ready what has become due. */
  catchUp?(): void;
}

/** The log keeps this many connections. */
const LOG_SIZE = 10_000;

interface Open {
  readonly edge: Edge;
  readonly listener: Listener;
}

interface Issuer {
  readonly ca: ServerCa;
  readonly folder: string;
  readonly file: string;
}

/**
 * Makes the data planes: real listeners on 127.0.0.1, none to begin with.
 *
 * @example
 * const edges = createEdges({ clock: realClock, unknowns: DEFAULT_UNKNOWNS });
 * const edge = await edges.open(spec); // https://127.0.0.1:${edge.port}, server CA in edge.caFile
 * await edges.closeAll();
 */
export function createEdges(options: EdgesOptions): Edges & { closeAll(): Promise<void> } {
  let open: readonly Open[] = [];
  let log: Connection[] = [];
  let issuer: Promise<Issuer> | undefined;
  /** What is being opened: closed in the meantime, it must not stay. */
  const opening = new Set<{ readonly resource: string; closed: boolean }>();

  const logConnection = (spec: EdgeSpec, { outcome, reason, leaf, custom }: Verdict) => {
    const connection: Connection = Object.freeze({
      time: options.clock.now(),
      kind: spec.kind,
      resource: spec.resource,
      outcome: outcome === 'admit' ? 'accepted' : 'refused',
      reason,
      ...(leaf ? { leafSerial: leaf.serialHex } : {}),
      ...defined({ customData: custom }),
    });
    // Cut now and then, not at each handshake.
    if (log.length >= 2 * LOG_SIZE) log = log.slice(-LOG_SIZE);
    log.push(connection);
  };
  const drop = async (which: (resource: string) => boolean) => {
    for (const one of opening) if (which(one.resource)) one.closed = true;
    const leaving = open.filter(({ edge }) => which(edge.resource));
    open = open.filter((one) => !leaving.includes(one));
    await Promise.all(leaving.map(({ listener }) => listener.close()));
  };

  return Object.freeze({
    async open(spec: EdgeSpec): Promise<Edge> {
      const pending = { resource: spec.resource, closed: false };
      opening.add(pending);
      issuer ??= makeIssuer(options.dir);
      const { ca, file } = await issuer;
      const server = spec.protocol === 'https' ? await ca.issue(spec.hosts) : { key: '', cert: '' };
      const listener = await listen(spec, {
        now: () => options.clock.now(),
        unknowns: options.unknowns,
        origin: options.origin,
        ...server,
        log: (verdict) => logConnection(spec, verdict),
        catchUp: () => options.catchUp?.(),
      });
      const { kind, protocol, resource, hosts, servicePort } = spec;
      const edge: Edge = Object.freeze({
        kind,
        protocol,
        resource,
        hosts: Object.freeze([...hosts]),
        servicePort,
        host: '127.0.0.1',
        port: listener.port,
        caFile: file,
        caPem: ca.pem,
      });
      opening.delete(pending);
      if (pending.closed) await listener.close();
      else open = [...open, { edge, listener }];
      return edge;
    },
    close: (resource: string) => drop((one) => one === resource),
    all: () => open.map(({ edge }) => edge),
    connections: () => log.slice(-LOG_SIZE),
    async closeAll() {
      await drop(() => true);
      const made = issuer;
      issuer = undefined;
      log = [];
      if (made !== undefined) await rm((await made).folder, { recursive: true, force: true });
    },
  });
}

/** The library that issues certificates is slow to load, and only listeners need it. */
async function makeIssuer(dir: string | undefined): Promise<Issuer> {
  const { createServerCa } = await import('./server-ca.ts');
  const [ca, folder] = await Promise.all([
    createServerCa(realClock.now()),
    mkdtemp(join(dir ?? tmpdir(), 'local-aws-edges-')),
  ]);
  const file = join(folder, 'server-ca.pem');
  await writeFile(file, ca.pem);
  return { ca, folder, file };
}
