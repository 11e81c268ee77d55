export { createEdges } from './edges.ts';
