/**
 * Every law by its id, as skips and reports name it:
 *
 * - `converges`: from empty, the target holds what the definition says, and a second run plans
 *   nothing.
 * - `changes`: a newer CRL, an older one again, a CA more and a CA less are followed; on the way
 *   nothing is lost that stays trusted, revoked or enforced.
 * - `revoked-refused`: real clients, after every step: the revoked are refused, the good admitted.
 *   Needs `admits`.
 * - `leaves`: a target that left the definition is detached, and nothing of ours stays.
 * - `observing-writes-nothing`: observing, rendering and planning write nothing. Needs `calls` and
 *   `snapshot`.
 * - `one-write-a-step`: each step writes once, and its envelope survives JSON. Needs `calls`.
 * - `stops-anywhere`: a run that was killed before any step is finished by the next.
 * - `lost-answers`: a write whose answer never arrived is not done twice. Needs `calls` and
 *   `faults`.
 * - `input-order`: the order of CAs and CRLs in the input changes no byte.
 * - `purity`: render and plan take frozen input, make no call, and give the same each time. Needs
 *   `calls`.
 * - `errors`: a refusal, throttling and a failure of the service arrive as their codes. Needs
 *   `calls` and `faults`.
 * - `permissions`: every call and every step's action stands in `info.permissions`. Needs `calls`.
 * - `foreign-untouched`: objects without our ownership tag stay as they are. Needs `foreign`.
 * - `edits-undone`: what somebody changed by hand is planned, and undone by the run. Needs `edits`.
 */
export type LawId =
  | 'converges'
  | 'changes'
  | 'revoked-refused'
  | 'leaves'
  | 'observing-writes-nothing'
  | 'one-write-a-step'
  | 'stops-anywhere'
  | 'lost-answers'
  | 'input-order'
  | 'purity'
  | 'errors'
  | 'permissions'
  | 'foreign-untouched'
  | 'edits-undone';
