import {
  AddTrustStoreRevocationsCommand,
  CreateTrustStoreCommand,
  DeleteTrustStoreCommand,
  DescribeListenersCommand,
  DescribeTagsCommand,
  DescribeTrustStoreAssociationsCommand,
  DescribeTrustStoreRevocationsCommand,
  DescribeTrustStoresCommand,
  ElasticLoadBalancingV2Client,
  GetTrustStoreCaCertificatesBundleCommand,
  GetTrustStoreRevocationContentCommand,
  ModifyListenerCommand,
  ModifyTrustStoreCommand,
  RemoveTrustStoreRevocationsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Aws } from '@trustloom/aws';
import {
  type Adapter,
  type AdapterSpec,
  type Artifact,
  bundlePem,
  type Certificate,
  crlPem,
  defineAdapter,
  type Effect,
  type Facts,
  type Io,
  type JsonObject,
  type Step,
  serviceError,
  sha256Hex,
} from '@trustloom/core';
import { listDigest, pemDigests } from '../src/index.ts';

/** The least adapter that keeps the laws: one listener, one trust store. Broken variants of it test the suite itself. */
interface Target {
  readonly listener: string;
}

interface Desired {
  readonly cas: readonly string[];
  readonly bundle: string;
  readonly lists: readonly string[];
}

interface Observed {
  readonly store?: {
    readonly arn: string;
    readonly cas: readonly string[];
    readonly lists: readonly { readonly id: number; readonly sha256: string }[];
  };
  readonly attached: boolean;
}

export type Spec = AdapterSpec<Target, Desired, Observed, JsonObject>;

const source = { source: 'none', checked: '2026-11' };

const facts: Facts = {
  service: 'toy',
  title: 'Toy',
  capabilities: {
    chain: 'any-anchor',
    intermediateAnchors: true,
    revocation: 'list',
    emptyCrl: true,
    crlIssuerInStore: true,
    bundleReadable: true,
    modes: ['verify', 'off'],
  },
  verdicts: {},
  limits: { certificates: { max: 25, unit: 'certificates', adjustable: true, ...source } },
  rates: {},
  permissions: {
    observe: [
      'elasticloadbalancing:DescribeListeners',
      'elasticloadbalancing:DescribeTags',
      'elasticloadbalancing:DescribeTrustStoreAssociations',
      'elasticloadbalancing:DescribeTrustStoreRevocations',
      'elasticloadbalancing:DescribeTrustStores',
      'elasticloadbalancing:GetTrustStoreCaCertificatesBundle',
      'elasticloadbalancing:GetTrustStoreRevocationContent',
    ],
    refresh: [
      'elasticloadbalancing:AddTrustStoreRevocations',
      'elasticloadbalancing:RemoveTrustStoreRevocations',
    ],
    apply: [
      'elasticloadbalancing:CreateTrustStore',
      'elasticloadbalancing:DeleteTrustStore',
      'elasticloadbalancing:ModifyListener',
      'elasticloadbalancing:ModifyTrustStore',
    ],
  },
  outlives: [],
  settle: { everyMs: 1000, expectMs: 1000, limitMs: 60_000, source: 'none' },
};

const text = (body: string, kind: Artifact['kind']): Artifact => ({ sha256: sha256Hex(body), kind, body });

const step = (
  id: string,
  effect: Effect,
  action: string,
  input: JsonObject,
  after: readonly string[] = [],
): Step<JsonObject> => ({
  id,
  effect,
  things: [id],
  mends: id,
  action: `elasticloadbalancing:${action}`,
  input: { action, ...input },
  after,
});

/** Makes the specification; tests change one part of it. */
export function toySpec(aws: Aws): Spec {
  return {
    facts,
    key: 'toy',
    target: {
      '~standard': { version: 1, vendor: 'toy', validate: (value) => ({ value: value as Target }) },
    },
    place: () => ({}),
    render(trust) {
      const bundle = text(bundlePem(trust.cas), 'bundle');
      const crls = trust.revocation.lists
        .map(({ crl }) => ({ der: crl.sha256, artifact: text(crlPem(crl), 'crl') }))
        .sort((a, b) => (a.der < b.der ? -1 : 1));
      const anchors: readonly Certificate[] = [...trust.cas].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
      const desired: Desired = {
        cas: anchors.map((ca) => ca.sha256),
        bundle: bundle.sha256,
        lists: crls.map(({ der, artifact }) => `${der} ${artifact.sha256}`),
      };
      return { desired, anchors, artifacts: [bundle, ...crls.map(({ artifact }) => artifact)], findings: [] };
    },
    observe: (target, io) => observe(aws, target, io),
    plan: (desired, observed, target, context) => ({
      steps:
        desired === undefined
          ? leave(observed, target)
          : steps(desired, observed, target, `${context.definition}-${context.name}`),
      findings: [],
    }),
    async perform({ input }, _target, io) {
      const client = clientOf(aws, io);
      const { action, ...rest } = input;
      const send = commands[String(action)];
      if (send === undefined) throw new TypeError(`unknown action ${String(action)}`);
      try {
        return { result: await send(client, rest), settles: true };
      } catch (error) {
        throw serviceError(error, `elasticloadbalancing:${String(action)}`);
      }
    },
  };
}

export const toy = (aws: Aws): Adapter => defineAdapter(toySpec(aws));

function steps(
  desired: Desired,
  { store, attached }: Observed,
  target: Target,
  name: string,
): Step<JsonObject>[] {
  const all: Step<JsonObject>[] = [];
  const bundle = { $artifact: desired.bundle };
  const storeRef = store === undefined ? { $ref: 'create', get: 'arn' } : store.arn;
  if (store === undefined) all.push(step('create', 'label', 'CreateTrustStore', { name, bundle }));
  else if (store.cas.join() !== desired.cas.join()) {
    const grows = store.cas.every((ca) => desired.cas.includes(ca));
    all.push(step('bundle', grows ? 'grant' : 'remove', 'ModifyTrustStore', { arn: store.arn, bundle }));
  }
  const before = all.map(({ id }) => id);
  const held = store?.lists ?? [];
  const wanted = desired.lists.map((one) => one.split(' '));
  const added = wanted.filter(([der]) => !held.some((one) => one.sha256 === der));
  for (const [der = '', artifact = ''] of added)
    all.push(
      step(
        `add:${der}`,
        'revoke',
        'AddTrustStoreRevocations',
        { arn: storeRef, list: { $artifact: artifact } },
        before,
      ),
    );
  const adds = added.map(([der = '']) => `add:${der}`);
  for (const { id, sha256 } of held.filter((one) => !wanted.some(([der]) => der === one.sha256)))
    all.push(
      step(`drop:${sha256}`, 'readmit', 'RemoveTrustStoreRevocations', { arn: storeRef, id }, [
        ...before,
        ...adds,
      ]),
    );
  if (!attached)
    all.push(
      step('attach', 'enforce', 'ModifyListener', { listener: target.listener, arn: storeRef }, [
        ...before,
        ...adds,
      ]),
    );
  return all;
}

function leave({ store, attached }: Observed, target: Target): Step<JsonObject>[] {
  if (store === undefined) return [];
  const off = attached ? [step('detach', 'open', 'ModifyListener', { listener: target.listener })] : [];
  return [
    ...off,
    step(
      'delete',
      'clean',
      'DeleteTrustStore',
      { arn: store.arn },
      off.map(({ id }) => id),
    ),
  ];
}

const clientOf = (aws: Aws, io: Io) =>
  aws.client(ElasticLoadBalancingV2Client, 'Elastic Load Balancing v2', io.context.place);

const where = (value: unknown) => value as { bucket: string; key: string; version: string };
const word = (value: unknown) => String(value);

const commands: Readonly<
  Record<string, (client: ElasticLoadBalancingV2Client, input: JsonObject) => Promise<JsonObject>>
> = {
  async CreateTrustStore(client, { name, bundle }) {
    const s3 = where(bundle);
    const answer = await client.send(
      new CreateTrustStoreCommand({
        Name: word(name),
        CaCertificatesBundleS3Bucket: s3.bucket,
        CaCertificatesBundleS3Key: s3.key,
        CaCertificatesBundleS3ObjectVersion: s3.version,
        Tags: [{ Key: 'toy', Value: 'ours' }],
      }),
    );
    return { arn: answer.TrustStores?.[0]?.TrustStoreArn ?? '' };
  },
  async ModifyTrustStore(client, { arn, bundle }) {
    const s3 = where(bundle);
    await client.send(
      new ModifyTrustStoreCommand({
        TrustStoreArn: word(arn),
        CaCertificatesBundleS3Bucket: s3.bucket,
        CaCertificatesBundleS3Key: s3.key,
        CaCertificatesBundleS3ObjectVersion: s3.version,
      }),
    );
    return {};
  },
  async AddTrustStoreRevocations(client, { arn, list }) {
    const s3 = where(list);
    const content = { S3Bucket: s3.bucket, S3Key: s3.key, S3ObjectVersion: s3.version };
    await client.send(
      new AddTrustStoreRevocationsCommand({ TrustStoreArn: word(arn), RevocationContents: [content] }),
    );
    return {};
  },
  async RemoveTrustStoreRevocations(client, { arn, id }) {
    await client.send(
      new RemoveTrustStoreRevocationsCommand({ TrustStoreArn: word(arn), RevocationIds: [Number(id)] }),
    );
    return {};
  },
  async ModifyListener(client, { listener, arn }) {
    await client.send(
      new ModifyListenerCommand({
        ListenerArn: word(listener),
        MutualAuthentication:
          arn === undefined ? { Mode: 'off' } : { Mode: 'verify', TrustStoreArn: word(arn) },
      }),
    );
    return {};
  },
  async DeleteTrustStore(client, { arn }) {
    await client.send(new DeleteTrustStoreCommand({ TrustStoreArn: word(arn) }));
    return {};
  },
};

async function observe(aws: Aws, target: Target, io: Io) {
  const client = clientOf(aws, io);
  try {
    const listeners = await client.send(new DescribeListenersCommand({ ListenerArns: [target.listener] }));
    const attachedTo = listeners.Listeners?.[0]?.MutualAuthentication?.TrustStoreArn;
    const found = await storeOf(client, `${io.context.definition}-${io.context.name}`);
    const pending = [
      ...(found?.status === 'CREATING' ? ['trust store is CREATING'] : []),
      ...(found !== undefined && attachedTo !== found.arn && (await isUsed(client, found.arn))
        ? ['the listener is letting go']
        : []),
    ];
    const store = found === undefined || pending.length > 0 ? undefined : await contentOf(client, found.arn);
    const state: Observed = {
      ...(store === undefined ? {} : { store }),
      attached: store !== undefined && attachedTo === store.arn,
    };
    const holds = {
      exists: found !== undefined,
      cas: 'unknown' as const,
      crls: [],
      attachments: [],
      doors: [],
      endpoints: [],
      findings: [],
    };
    return { state, pending, holds };
  } catch (error) {
    throw serviceError(error, 'elasticloadbalancing:Describe');
  }
}

async function storeOf(client: ElasticLoadBalancingV2Client, name: string) {
  const stores = await client
    .send(new DescribeTrustStoresCommand({ Names: [name] }))
    .catch((error: unknown) => {
      if (error instanceof Error && error.name.startsWith('TrustStoreNotFound')) return undefined;
      throw error;
    });
  const store = stores?.TrustStores?.[0];
  if (store?.TrustStoreArn === undefined) return undefined;
  const tags = await client.send(new DescribeTagsCommand({ ResourceArns: [store.TrustStoreArn] }));
  const ours = tags.TagDescriptions?.[0]?.Tags?.some(({ Key }) => Key === 'toy');
  return ours ? { arn: store.TrustStoreArn, status: store.Status } : undefined;
}

async function isUsed(client: ElasticLoadBalancingV2Client, arn: string): Promise<boolean> {
  const used = await client.send(new DescribeTrustStoreAssociationsCommand({ TrustStoreArn: arn }));
  return (used.TrustStoreAssociations ?? []).length > 0;
}

async function contentOf(client: ElasticLoadBalancingV2Client, arn: string) {
  const at = { TrustStoreArn: arn };
  const bundle = await client.send(new GetTrustStoreCaCertificatesBundleCommand(at));
  const found = await client.send(new DescribeTrustStoreRevocationsCommand(at));
  const lists: { id: number; sha256: string }[] = [];
  for (const { RevocationId: id = 0 } of found.TrustStoreRevocations ?? []) {
    const content = await client.send(new GetTrustStoreRevocationContentCommand({ ...at, RevocationId: id }));
    lists.push({ id, sha256: listDigest(await download(content.Location)) });
  }
  return { arn, cas: pemDigests(await download(bundle.Location)), lists };
}

async function download(url: string | undefined): Promise<Uint8Array> {
  const response = await fetch(url ?? '');
  return new Uint8Array(await response.arrayBuffer());
}
