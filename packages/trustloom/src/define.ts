import type { AlbTarget } from '@trustloom/alb/target';
import type { ApiGatewayTarget } from '@trustloom/api-gateway/target';
import type { CloudfrontTarget } from '@trustloom/cloudfront/target';
import type { RolesAnywhereTarget } from '@trustloom/roles-anywhere/target';

/** What has a default may be left out. */
type Loose<T, Required extends keyof T> = Partial<T> & Pick<T, Required>;

interface Common {
  /** Name of an entry of `accounts`, or twelve digits. */
  readonly account?: string;
  readonly region?: string;
  /** Groups that are trusted here. */
  readonly trust: readonly string[];
  readonly attach?: 'managed' | 'external';
  readonly anchors?: 'all' | 'issuing';
}

/** One target: exactly one kind. */
export type TargetInput = Common &
  (
    | { readonly cloudfront: Loose<CloudfrontTarget, 'distributions'> }
    | { readonly alb: Loose<AlbTarget, 'listeners'> }
    | { readonly apiGateway: Loose<ApiGatewayTarget, 'domain'> }
    | { readonly rolesAnywhere: RolesAnywhereTarget }
  );

/** A definition as TypeScript writes it: the same keys as `trustloom.yaml`. */
export interface DefinitionInput {
  readonly name: string;
  readonly record: string;
  readonly bucket?: string;
  readonly groups: Readonly<
    Record<
      string,
      {
        readonly from?: string;
        readonly crls?: readonly string[];
        readonly serverlessCa?: {
          readonly bucket: string;
          readonly project?: string;
          readonly env?: string;
          readonly prodEnvs?: readonly string[];
        };
        readonly account?: string;
        readonly leafLife?: string;
        readonly inventory?: string;
      }
    >
  >;
  readonly revocation?: { readonly grace?: string; readonly maxLag?: string };
  readonly accounts?: Readonly<
    Record<string, { readonly id: string } | { readonly assumeRole: string; readonly externalId?: string }>
  >;
  readonly targets: Readonly<Record<string, TargetInput>>;
}

/**
 * A definition with types, for editors; gives back what it is given.
 *
 * @example
 * const definition = defineTrust({
 *   name: 'acme',
 *   record: '222222222222/eu-west-1',
 *   groups: { devices: { from: './ca.pem', crls: ['./ca.crl'] } },
 *   targets: { jobs: { trust: ['devices'], rolesAnywhere: { region: 'eu-west-1' } } },
 * })
 * const trustloom = await openTrustloom(definition)
 */
export function defineTrust<const T extends DefinitionInput>(definition: T): T {
  return definition;
}
