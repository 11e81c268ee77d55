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
import {
  type Artifact,
  type ArtifactRef,
  bundlePem,
  type Certificate,
  crlPem,
  defined,
  defineService,
  type Effect,
  outputOf,
  type Receipt,
  type ServiceInfo,
  type ServiceIo,
  type ServiceSpec,
  type Step,
  type StepIo,
  serviceError,
  sha256Hex,
  type Value,
} from '@trustloom/core/adapter';
import { crlDigest, pemDigests } from '../src/index.ts';

/**
 * The least service that keeps the laws: one listener, one trust store. Broken variants of it test
 * the suite itself.
 */
interface Target {
  readonly listener: string;
}

interface Desired {
  readonly cas: readonly string[];
  readonly bundle: ArtifactRef;
  readonly crls: readonly { readonly der: string; readonly file: ArtifactRef }[];
}

interface Observed {
  readonly store?: {
    readonly arn: string;
    readonly cas: readonly string[];
    readonly crls: readonly { readonly id: number; readonly sha256: string }[];
  };
  readonly attached: boolean;
}

/** What a step sends: the words of one API action, with references and files in their places. */
export interface Sent {
  readonly action: string;
  readonly arn?: Value<string>;
  readonly name?: string;
  readonly listener?: string;
  readonly id?: number;
  readonly file?: ArtifactRef;
}

/** The one kind of step: a request as it is. */
export interface FakeSteps {
  readonly send: { readonly input: Sent; readonly output: { readonly arn?: string } };
}

export type FakeStep = Step<FakeSteps>;
export type Spec = ServiceSpec<Target, Desired, Observed, ElasticLoadBalancingV2Client, FakeSteps>;

const source = { source: 'none', checked: '2026-11' };

const info: ServiceInfo = {
  service: 'fake',
  title: 'Fake',
  capabilities: {
    chain: 'any-anchor',
    intermediateAnchors: true,
    revocation: 'crl',
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
  residualAccess: [],
  settle: { everyMs: 1000, expectMs: 1000, limitMs: 60_000, source: 'none' },
};

const text = (body: string, kind: Artifact['kind']): Artifact => ({ sha256: sha256Hex(body), kind, body });

const step = (
  id: string,
  effect: Effect,
  action: string,
  input: Omit<Sent, 'action'>,
  after: readonly string[] = [],
): FakeStep => ({
  id,
  kind: 'send',
  effect,
  affects: [id],
  summary: id,
  reason: 'fake',
  action: `elasticloadbalancing:${action}`,
  input: { action, ...input },
  after,
  ...defined({ files: input.file === undefined ? undefined : [input.file] }),
});

const refOf = ({ sha256, kind }: Artifact): ArtifactRef => ({ sha256, kind });

/** The specification; tests change one part of it. */
export const fakeSpec: Spec = {
  info,
  key: 'fake',
  schema: () => ({
    '~standard': { version: 1, vendor: 'fake', validate: (value) => ({ value: value as Target }) },
  }),
  accountRegion: () => ({}),
  attachments: ({ listener }) => [listener],
  connect: async (io) => io.client(ElasticLoadBalancingV2Client, 'Elastic Load Balancing v2'),
  render(trust) {
    const bundle = text(bundlePem(trust.cas), 'bundle');
    const crls = trust.revocation.crls
      .map(({ crl }) => ({ der: crl.sha256, artifact: text(crlPem(crl), 'crl') }))
      .sort((a, b) => (a.der < b.der ? -1 : 1));
    const anchors: readonly Certificate[] = [...trust.cas].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
    const desired: Desired = {
      cas: anchors.map((ca) => ca.sha256),
      bundle: refOf(bundle),
      crls: crls.map(({ der, artifact }) => ({ der, file: refOf(artifact) })),
    };
    return { desired, anchors, artifacts: [bundle, ...crls.map(({ artifact }) => artifact)], findings: [] };
  },
  observe,
  plan: (desired, observed, target, context) => ({
    steps:
      desired === undefined
        ? leave(observed, target)
        : steps(desired, observed, target, `${context.definition}-${context.name}`),
    findings: [],
  }),
  perform: { send },
};

export const fake = defineService(fakeSpec);

async function send(
  sent: Sent,
  client: ElasticLoadBalancingV2Client,
  io: StepIo,
): Promise<Receipt<{ readonly arn?: string }>> {
  const command = commands[sent.action];
  if (command === undefined) throw new TypeError(`unknown action ${sent.action}`);
  const input: Said = {
    ...defined({ name: sent.name, listener: sent.listener, id: sent.id }),
    ...defined({
      arn: sent.arn === undefined ? undefined : io.value(sent.arn),
      file: sent.file === undefined ? undefined : io.uploaded(sent.file),
    }),
  };
  try {
    return { output: await command(client, input), settles: true };
  } catch (error) {
    throw serviceError(error, `elasticloadbalancing:${sent.action}`);
  }
}

function steps(desired: Desired, { store, attached }: Observed, target: Target, name: string): FakeStep[] {
  const all: FakeStep[] = [];
  const file = desired.bundle;
  const create = step('create', 'tag', 'CreateTrustStore', { name, file });
  const storeRef: Value<string> = store?.arn ?? createdArn(create);
  if (store === undefined) all.push(create);
  else if (store.cas.join() !== desired.cas.join()) {
    const grows = store.cas.every((ca) => desired.cas.includes(ca));
    all.push(step('bundle', grows ? 'grant' : 'remove', 'ModifyTrustStore', { arn: store.arn, file }));
  }
  const before = all.map(({ id }) => id);
  const held = store?.crls ?? [];
  const wanted = desired.crls;
  const added = wanted.filter(({ der }) => !held.some((one) => one.sha256 === der));
  for (const { der, file } of added)
    all.push(step(`add:${der}`, 'revoke', 'AddTrustStoreRevocations', { arn: storeRef, file }, before));
  const adds = added.map(({ der }) => `add:${der}`);
  for (const { id, sha256 } of held.filter((one) => !wanted.some(({ der }) => der === one.sha256)))
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

/** Only `create` gives an ARN, and it always does. */
function createdArn(create: FakeStep): Value<string> {
  const { outputOf: id, field } = outputOf(create, 'arn');
  return { outputOf: id, field };
}

function leave({ store, attached }: Observed, target: Target): FakeStep[] {
  if (store === undefined) return [];
  const off = attached ? [step('detach', 'relax', 'ModifyListener', { listener: target.listener })] : [];
  return [
    ...off,
    step(
      'delete',
      'cleanup',
      'DeleteTrustStore',
      { arn: store.arn },
      off.map(({ id }) => id),
    ),
  ];
}

/** What a command is sent with, once references and files are known. */
interface Said {
  readonly arn?: string;
  readonly name?: string;
  readonly listener?: string;
  readonly id?: number;
  readonly file?: { readonly bucket: string; readonly key: string; readonly version: string };
}

const commands: Readonly<
  Record<string, (client: ElasticLoadBalancingV2Client, input: Said) => Promise<{ readonly arn?: string }>>
> = {
  async CreateTrustStore(client, { name, file: s3 }) {
    const answer = await client.send(
      new CreateTrustStoreCommand({
        Name: name,
        CaCertificatesBundleS3Bucket: s3?.bucket,
        CaCertificatesBundleS3Key: s3?.key,
        CaCertificatesBundleS3ObjectVersion: s3?.version,
        Tags: [{ Key: 'fake', Value: 'ours' }],
      }),
    );
    return { arn: answer.TrustStores?.[0]?.TrustStoreArn ?? '' };
  },
  async ModifyTrustStore(client, { arn, file: s3 }) {
    await client.send(
      new ModifyTrustStoreCommand({
        TrustStoreArn: arn,
        CaCertificatesBundleS3Bucket: s3?.bucket,
        CaCertificatesBundleS3Key: s3?.key,
        CaCertificatesBundleS3ObjectVersion: s3?.version,
      }),
    );
    return {};
  },
  async AddTrustStoreRevocations(client, { arn, file: s3 }) {
    const content = { S3Bucket: s3?.bucket, S3Key: s3?.key, S3ObjectVersion: s3?.version };
    await client.send(
      new AddTrustStoreRevocationsCommand({ TrustStoreArn: arn, RevocationContents: [content] }),
    );
    return {};
  },
  async RemoveTrustStoreRevocations(client, { arn, id }) {
    await client.send(
      new RemoveTrustStoreRevocationsCommand({ TrustStoreArn: arn, RevocationIds: [id ?? 0] }),
    );
    return {};
  },
  async ModifyListener(client, { listener, arn }) {
    await client.send(
      new ModifyListenerCommand({
        ListenerArn: listener,
        MutualAuthentication: arn === undefined ? { Mode: 'off' } : { Mode: 'verify', TrustStoreArn: arn },
      }),
    );
    return {};
  },
  async DeleteTrustStore(client, { arn }) {
    await client.send(new DeleteTrustStoreCommand({ TrustStoreArn: arn }));
    return {};
  },
};

async function observe(target: Target, client: ElasticLoadBalancingV2Client, io: ServiceIo) {
  try {
    const listeners = await client.send(new DescribeListenersCommand({ ListenerArns: [target.listener] }));
    const attachedTo = listeners.Listeners?.[0]?.MutualAuthentication?.TrustStoreArn;
    const found = await storeOf(client, `${io.context.definition}-${io.context.name}`);
    const pending = [
      ...(found?.status === 'CREATING' ? ['trust store is CREATING'] : []),
      ...(found !== undefined && attachedTo !== found.arn && (await isUsed(client, found.arn))
        ? ['the listener is detaching']
        : []),
    ];
    const store = found === undefined || pending.length > 0 ? undefined : await contentOf(client, found.arn);
    const state: Observed = {
      ...(store === undefined ? {} : { store }),
      attached: store !== undefined && attachedTo === store.arn,
    };
    const content = {
      exists: found !== undefined,
      cas: 'unknown' as const,
      crls: [],
      attachments: [],
      bypasses: [],
      endpoints: [],
      findings: [],
    };
    return { state, pending, content };
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
  const owned = tags.TagDescriptions?.[0]?.Tags?.some(({ Key }) => Key === 'fake');
  return owned ? { arn: store.TrustStoreArn, status: store.Status } : undefined;
}

async function isUsed(client: ElasticLoadBalancingV2Client, arn: string): Promise<boolean> {
  const used = await client.send(new DescribeTrustStoreAssociationsCommand({ TrustStoreArn: arn }));
  return (used.TrustStoreAssociations ?? []).length > 0;
}

async function contentOf(client: ElasticLoadBalancingV2Client, arn: string) {
  const at = { TrustStoreArn: arn };
  const bundle = await client.send(new GetTrustStoreCaCertificatesBundleCommand(at));
  const found = await client.send(new DescribeTrustStoreRevocationsCommand(at));
  const crls: { id: number; sha256: string }[] = [];
  for (const { RevocationId: id = 0 } of found.TrustStoreRevocations ?? []) {
    const content = await client.send(new GetTrustStoreRevocationContentCommand({ ...at, RevocationId: id }));
    crls.push({ id, sha256: crlDigest(await download(content.Location)) });
  }
  return { arn, cas: pemDigests(await download(bundle.Location)), crls };
}

async function download(url: string | undefined): Promise<Uint8Array> {
  const response = await fetch(url ?? '');
  return new Uint8Array(await response.arrayBuffer());
}
