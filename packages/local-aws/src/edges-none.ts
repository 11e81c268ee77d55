import type { Connection, Edge, Edges } from './types.ts';

/** Data planes that are listed but do not listen. */
export function createNoEdges(): Edges & { closeAll(): Promise<void> } {
  const open = new Map<string, Edge>();
  const none: readonly Connection[] = [];
  return Object.freeze({
    async open(spec) {
      const { kind, protocol, resource, hosts, servicePort } = spec;
      const edge: Edge = {
        kind,
        protocol,
        resource,
        hosts,
        servicePort,
        host: '127.0.0.1',
        port: 0,
        caFile: '',
        caPem: '',
      };
      open.set(resource, edge);
      return edge;
    },
    async close(resource) {
      open.delete(resource);
    },
    list: () => [...open.values()],
    connections: () => none,
    closeAll: async () => open.clear(),
  } satisfies Edges & { closeAll(): Promise<void> });
}
