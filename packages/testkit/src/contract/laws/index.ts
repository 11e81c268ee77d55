import { observing, oneWrite, order, purity } from './form.ts';
import { changes, converges, editsUndone, foreign, leaves } from './holding.ts';
import { lostAnswers, stops } from './interrupted.ts';
import type { Law } from './law.ts';
import { revokedRefused } from './revoked.ts';
import { errors, permissions } from './service.ts';

export { HookMissing, type Law } from './law.ts';

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
  editsUndone,
]);
