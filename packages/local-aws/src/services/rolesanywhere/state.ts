import type { Regions } from '../../world.ts';
import { ServiceError } from '../service.ts';

/** Where a trust anchor's certificates come from. Only bundles are emulated. */
export interface Source {
  readonly sourceType: 'CERTIFICATE_BUNDLE';
  /** PEM, as sent. */
  readonly x509CertificateData: string;
}

export interface NotificationSetting {
  readonly enabled: boolean;
  readonly event: string;
  readonly threshold: number;
  readonly channel: string;
  readonly configuredBy: string;
}

interface Resource {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly enabled: boolean;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tags: ReadonlyMap<string, string>;
}

export interface TrustAnchor extends Resource {
  readonly source: Source;
  readonly notificationSettings: readonly NotificationSetting[];
}

export interface Crl extends Resource {
  /** As imported, byte for byte. */
  readonly crlData: Uint8Array;
  readonly trustAnchorArn: string;
}

export interface Profile extends Resource {
  readonly roleArns: readonly string[];
  readonly managedPolicyArns: readonly string[];
  readonly durationSeconds: number;
  readonly sessionPolicy: string | undefined;
  readonly requireInstanceProperties: boolean;
  readonly acceptRoleSessionName: boolean;
  readonly createdBy: string;
}

/** A credential that a subject was seen with. */
interface SeenCredential {
  readonly seenAt: number;
  readonly serialNumber: string;
  readonly issuer: string;
  readonly x509CertificateData: string;
  readonly failed: boolean;
}

/** Who asked for sessions, by the subject of the certificate; refused attempts count. */
export interface Subject {
  readonly id: string;
  readonly arn: string;
  readonly x509Subject: string;
  readonly enabled: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastSeenAt: number;
  readonly credentials: readonly SeenCredential[];
}

/** State of one account and region, by id. */
export interface RolesAnywhereState {
  readonly anchors: Map<string, TrustAnchor>;
  readonly crls: Map<string, Crl>;
  readonly profiles: Map<string, Profile>;
  readonly subjects: Map<string, Subject>;
}

export type RolesAnywhereRegions = Regions<RolesAnywhereState>;

export const emptyState = (): RolesAnywhereState => ({
  anchors: new Map(),
  crls: new Map(),
  profiles: new Map(),
  subjects: new Map(),
});

/** The resource with that id, or 404. */
export function found<T>(resources: ReadonlyMap<string, T>, id: string, what: string): T {
  const resource = resources.get(id);
  if (resource === undefined)
    throw new ServiceError('ResourceNotFoundException', 404, `This ${what} does not exist.`);
  return resource;
}

export const iso = (ms: number): string => new Date(ms).toISOString();
