import type { AccountKeys, GroupKeys, KindKeys, TargetKeys, TopKeys } from './definition-keys.ts';

/** One key of several: a second one does not compile. */
type OneOf<Keys> = {
  [Key in keyof Keys]: Pick<Keys, Key> & { readonly [Other in Exclude<keyof Keys, Key>]?: never };
}[keyof Keys];

/** One target: exactly one kind. */
export type TargetInput<Group extends string = string> = TargetKeys &
  OneOf<KindKeys> & {
    /** Groups that are trusted here. */
    readonly trust: readonly Group[];
  };

/** An account: its id, or the role to assume in it. */
export type AccountInput =
  | (Required<Pick<AccountKeys, 'id'>> & { readonly assumeRole?: never; readonly externalId?: never })
  | (Required<Pick<AccountKeys, 'assumeRole'>> & Pick<AccountKeys, 'externalId'> & { readonly id?: never });

/** A definition as TypeScript writes it: the same keys as `trustloom.yaml`. */
export interface DefinitionInput<Group extends string = string> extends TopKeys {
  /** Groups of CAs, by name. */
  readonly groups: Readonly<Record<Group, GroupKeys>>;
  /** Accounts by name. */
  readonly accounts?: Readonly<Record<string, AccountInput>>;
  /** Targets by name. They trust groups that are defined, and no others. */
  readonly targets: Readonly<Record<string, TargetInput<NoInfer<Group>>>>;
}

/**
 * A definition with types: an editor completes its keys, and a group that is not defined, a key
 * that does not exist or a second kind of one target does not compile. Gives back what it is given.
 *
 * @example
 * const definition = defineTrust({
 *   name: 'acme',
 *   state: '222222222222/eu-west-1',
 *   groups: { devices: { from: './ca.pem', crls: ['./ca.crl'] } },
 *   targets: { jobs: { trust: ['devices'], rolesAnywhere: { region: 'eu-west-1' } } },
 * })
 * const trustloom = await openTrustloom(definition)
 */
export function defineTrust<const Group extends string>(
  definition: DefinitionInput<Group>,
): DefinitionInput<Group> {
  return definition;
}
