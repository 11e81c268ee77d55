import type {
  AttachableCrls,
  Certificate,
  Crl,
  OwnershipTags,
  Step,
  StepEnvelope,
  StepKind,
  TargetContext,
  Value,
} from '@trustloom/core/adapter';

/** The CRLs of every CA whose clients are admitted through an anchor. */
export interface ReachingCrls extends AttachableCrls {
  /** SHA-256 of the key of each of these CAs. */
  readonly keys: readonly string[];
}

/**
 * One anchor that should be: all certificates of one CA key, and the CRLs of every CA whose clients
 * reach it.
 */
export interface DesiredAnchor extends ReachingCrls {
  /** SHA-256 of the CA's key: what the anchor stands for, for life. */
  readonly key: string;
  readonly cas: readonly Certificate[];
  /** The longest life of client certificates in milliseconds, by key, as far as it is known. */
  readonly leafLifeMs?: ReadonlyMap<string, number>;
}

/** What a target should hold. */
export interface Desired {
  readonly anchors: readonly DesiredAnchor[];
  readonly known: readonly Certificate[];
  /** SHA-256 of all CAs that their issuers revoked. */
  readonly revoked: readonly string[];
  /** Those of them that would be trusted otherwise: their issuers may take it back. */
  readonly suspended: readonly string[];
  /**
   * Of all known CAs: an anchor whose removal waits for consent still has to refuse the revoked.
   */
  readonly crls: AttachableCrls;
}

/** A CRL as it stands on an anchor. */
export interface StoredCrl {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  /**
   * From our ownership tag: SHA-256 of the key that should have issued it; undefined where it is
   * not ours.
   */
  readonly taggedKey: string | undefined;
  /** Undefined when its content could not be read as a CRL. */
  readonly crl: Crl | undefined;
}

/** An anchor with our ownership tag. */
export interface StoredAnchor {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly enabled: boolean;
  /** From its tag: SHA-256 of the key that it stands for. */
  readonly key: string;
  readonly cas: readonly Certificate[];
  /** SHA-256 of its bundle when that cannot be read: somebody changed its source by hand. */
  readonly unreadable?: string;
  readonly createdAt: number;
  readonly crls: readonly StoredCrl[];
}

/** What a target holds now. */
export interface Observed {
  /** The oldest enabled first, so that a duplicate is never kept in its place. */
  readonly anchors: readonly StoredAnchor[];
}

interface NewObject {
  readonly name: string;
  readonly pem: string;
  /** `key`: SHA-256 of the CA key that an anchor stands for, or that issued a CRL. */
  readonly tags: OwnershipTags<'key'>;
}

type Id<V = string> = { readonly id: V };
type Write<Input, Output = object> = { readonly input: Input; readonly output: Output };

/** The writes of this adapter. */
export interface RolesAnywhereSteps {
  /** Created disabled: it admits nobody. */
  'create-anchor': Write<NewObject, Id & { readonly arn: string }>;
  'update-anchor': Write<Id & { readonly pem: string }>;
  /** `imported`: CRLs that must be seen on it before it admits anybody. */
  'enable-anchor': Write<
    Id<Value<string>> & { readonly arn: Value<string>; readonly imported: readonly Value<string>[] }
  >;
  'disable-anchor': Write<Id>;
  'delete-anchor': Write<Id>;
  /** Imported enabled: one that is not acts as if it were not there. */
  'import-crl': Write<NewObject & { readonly anchorArn: Value<string> }, Id>;
  'update-crl': Write<Id & { readonly pem: string }>;
  'enable-crl': Write<Id>;
  'disable-crl': Write<Id>;
  'delete-crl': Write<Id<Value<string>>>;
}

/** One write, of one kind or of any. */
export type RolesAnywhereStep<K extends StepKind<RolesAnywhereSteps> = StepKind<RolesAnywhereSteps>> = Step<
  RolesAnywhereSteps,
  K
>;

/** Ids of steps, for `after`. */
export function stepIds(steps: readonly Pick<StepEnvelope, 'id'>[]): readonly string[] {
  return steps.map(({ id }) => id);
}

/**
 * What every name of a target begins with: listings give names, not tags. Allowed: letters, digits,
 * space, - and _, 255 in all.
 */
function prefixOf({ definition, id }: TargetContext): string {
  return `${definition} ${id} `;
}

/** Name of the anchor of one CA key. */
export function anchorName(context: TargetContext, key: string): string {
  return `${prefixOf(context)}${key.slice(0, 16)}`;
}

/** Name of a CRL on the anchor of one key. */
export function crlName(context: TargetContext, anchorKey: string, issuerKey: string): string {
  return `${anchorName(context, anchorKey)} ${issuerKey.slice(0, 16)}`;
}

/** True when an anchor (one key) or a CRL (two) may be ours by its name; its tags decide. */
export function isOurName(context: TargetContext, name: string, keys: 1 | 2): boolean {
  const prefix = prefixOf(context);
  const rest = name.startsWith(prefix) ? name.slice(prefix.length).split(' ') : [];
  return rest.length === keys && rest.every((part) => /^[0-9a-f]{16}$/.test(part));
}
