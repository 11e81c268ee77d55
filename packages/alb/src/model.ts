import type {
  Artifact,
  ArtifactRef,
  Certificate,
  Crl,
  Step,
  StepKind,
  Tags,
  Value,
  WithdrawnCrl,
} from '@trustloom/core/adapter';

/** What one kind of write takes and gives. */
interface Kind<Input, Output = object> {
  readonly input: Readonly<Input>;
  readonly output: Readonly<Output>;
}

/** Every kind of write: what it needs, and what it gives to later steps. */
export interface AlbSteps {
  'create-store': Kind<{ name: string; bundle: ArtifactRef; tags: Tags }, { arn: string }>;
  'modify-store': Kind<{ store: Value<string>; bundle: ArtifactRef }>;
  'tag-store': Kind<{ store: string; tags: Tags }>;
  /** `listeners`: those of the target, which may linger a while; any other keeps the store. */
  'delete-store': Kind<{ store: string; listeners: readonly string[] }>;
  'add-crl': Kind<{ store: Value<string>; file: ArtifactRef }, { id: number }>;
  'remove-crls': Kind<{
    store: Value<string>;
    ids: readonly Value<number>[];
    /** What must be seen in the store before the others go. */
    newer?: StoredCount;
    /** Drop them from the notes, too. Only for steps that revoke: no others write those notes. */
    forget: boolean;
  }>;
  'modify-listener': Kind<ListenerSettings>;
}

/** A step of this adapter. */
export type AlbStep<K extends StepKind<AlbSteps> = StepKind<AlbSteps>> = Step<AlbSteps, K>;

/** A CRL of a store by its id, with the entries that the service should count. */
export interface StoredCount {
  readonly id: Value<number>;
  readonly entries: number;
}

/** Everything a listener is set to for mutual TLS. */
export interface ListenerSettings {
  readonly arn: string;
  readonly mode: StoredListener['mode'];
  /** Only with `verify`. */
  readonly store?: Value<string>;
  readonly ignoreExpiry: boolean;
  readonly advertise: boolean;
}

/** A CRL that belongs in the store as long as its CA stands there. */
export interface DesiredCrl {
  readonly issuer: Certificate;
  readonly crl: Crl;
  /** As it is uploaded: PEM, one CRL a file. */
  readonly file: Artifact;
}

/** What a target should hold. */
export interface Desired {
  readonly cas: readonly Certificate[];
  /** Every CA known, to find the issuer of a CRL in the store. */
  readonly known: readonly Certificate[];
  /**
   * Also those of CAs that do not stand in the store: one that waits to be removed still needs its
   * CRL.
   */
  readonly crls: readonly DesiredCrl[];
  /**
   * SHA-256 of the keys whose CRL was refused, has expired, or is not enforced by consent, so that
   * only one in force can speak for them.
   */
  readonly unusable: readonly string[];
  /** SHA-256 of the CAs that their issuers revoked. */
  readonly revoked: readonly string[];
  /** CRLs whose enforcement was withdrawn, by consent. */
  readonly withdrawn: readonly WithdrawnCrl[];
  /** The longest life of client certificates in milliseconds, by key, as far as it is known. */
  readonly leafLifeMs: ReadonlyMap<string, number>;
  readonly managed: boolean;
}

/** A CRL as it stands in a store. */
export interface StoredCrl {
  readonly id: number;
  /** As the service counts them. */
  readonly entries: number;
  /** Undefined when its content could not be read as a CRL. */
  readonly crl: Crl | undefined;
}

/** A trust store as the service lists it. */
export interface ListedStore {
  readonly arn: string;
  readonly name: string;
  readonly active: boolean;
}

/** A trust store with our ownership tags, or the one to adopt. */
export interface StoredStore extends ListedStore {
  /** It carries the tags of this definition and target. */
  readonly owned: boolean;
  /** False when its bundle is not one by our rules: `cas` is then empty, and says nothing. */
  readonly readable: boolean;
  readonly cas: readonly Certificate[];
  readonly crls: readonly StoredCrl[];
  /** Listeners that use it without being named in the target. */
  readonly otherUsers: readonly string[];
}

/** A listener of the target. */
export interface StoredListener {
  readonly arn: string;
  readonly protocol: string;
  readonly port: number;
  readonly mode: 'off' | 'passthrough' | 'verify';
  readonly store: string | undefined;
  readonly ignoreExpiry: boolean;
  readonly advertise: boolean;
}

/** A listener of a load balancer, with what it does first. */
export type ListedListener = StoredListener & { readonly action: string };

/** What a target holds now. */
export interface Observed {
  /**
   * All stores with our ownership tags, and the one to adopt; those that listeners use first. More
   * than one only while one replaces the other.
   */
  readonly stores: readonly StoredStore[];
  readonly listeners: readonly StoredListener[];
  /** The store to adopt carries the tags of another definition or target, and is not among these. */
  readonly ownedByAnother?: boolean;
}
