import { observing, oneWrite, order, purity } from './form.ts';
import { changes, converges, foreign, leaves, summary } from './holding.ts';
import { lostAnswers, stops } from './interrupted.ts';
import type { Law } from './law.ts';
import { revokedRefused } from './revoked.ts';
import { errors, permissions } from './service.ts';

export type { Law } from './law.ts';

/** All laws, in the order in which they are best read. */
export const contractLaws: readonly Law[] = Object.freeze([
  converges,
  changes,
  revokedRefused,
  leaves,
  observing,
  oneWrite,
  stops,
  lostAnswers,
  order,
  purity,
  errors,
  permissions,
  foreign,
  summary,
]);
