import type {
  Access,
  BoundStep,
  BoundTarget,
  ObservedTarget,
  RenderedTarget,
  ServiceIo,
  StepIo,
} from '../adapter/contract.ts';
import type { Artifact, ObjectLocation, Uploads } from '../adapter/ports.ts';
import type { RateLimiters } from '../adapter/rate-limit.ts';
import { isOutput, type Receipt } from '../adapter/step.ts';
import { TrustloomError } from '../errors/error.ts';
import { type AccountRegion, accountRegionText } from '../util/account-region.ts';
import type { JsonObject } from '../util/json.ts';
import type { Clock } from '../util/time.ts';
import { createSharedReads, type SharedReads } from './shared-reads.ts';
import { familyOf } from './timing.ts';

/** What the way to the services is made of. */
export interface WorldAccess {
  readonly clock: Clock;
  readonly uploads: Uploads;
  readonly rateLimiters: RateLimiters;
  /**
   * The way to the services of one account and region, by the name that the definition gives the
   * account.
   */
  readonly access: (accountRegion: AccountRegion, accountName: string) => Access;
}

/** How a target is looked at. */
export interface Look {
  /** Shared with the other targets that look at the same time; absent: it looks for itself. */
  readonly reads?: SharedReads | undefined;
  /** This run may have written before: what a service lists may lag behind. */
  readonly afterWrite: boolean;
}

/** What a step may use of the steps before it. */
export interface StepInputs {
  /** By step id. */
  readonly outputs: ReadonlyMap<string, object>;
  /** By SHA-256. */
  readonly files: ReadonlyMap<string, Required<ObjectLocation>>;
}

/** The way from one target to the world: what it is observed through, and written through. */
export interface TargetIo {
  observe(rendered: RenderedTarget, signal: AbortSignal, look: Look): Promise<ObservedTarget>;
  /**
   * Does one write. `around` is called when the service's rate allows the write, so that nothing
   * that others need is held meanwhile: a lease, the lane of revocations.
   */
  perform(
    step: BoundStep,
    inputs: StepInputs,
    signal: AbortSignal,
    around: (write: () => Promise<Receipt<object>>) => Promise<Receipt<object>>,
  ): Promise<Receipt<object>>;
  /** Puts a file where the service fetches it. Idempotent. */
  upload(artifact: Artifact): Promise<Required<ObjectLocation>>;
  /** Merges what a receipt asks to remember; true when that changed anything. */
  remember(notes: JsonObject): boolean;
}

/** Gives a target its way to the world. Nothing is called yet. */
export function createTargetIo(
  { context, info }: BoundTarget,
  accountName: string,
  notes: JsonObject,
  { clock, uploads, rateLimiters, access: accessOf }: WorldAccess,
): TargetIo {
  let remembered = notes;
  const { accountRegion } = context;
  const scope = `${info.service} ${accountRegionText(accountRegion)}`;
  const limiter = rateLimiters(scope, info.rates);
  const access = accessOf(accountRegion, accountName);
  const files = uploads.files(accountRegion, accountName);
  /** `awaited`: the family whose rate has been waited for already, for one call. */
  const serviceIo = (
    signal: AbortSignal,
    { reads = createSharedReads(), afterWrite }: Look,
    awaited?: string,
  ): ServiceIo => {
    let turn = awaited;
    const shared = reads(scope);
    return {
      context,
      signal,
      clock,
      notes: remembered,
      client: (Class, serviceId) => access.client(Class, serviceId),
      fetch: access.fetch,
      rateLimited(family, send) {
        if (family !== turn) return limiter(family, send, signal);
        turn = undefined;
        return send();
      },
      shared,
      afterWrite,
      readObject(location) {
        const { bucket, key, version } = location;
        const read = () => uploads.read(accountRegion, accountName, location);
        return version === undefined ? read() : shared(`s3://${bucket}/${key}?${version}`, read);
      },
      files,
    };
  };
  return {
    observe: (rendered, signal, look) => rendered.observe(serviceIo(signal, look)),
    perform({ step, perform }, inputs, signal, around) {
      const family = familyOf(step.action, info.rates);
      const io = () => ({ ...serviceIo(signal, { afterWrite: true }, family), ...readersOf(inputs) });
      const write = () => around(() => perform(io()));
      return family === undefined ? write() : limiter(family, write, signal);
    },
    upload: (artifact) => uploads.put(accountRegion, accountName, artifact),
    remember(more) {
      const merged = { ...remembered, ...more };
      const changed = JSON.stringify(merged) !== JSON.stringify(remembered);
      remembered = merged;
      return changed;
    },
  };
}

function readersOf({ outputs, files }: StepInputs): Pick<StepIo, 'value' | 'uploaded'> {
  return {
    value(value) {
      if (!isOutput(value)) return value;
      const { outputOf, field } = value;
      return given(Reflect.get(outputs.get(outputOf) ?? {}, field), `${outputOf}.${field}`);
    },
    uploaded: ({ sha256 }) => given(files.get(sha256), `file ${sha256}`),
  };
}

function given<T>(value: T | undefined, name: string): T {
  if (value === undefined)
    throw new TrustloomError('contract-broken', `a step refers to ${name}, which no earlier step gave`);
  return value;
}
