import type { Artifact, ObjectLocation, Uploads } from '../adapter/ports.ts';
import { TrustloomError } from '../errors/error.ts';
import type { PlannedStep } from '../plan/consent.ts';
import type { Prepared } from '../plan/prepared.ts';
import { artifactsOf } from '../plan/references.ts';
import type { TargetWork } from '../plan/work.ts';
import type { OnEvent } from './events.ts';

/** What uploading needs of the world. */
interface UploadParts {
  readonly uploads: Uploads;
  readonly onEvent: OnEvent;
}

/** Where the files lie that the steps of a target refer to, by SHA-256. */
export type Places = ReadonlyMap<string, Required<ObjectLocation>>;

/** Uploads what the steps to be done refer to, each artifact once a place; gives their places per target. */
export async function uploadArtifacts(
  { targets, artifacts }: Prepared,
  parts: UploadParts,
): Promise<ReadonlyMap<string, Places>> {
  const placed = await Promise.all(
    targets.map(
      async (work) =>
        [
          work.bound.context.name,
          await uploadFor(work, work.planned.steps, artifacts, new Map(), parts),
        ] as const,
    ),
  );
  return new Map(placed);
}

/** Uploads what the steps of one target refer to and has no place yet; gives all places. */
export async function uploadFor(
  { bound, accountName }: TargetWork,
  steps: readonly PlannedStep[],
  artifacts: ReadonlyMap<string, Artifact>,
  places: Places,
  { uploads, onEvent }: UploadParts,
): Promise<Places> {
  const { name, place } = bound.context;
  const wanted = new Set(
    steps.filter((step) => step.leftOut === undefined).flatMap((step) => artifactsOf(step.input)),
  );
  const more = await Promise.all(
    [...wanted]
      .filter((sha256) => !places.has(sha256))
      .map(async (sha256) => {
        const artifact = artifacts.get(sha256);
        if (artifact === undefined)
          throw new TrustloomError('contract-broken', `${name}: no artifact ${sha256.slice(0, 12)}`);
        const location = await uploads.put(place, accountName, artifact);
        onEvent({ type: 'upload', target: name, artifact: sha256, bucket: location.bucket });
        return [sha256, location] as const;
      }),
  );
  return new Map([...places, ...more]);
}
