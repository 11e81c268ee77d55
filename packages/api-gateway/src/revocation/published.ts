import {
  defined,
  type Io,
  isTrustloomError,
  type ObservedCrl,
  type ObservedDenial,
  sha256Hex,
} from '@trustloom/core/adapter';
import type { ApiGatewayTarget } from '../target.ts';
import { type Manifest, type ManifestSet, manifestFile, readManifest } from './manifest.ts';

/** The manifest as it was published; `manifest` absent when what lies there is none. */
export interface Published {
  readonly etag: string;
  readonly manifest?: Manifest;
  /** The files of its sets by their SHA-256; one that is absent is gone, or cannot be read. */
  readonly sets: ReadonlyMap<string, Uint8Array>;
}

/**
 * What is published, with the sets that it names: what is taken away must have been seen. Targets
 * that name the same set read it once. Undefined when nothing is published.
 */
export async function readPublished(
  target: Pick<ApiGatewayTarget, 'domain'>,
  io: Io,
): Promise<Published | undefined> {
  const found = await io.files.get(manifestFile(target, io.context));
  if (found === undefined) return undefined;
  let manifest: Manifest;
  try {
    manifest = readManifest(found.body);
  } catch {
    return { etag: found.etag, sets: new Map() }; // No manifest of this version.
  }
  const files = await Promise.all(manifest.keys.flatMap(({ sets }) => sets.map((set) => readSet(set, io))));
  return { etag: found.etag, manifest, sets: new Map(files.flatMap((file) => file ?? [])) };
}

async function readSet(
  { sha256, bucket, key, version }: ManifestSet,
  io: Io,
): Promise<readonly (readonly [string, Uint8Array])[] | undefined> {
  try {
    const bytes = await io.readObject({ bucket, key, version });
    return bytes === undefined || sha256Hex(bytes) !== sha256 ? undefined : [[sha256, bytes]];
  } catch (error) {
    if (isTrustloomError(error) && ['input', 'service', 'refused'].includes(error.kind)) return undefined;
    throw error;
  }
}

/** Sets that the manifest names and that cannot be read, each with its CA. */
export function unreadableSets({
  manifest,
  sets,
}: Published): readonly (ManifestSet & { readonly ca: string })[] {
  return (manifest?.keys ?? []).flatMap(({ ca, sets: named }) =>
    named.filter(({ sha256 }) => !sets.has(sha256)).map((set) => ({ ...set, ca })),
  );
}

/** The CRLs that the authorizer has, as it has them. */
export function publishedCrls(published: Published | undefined): readonly ObservedCrl[] {
  return (published?.manifest?.keys ?? []).flatMap(({ crls }) =>
    crls.map(
      ({ sha256, issuer, entries, thisUpdate, nextUpdate }): ObservedCrl => ({
        sha256,
        issuer,
        entries,
        thisUpdate: Date.parse(thisUpdate),
        ...defined({ nextUpdate: nextUpdate === undefined ? undefined : Date.parse(nextUpdate) }),
        inForce: true,
      }),
    ),
  );
}

/** The entries that the authorizer has besides its CRLs. */
export function publishedDenials(published: Published | undefined): readonly ObservedDenial[] {
  return (published?.manifest?.keys ?? []).flatMap(({ key, ca, denied }) =>
    denied.map((one) => ({ caKey: key, ca, ...one })),
  );
}
