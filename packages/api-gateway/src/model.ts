import type { Certificate, ObjectLocation, TargetContext, Value } from '@trustloom/core/adapter';
import type { DesiredManifest } from './revocation/desired.ts';
import type { ManifestKey, ManifestSet, Published } from './revocation/manifest.ts';
import type { ApiGatewayTarget } from './target.ts';

/** What a target should hold. */
export interface Desired {
  readonly cas: readonly Certificate[];
  readonly known: readonly Certificate[];
  /** SHA-256 of the file of the bundle. */
  readonly bundle: string;
  readonly managed: boolean;
  /** What the authorizer should know; absent when the target names none. */
  readonly manifest?: DesiredManifest;
}

/** The domain as it is, and what is published for its authorizer. */
export interface Observed {
  /** Absent when nothing is, or the target names no authorizer. */
  readonly published?: Published;
  /** Routes behind the domain that ask the authorizer, or may: they read what is published. */
  readonly asking: readonly string[];
  /** Absent when there is no such domain. */
  readonly domain?: ObservedDomain;
}

/** A domain that exists. */
export interface ObservedDomain {
  readonly owner: Owner;
  /** Where its truststore lies; absent when mutual TLS is off. */
  readonly truststore?: ObjectLocation;
  /** What lies there; undefined when it cannot be read. */
  readonly cas?: readonly Certificate[];
}

/** Which domain, and by which API it is managed. */
export type DomainRef = Pick<ApiGatewayTarget, 'api' | 'domain'>;

/** Each kind of write: what it needs, and what it gives to later steps. */
export interface ApiGatewaySteps {
  'set-truststore': {
    readonly input: DomainRef & { readonly bundle: { readonly sha256: string } };
    readonly output: object;
  };
  'switch-off': { readonly input: DomainRef; readonly output: object };
  'tag-domain': {
    readonly input: { readonly domain: string; readonly tags: OwnershipTags };
    readonly output: object;
  };
  'untag-domain': {
    readonly input: { readonly domain: string; readonly tags: readonly string[] };
    readonly output: object;
  };
  'publish-manifest': {
    readonly input: {
      readonly file: string;
      /** ETag of the manifest that it replaces; undefined: there is none. */
      readonly replaces: Value<string> | undefined;
      readonly graceMs: number;
      readonly keys: readonly PlannedKey[];
    };
    readonly output: { readonly etag: string };
  };
  'delete-manifest': {
    readonly input: { readonly file: string; readonly etag: string };
    readonly output: object;
  };
}

/** A row of the manifest whose set is published already, or will be uploaded. */
export interface PlannedKey extends Omit<ManifestKey, 'set'> {
  readonly set?: ManifestSet | Omit<ManifestSet, 'key' | 'version'>;
}

/** Tags by which a domain is known to be followed by us. The domain itself stays its owner's. */
export type OwnershipTags = Readonly<Record<'trustloom:definition' | 'trustloom:target', string>>;

/** The ownership tags of a domain of this target. */
export function ownershipTags({ definition, name }: TargetContext): OwnershipTags {
  return { 'trustloom:definition': definition, 'trustloom:target': name };
}

/** Who follows a domain, by its tags: this target, another one or another definition, nobody. */
export type Owner = 'us' | 'another' | 'nobody';

/** Whose ownership tags these are. */
export function ownerOf(tags: Readonly<Record<string, string>>, context: TargetContext): Owner {
  if (tags['trustloom:definition'] === undefined) return 'nobody';
  const own = Object.entries(ownershipTags(context));
  return own.every(([key, value]) => tags[key] === value) ? 'us' : 'another';
}
