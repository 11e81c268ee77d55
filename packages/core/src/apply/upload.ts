import type { ObjectLocation } from '../adapter/ports.ts';
import { TrustloomError } from '../errors/error.ts';
import type { PlannedStep } from '../plan/consent.ts';
import type { RunTarget, StepMeans } from '../plan/prepared.ts';
import type { OnEvent } from './events.ts';

/** Where the files lie that the steps of a target refer to, by SHA-256. */
export type FileLocations = ReadonlyMap<string, Required<ObjectLocation>>;

/** Uploads what the steps to be done refer to and has no place yet; gives all places. */
export async function uploadFiles(
  { name, io }: RunTarget,
  { steps, artifacts }: Pick<StepMeans, 'artifacts'> & { readonly steps: readonly PlannedStep[] },
  files: FileLocations,
  onEvent: OnEvent,
): Promise<FileLocations> {
  const wanted = new Set(
    steps
      .filter(({ skipped }) => skipped === undefined)
      .flatMap((step) => (step.files ?? []).map(({ sha256 }) => sha256)),
  );
  const more = await Promise.all(
    [...wanted]
      .filter((sha256) => !files.has(sha256))
      .map(async (sha256) => {
        const artifact = artifacts.get(sha256);
        if (artifact === undefined)
          throw new TrustloomError('contract-broken', `${name}: no artifact ${sha256.slice(0, 12)}`);
        const location = await io.upload(artifact);
        onEvent({ type: 'upload', target: name, artifact: sha256, bucket: location.bucket });
        return [sha256, location] as const;
      }),
  );
  return new Map([...files, ...more]);
}
