export { type DefinitionInput, defineTrust, type TargetInput } from './define.ts';
export { type OpenedTrustloom, type OpenOptions, openTrustloom } from './open.ts';
export type { ProbeCell, ProbeClient, ProbeReport, ProbeRow } from './probe/report.ts';
export { probeText } from './probe/text.ts';
