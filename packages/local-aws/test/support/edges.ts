import type { LocalAws } from '../../src/index.ts';
import type { Edge, EdgeSpec, EdgeTrust } from '../../src/types.ts';

export const trustOf = (mode: EdgeTrust['mode'], more: Partial<EdgeTrust> = {}): EdgeTrust => ({
  mode,
  anchors: [],
  crls: [],
  version: '1',
  ignoreExpiry: false,
  advertiseCaNames: false,
  ...more,
});

export const specOf = (
  kind: EdgeSpec['kind'],
  trust: EdgeTrust | (() => EdgeTrust),
  more: Partial<EdgeSpec> = {},
): EdgeSpec => ({
  kind,
  protocol: 'https',
  resource: `arn:aws:test:${kind}`,
  hosts: [`${kind}.example.com`],
  account: '111111111111',
  region: 'eu-west-1',
  servicePort: 443,
  trust: typeof trust === 'function' ? trust : () => trust,
  behaviour: () => 'forward',
  ...more,
});

/** The first edge that fits. */
export function edgeWhere(aws: LocalAws, fits: (edge: Edge) => boolean): Edge {
  const edge = aws.edges().find(fits);
  if (!edge) throw new Error('no edge');
  return edge;
}
