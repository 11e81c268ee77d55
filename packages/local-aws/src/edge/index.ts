export { createEdges, type EdgesOptions } from './edges.ts';
