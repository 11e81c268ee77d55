import type { ObjectLocation } from '../adapter/contract.ts';
import { TrustloomError } from '../errors/error.ts';
import type { Uploads } from '../plan/ports.ts';
import type { Prepared } from '../plan/prepared.ts';
import { artifactsOf } from '../plan/references.ts';
import type { OnEvent } from './events.ts';

/** Uploads what the steps to be done refer to, each artifact once a place; gives their places per target. */
export async function uploadArtifacts(
  prepared: Prepared,
  parts: { readonly uploads: Uploads; readonly onEvent: OnEvent },
): Promise<ReadonlyMap<string, ReadonlyMap<string, Required<ObjectLocation>>>> {
  const placed = await Promise.all(
    prepared.targets.map(async (work) => {
      const { name, place } = work.bound.context;
      const wanted = new Set(
        work.planned.steps
          .filter((step) => step.leftOut === undefined)
          .flatMap((step) => artifactsOf(step.input)),
      );
      const places = await Promise.all(
        [...wanted].map(async (sha256) => {
          const artifact = prepared.artifacts.get(sha256);
          if (artifact === undefined)
            throw new TrustloomError('contract-broken', `${name}: no artifact ${sha256.slice(0, 12)}`);
          const location = await parts.uploads.put(place, work.accountName, artifact);
          parts.onEvent({ type: 'upload', target: name, artifact: sha256, bucket: location.bucket });
          return [sha256, location] as const;
        }),
      );
      return [name, new Map(places)] as const;
    }),
  );
  return new Map(placed);
}
