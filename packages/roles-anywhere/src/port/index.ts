import {
  CreateTrustAnchorCommand,
  DeleteCrlCommand,
  DeleteTrustAnchorCommand,
  DisableCrlCommand,
  DisableTrustAnchorCommand,
  EnableCrlCommand,
  EnableTrustAnchorCommand,
  ImportCrlCommand,
  ListCrlsCommand,
  ListTagsForResourceCommand,
  ListTrustAnchorsCommand,
  RolesAnywhereClient,
  UpdateCrlCommand,
  UpdateTrustAnchorCommand,
} from '@aws-sdk/client-rolesanywhere';
import {
  type Code,
  defined,
  type ServiceIo,
  serviceError,
  type Tags,
  TrustloomError,
  unlessMissing,
} from '@trustloom/core/adapter';
import type { RolesAnywhereSteps } from '../model.ts';
import type { rolesAnywhereInfo } from '../service.ts';

/** The service's exceptions by name, as our codes. */
const exceptions: Readonly<Record<string, Code>> = {
  ResourceNotFoundException: 'object-missing',
  ValidationException: 'service-refused',
  TooManyTagsException: 'quota-exceeded',
};

/** An anchor as the service lists it. */
export interface ListedAnchor {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly enabled: boolean;
  /** Empty for an anchor of AWS Private CA. */
  readonly pem: string;
  readonly createdAt: number;
}

/** A CRL as the service lists it. */
export interface ListedCrl {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly anchorArn: string;
  readonly data: Uint8Array;
}

type Steps = RolesAnywhereSteps;

/**
 * The service as this adapter needs it. Of what a write answers only what is new is given: the
 * answers of enabling and disabling may still show the state from before.
 */
export interface RolesAnywherePort {
  anchors(): Promise<readonly ListedAnchor[]>;
  /** Undefined when the object is gone. */
  tags(arn: string): Promise<Readonly<Record<string, string>> | undefined>;
  crls(): Promise<readonly ListedCrl[]>;
  createAnchor(anchor: Steps['create-anchor']['input']): Promise<Steps['create-anchor']['output']>;
  updateAnchor(id: string, pem: string): Promise<unknown>;
  enableAnchor(id: string): Promise<unknown>;
  disableAnchor(id: string): Promise<unknown>;
  deleteAnchor(id: string): Promise<unknown>;
  importCrl(
    crl: Steps['import-crl']['input'] & { readonly anchorArn: string },
  ): Promise<Steps['import-crl']['output']>;
  updateCrl(id: string, pem: string): Promise<unknown>;
  enableCrl(id: string): Promise<unknown>;
  disableCrl(id: string): Promise<unknown>;
  deleteCrl(id: string): Promise<unknown>;
}

/** Opens the port for one observation or one write. Does no I/O by itself. */
export function rolesAnywherePort(io: ServiceIo): RolesAnywherePort {
  const client = io.client(RolesAnywhereClient, 'RolesAnywhere');
  const abort = { abortSignal: io.signal };
  const calls =
    (family: keyof typeof rolesAnywhereInfo.rates) =>
    async <T>(action: string, send: () => Promise<T>): Promise<T> => {
      try {
        return await io.rateLimited(family, send);
      } catch (error) {
        throw serviceError(error, `rolesanywhere:${action}`, exceptions);
      }
    };
  const [onAnchors, onCrls, onTags] = [calls('anchors'), calls('crls'), calls('tagging')];
  const bytes = (pem: string) => new TextEncoder().encode(pem);
  const tagArray = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ key, value }));
  const source = (pem: string) =>
    ({ sourceType: 'CERTIFICATE_BUNDLE', sourceData: { x509CertificateData: pem } }) as const;

  return {
    anchors: () =>
      paged(async (nextToken) => {
        const page = await onAnchors('ListTrustAnchors', () =>
          client.send(new ListTrustAnchorsCommand(defined({ nextToken })), abort),
        );
        const items = (page.trustAnchors ?? []).map(
          (anchor): ListedAnchor => ({
            id: needed(anchor.trustAnchorId, 'trustAnchorId'),
            arn: needed(anchor.trustAnchorArn, 'trustAnchorArn'),
            name: anchor.name ?? '',
            enabled: anchor.enabled ?? false,
            pem: anchor.source?.sourceData?.x509CertificateData ?? '',
            createdAt: anchor.createdAt?.getTime() ?? 0,
          }),
        );
        return { items, next: page.nextToken };
      }),
    async tags(resourceArn) {
      const found = await unlessMissing(() =>
        onTags('ListTagsForResource', () =>
          client.send(new ListTagsForResourceCommand({ resourceArn }), abort),
        ),
      );
      return (
        found && Object.fromEntries((found.tags ?? []).map(({ key, value }) => [key ?? '', value ?? '']))
      );
    },
    crls: () =>
      paged(async (nextToken) => {
        const page = await onCrls('ListCrls', () =>
          client.send(new ListCrlsCommand(defined({ nextToken })), abort),
        );
        const items = (page.crls ?? []).map(
          (crl): ListedCrl => ({
            id: needed(crl.crlId, 'crlId'),
            arn: needed(crl.crlArn, 'crlArn'),
            name: crl.name ?? '',
            enabled: crl.enabled ?? false,
            anchorArn: crl.trustAnchorArn ?? '',
            data: crl.crlData ?? new Uint8Array(),
          }),
        );
        return { items, next: page.nextToken };
      }),
    async createAnchor({ name, pem, tags }) {
      const { trustAnchor } = await onAnchors('CreateTrustAnchor', () =>
        client.send(
          new CreateTrustAnchorCommand({ name, source: source(pem), enabled: false, tags: tagArray(tags) }),
          abort,
        ),
      );
      return {
        id: needed(trustAnchor?.trustAnchorId, 'trustAnchorId'),
        arn: needed(trustAnchor?.trustAnchorArn, 'trustAnchorArn'),
      };
    },
    updateAnchor: (trustAnchorId, pem) =>
      onAnchors('UpdateTrustAnchor', () =>
        client.send(new UpdateTrustAnchorCommand({ trustAnchorId, source: source(pem) }), abort),
      ),
    enableAnchor: (trustAnchorId) =>
      onAnchors('EnableTrustAnchor', () =>
        client.send(new EnableTrustAnchorCommand({ trustAnchorId }), abort),
      ),
    disableAnchor: (trustAnchorId) =>
      onAnchors('DisableTrustAnchor', () =>
        client.send(new DisableTrustAnchorCommand({ trustAnchorId }), abort),
      ),
    deleteAnchor: (trustAnchorId) =>
      onAnchors('DeleteTrustAnchor', () =>
        client.send(new DeleteTrustAnchorCommand({ trustAnchorId }), abort),
      ),
    async importCrl({ name, anchorArn: trustAnchorArn, pem, tags }) {
      const { crl } = await onCrls('ImportCrl', () =>
        client.send(
          new ImportCrlCommand({
            name,
            trustAnchorArn,
            crlData: bytes(pem),
            enabled: true,
            tags: tagArray(tags),
          }),
          abort,
        ),
      );
      const id = needed(crl?.crlId, 'crlId');
      if (crl?.enabled !== true || crl.trustAnchorArn !== trustAnchorArn)
        throw new TrustloomError(
          'service-refused',
          `rolesanywhere: the CRL ${name} was imported (${id}), and is in force nowhere: the answer names ${crl?.enabled === true ? `the trust anchor ${crl.trustAnchorArn}, not ${trustAnchorArn}` : 'it as disabled'}`,
        );
      return { id };
    },
    updateCrl: (crlId, pem) =>
      onCrls('UpdateCrl', () => client.send(new UpdateCrlCommand({ crlId, crlData: bytes(pem) }), abort)),
    enableCrl: (crlId) => onCrls('EnableCrl', () => client.send(new EnableCrlCommand({ crlId }), abort)),
    disableCrl: (crlId) => onCrls('DisableCrl', () => client.send(new DisableCrlCommand({ crlId }), abort)),
    deleteCrl: (crlId) => onCrls('DeleteCrl', () => client.send(new DeleteCrlCommand({ crlId }), abort)),
  };
}

async function paged<T>(
  page: (
    token: string | undefined,
  ) => Promise<{ readonly items: readonly T[]; readonly next: string | undefined }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const { items, next } = await page(token);
    all.push(...items);
    token = next;
  } while (token !== undefined && token !== '');
  return all;
}

function needed<T>(value: T | undefined, field: string): T {
  if (value === undefined)
    throw new TrustloomError('service-refused', `rolesanywhere: an answer lacks ${field}`);
  return value;
}
