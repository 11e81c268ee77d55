import type { Certificate, ObjectLocation, Owner, OwnershipTags, Value } from '@trustloom/core/adapter';
import type { DesiredManifest } from './revocation/index.ts';
import type { Manifest, ManifestKey, ManifestSet } from './revocation/manifest.ts';
import type { Published } from './revocation/published.ts';
import type { ApiGatewayTarget } from './target.ts';

/** What a target should hold. */
export interface Desired {
  readonly cas: readonly Certificate[];
  readonly known: readonly Certificate[];
  /** SHA-256 of the file of the bundle. */
  readonly bundle: string;
  readonly managed: boolean;
  /** ARN of the authorizer; absent when the target names none. */
  readonly authorizer?: string;
  /** What an authorizer should know. */
  readonly manifest: DesiredManifest;
}

/** The domain as it is, and what is published for its authorizer. */
export interface Observed {
  /** Absent when nothing is. */
  readonly published?: Published;
  /** Routes behind the domain that ask the authorizer, or may: they read what is published. */
  readonly asking: readonly string[];
  /** Absent when there is no such domain. */
  readonly domain?: ObservedDomain;
}

/** A domain that exists. */
export interface ObservedDomain {
  /** Who follows it, by its tags: the domain itself stays its owner's. */
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
  'set-truststore': { input: DomainRef & { bundle: { sha256: string } }; output: object };
  'switch-off': { input: DomainRef; output: object };
  'tag-domain': { input: { domain: string; tags: OwnershipTags }; output: object };
  'untag-domain': { input: { domain: string; tags: readonly string[] }; output: object };
  'publish-manifest': { input: ManifestInput; output: { etag: string } };
  'delete-manifest': { input: { file: string; etag: Value<string> }; output: object };
}

/** What the manifest will say. */
export interface ManifestInput extends Pick<Manifest, 'authorizer' | 'graceMs'> {
  readonly file: string;
  /** ETag of the manifest that it replaces; undefined: there is none. */
  readonly replaces: Value<string> | undefined;
  readonly keys: readonly PlannedKey[];
}

/** A row of the manifest whose sets are published already, or will be uploaded. */
export interface PlannedKey extends Omit<ManifestKey, 'sets'> {
  readonly sets: readonly (ManifestSet | PlannedSet)[];
}

/** A set that will be uploaded. */
export type PlannedSet = Omit<ManifestSet, 'bucket' | 'key' | 'version'>;
