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
  type RolesAnywhereClient,
  UpdateCrlCommand,
  UpdateTrustAnchorCommand,
} from '@aws-sdk/client-rolesanywhere';
import {
  type Code,
  type Io,
  isTrustloomError,
  type Place,
  serviceError,
  TrustloomError,
} from '@trustloom/core';
import type { rolesAnywhereFacts } from './facts.ts';

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

/** A list as the service lists it. */
export interface ListedCrl {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly anchorArn: string;
  readonly data: Uint8Array;
}

/** Our own narrow view of the service; everything above it knows no SDK. */
export interface RolesAnywherePort {
  anchors(): Promise<readonly ListedAnchor[]>;
  /** Undefined when the object is gone. */
  tags(arn: string): Promise<Readonly<Record<string, string>> | undefined>;
  crls(): Promise<readonly ListedCrl[]>;
  /** Created disabled: it lets nobody in. */
  createAnchor(
    name: string,
    pem: string,
    tags: Readonly<Record<string, string>>,
  ): Promise<{ readonly id: string; readonly arn: string }>;
  updateAnchor(id: string, pem: string): Promise<void>;
  enableAnchor(id: string): Promise<void>;
  disableAnchor(id: string): Promise<void>;
  deleteAnchor(id: string): Promise<void>;
  /** Imported enabled: a list that is not acts as if it were not there. */
  importCrl(
    name: string,
    anchorArn: string,
    pem: string,
    tags: Readonly<Record<string, string>>,
  ): Promise<string>;
  updateCrl(id: string, pem: string): Promise<void>;
  enableCrl(id: string): Promise<void>;
  disableCrl(id: string): Promise<void>;
  deleteCrl(id: string): Promise<void>;
}

/** Opens the port for one observation or one write. Does no I/O by itself. */
export function rolesAnywherePort(
  clientOf: (place: Place) => RolesAnywhereClient,
  io: Io,
): RolesAnywherePort {
  const client = clientOf(io.context.place);
  const abort = { abortSignal: io.signal };
  const call = async <T>(
    family: keyof typeof rolesAnywhereFacts.rates,
    action: string,
    send: () => Promise<T>,
  ): Promise<T> => {
    try {
      return await io.paced(family, send);
    } catch (error) {
      throw serviceError(error, `rolesanywhere:${action}`, exceptions);
    }
  };
  const bytes = (pem: string) => new TextEncoder().encode(pem);
  const tagList = (tags: Readonly<Record<string, string>>) =>
    Object.entries(tags).map(([key, value]) => ({ key, value }));
  const source = (pem: string) =>
    ({ sourceType: 'CERTIFICATE_BUNDLE', sourceData: { x509CertificateData: pem } }) as const;

  return {
    anchors: () =>
      paged(async (nextToken) => {
        const page = await call('anchors', 'ListTrustAnchors', () =>
          client.send(new ListTrustAnchorsCommand(nextToken === undefined ? {} : { nextToken }), abort),
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
      const answer = await call('tagging', 'ListTagsForResource', () =>
        client.send(new ListTagsForResourceCommand({ resourceArn }), abort),
      ).catch((error: unknown) => {
        if (isTrustloomError(error) && error.code === 'object-missing') return undefined;
        throw error;
      });
      return answer === undefined ? undefined : tagRecord(answer.tags);
    },
    crls: () =>
      paged(async (nextToken) => {
        const page = await call('lists', 'ListCrls', () =>
          client.send(new ListCrlsCommand(nextToken === undefined ? {} : { nextToken }), abort),
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
    async createAnchor(name, pem, tags) {
      const { trustAnchor } = await call('anchors', 'CreateTrustAnchor', () =>
        client.send(
          new CreateTrustAnchorCommand({ name, source: source(pem), enabled: false, tags: tagList(tags) }),
          abort,
        ),
      );
      return {
        id: needed(trustAnchor?.trustAnchorId, 'trustAnchorId'),
        arn: needed(trustAnchor?.trustAnchorArn, 'trustAnchorArn'),
      };
    },
    async updateAnchor(trustAnchorId, pem) {
      await call('anchors', 'UpdateTrustAnchor', () =>
        client.send(new UpdateTrustAnchorCommand({ trustAnchorId, source: source(pem) }), abort),
      );
    },
    async enableAnchor(trustAnchorId) {
      await call('anchors', 'EnableTrustAnchor', () =>
        client.send(new EnableTrustAnchorCommand({ trustAnchorId }), abort),
      );
    },
    async disableAnchor(trustAnchorId) {
      await call('anchors', 'DisableTrustAnchor', () =>
        client.send(new DisableTrustAnchorCommand({ trustAnchorId }), abort),
      );
    },
    async deleteAnchor(trustAnchorId) {
      await call('anchors', 'DeleteTrustAnchor', () =>
        client.send(new DeleteTrustAnchorCommand({ trustAnchorId }), abort),
      );
    },
    async importCrl(name, trustAnchorArn, pem, tags) {
      const { crl } = await call('lists', 'ImportCrl', () =>
        client.send(
          new ImportCrlCommand({
            name,
            trustAnchorArn,
            crlData: bytes(pem),
            enabled: true,
            tags: tagList(tags),
          }),
          abort,
        ),
      );
      return needed(crl?.crlId, 'crlId');
    },
    async updateCrl(crlId, pem) {
      await call('lists', 'UpdateCrl', () =>
        client.send(new UpdateCrlCommand({ crlId, crlData: bytes(pem) }), abort),
      );
    },
    async enableCrl(crlId) {
      await call('lists', 'EnableCrl', () => client.send(new EnableCrlCommand({ crlId }), abort));
    },
    async disableCrl(crlId) {
      await call('lists', 'DisableCrl', () => client.send(new DisableCrlCommand({ crlId }), abort));
    },
    async deleteCrl(crlId) {
      await call('lists', 'DeleteCrl', () => client.send(new DeleteCrlCommand({ crlId }), abort));
    },
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

function tagRecord(
  tags: readonly { readonly key?: string | undefined; readonly value?: string | undefined }[] = [],
): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ key, value }) => [key ?? '', value ?? '']));
}

function needed<T>(value: T | undefined, field: string): T {
  if (value === undefined)
    throw new TrustloomError('service-refused', `rolesanywhere: an answer lacks ${field}`);
  return value;
}
