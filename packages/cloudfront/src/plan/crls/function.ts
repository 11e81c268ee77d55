import {
  type Effect,
  outputOf,
  ownershipTags,
  type TargetContext,
  type Value,
} from '@trustloom/core/adapter';
import type { CloudfrontStep, Observed } from '../../model/index.ts';
import { objectName } from '../../model/names.ts';
import { type FunctionHeader, readFunctionHeader } from '../../revocation/function.ts';
import type { CloudfrontTarget } from '../../target.ts';
import type { StorePlan } from './store.ts';

/** The steps of the connection function. */
export interface FunctionPlan {
  readonly id: Value<string>;
  readonly steps: readonly CloudfrontStep[];
  /** Comes after the distributions were switched. */
  readonly last?: CloudfrontStep;
}

/** The function gets the code and the KeyValueStore that it should have. */
export function planFunction(
  code: string,
  { fn, distributions }: Observed,
  { mode }: CloudfrontTarget,
  context: TargetContext,
  { arn: store, steps, after: filled = [] }: Omit<StorePlan, 'artifacts'>,
): FunctionPlan {
  const live = fn?.live;
  if (fn !== undefined && live?.code === code && live.store === store) return { id: fn.id, steps: [] };
  const name = objectName(context);
  const after = [...filled, ...steps.map(({ id }) => id)];
  const write: CloudfrontStep<'create-function' | 'update-function'> =
    fn === undefined
      ? {
          id: 'create-function',
          kind: 'create-function',
          effect: 'tag',
          affects: [name],
          summary: `create connection function ${name}`,
          reason: 'no connection function yet refuses the revoked',
          action: 'cloudfront:CreateConnectionFunction',
          input: { name, code, store, tags: ownershipTags(context) },
          after,
        }
      : {
          id: 'update-function',
          kind: 'update-function',
          effect: 'tag',
          affects: [fn.id],
          summary: `set code and KeyValueStore of connection function ${name}`,
          reason: 'they are not what the definition asks for',
          action: 'cloudfront:UpdateConnectionFunction',
          input: { id: fn.id, code, store },
          after,
        };
  const header = readFunctionHeader(code);
  const effect = publishEffect(live === undefined ? undefined : readFunctionHeader(live.code), header);
  const settings = `mode=${header?.mode} grace=${header?.graceSeconds}`;
  const id = write.kind === 'create-function' ? outputOf(write, 'id') : write.input.id;
  const publish: CloudfrontStep<'publish-function'> = {
    id: 'publish-function',
    kind: 'publish-function',
    effect,
    affects: [effect === 'tag' ? name : `function=${header?.mode} grace=${header?.graceSeconds}`],
    summary: `publish connection function ${name}, ${settings}`,
    reason:
      live === undefined ? 'it was never published' : 'the live one has other code or another KeyValueStore',
    action: 'cloudfront:PublishConnectionFunction',
    input: { id, etag: outputOf(write, 'etag') },
    after: [write.id],
  };
  // A refresh may have put newer serials into the old store meanwhile.
  const replaces = live?.store !== undefined && live.store !== store;
  const [first, second] = replaces
    ? ([
        { ...write, replacesRevocation: true },
        { ...publish, replacesRevocation: true },
      ] as const)
    : [write, publish];
  // The function for `required` refuses those without a certificate: it comes after the
  // distributions.
  const stricter =
    mode === 'required' &&
    live?.store !== undefined &&
    distributions.some((distribution) => distribution.mode === 'optional');
  return stricter ? { id, steps: [first], last: second } : { id, steps: [first, second] };
}

function publishEffect(live: FunctionHeader | undefined, wanted: FunctionHeader | undefined): Effect {
  if (live === undefined || wanted === undefined) return 'tag';
  if ((live.mode === 'required' && wanted.mode === 'optional') || wanted.graceSeconds > live.graceSeconds)
    return 'relax';
  if (live.mode !== wanted.mode || wanted.graceSeconds < live.graceSeconds) return 'enforce';
  return 'tag';
}
