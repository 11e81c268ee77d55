import {
  APIGatewayClient,
  CreateDomainNameCommand,
  type CreateDomainNameCommandInput,
  DeleteDomainNameCommand,
  GetDomainNameCommand,
  GetDomainNamesCommand,
  GetTagsCommand,
  type PatchOperation,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDomainNameCommand,
} from '@aws-sdk/client-api-gateway';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../src/index.ts';
import { bad, certificateIn, conflict, missing, notEmulated } from './support/apigateway.ts';
import { makeBucket, makeVersionedBucket } from './support/buckets.ts';
import { nodeCaller } from './support/clients.ts';
import { edgeWhere } from './support/edges.ts';
import { type Authority, DAY, makeCa, makeLeaf } from './support/pki.ts';
import { awsHas, run } from './support/tools.ts';

const REGION = 'eu-west-1';
const NAME = 'api.example.com';
const ARN = `arn:aws:apigateway:${REGION}::/domainnames/${NAME}`;
const URI = 's3://trust/bundle.pem';

let aws: LocalAws;
let client: APIGatewayClient;
let s3: S3Client;

beforeAll(async () => {
  aws = await startLocalAws({ settle: 'manual' });
  client = new APIGatewayClient({ ...aws.clientConfig('apigateway', { region: REGION }), maxAttempts: 1 });
  s3 = new S3Client(aws.clientConfig('s3', { region: REGION }));
});
beforeEach(async () => {
  await aws.reset();
  await makeVersionedBucket(s3, 'trust');
});
afterAll(async () => {
  client.destroy();
  s3.destroy();
  await aws.close();
});

const root = makeCa('CN=Root');
const issuing = makeCa('CN=Issuing', { issuer: root });
const other = makeCa('CN=Other');
const leaf = makeLeaf(issuing);
const pem = (...cas: readonly Authority[]) => cas.map((one) => one.pem).join('');

const put = async (Body: string, Key = 'bundle.pem') =>
  (await s3.send(new PutObjectCommand({ Bucket: 'trust', Key, Body }))).VersionId ?? '';
const create = (more: Partial<CreateDomainNameCommandInput> = {}) =>
  client.send(
    new CreateDomainNameCommand({
      domainName: NAME,
      regionalCertificateArn: certificateIn(REGION),
      endpointConfiguration: { types: ['REGIONAL'] },
      securityPolicy: 'TLS_1_2',
      ...more,
    }),
  );
const get = () => client.send(new GetDomainNameCommand({ domainName: NAME }));
const patch = (...patchOperations: PatchOperation[]) =>
  client.send(new UpdateDomainNameCommand({ domainName: NAME, patchOperations }));
const MTLS = '/mutualTlsAuthentication';
const setUri = (value: string): PatchOperation => ({ op: 'replace', path: `${MTLS}/truststoreUri`, value });
const setVersion = (value: string): PatchOperation => ({
  op: 'replace',
  path: `${MTLS}/truststoreVersion`,
  value,
});
const edgeOf = (arn: string) => edgeWhere(aws, ({ resource }) => resource === arn);
const status = async (client: { leaf?: Authority } = {}) =>
  (await nodeCaller(edgeOf(ARN), client, '1.3')).status;

describe('a domain without mutual TLS', () => {
  test('is available at once, admits everyone, and can be deleted', async () => {
    const made = await create({ tags: { a: '1' } });
    expect(made).toMatchObject({
      domainName: NAME,
      domainNameArn: ARN,
      domainNameStatus: 'AVAILABLE',
      securityPolicy: 'TLS_1_2',
      endpointConfiguration: { types: ['REGIONAL'] },
      tags: { a: '1' },
      $metadata: { httpStatusCode: 201 },
    });
    expect(made.mutualTlsAuthentication).toBeUndefined();
    expect(await status()).toBe(200);
    const gone = await client.send(new DeleteDomainNameCommand({ domainName: NAME }));
    expect(gone.$metadata.httpStatusCode).toBe(202);
    expect(aws.edges()).toEqual([]);
    await expect(get()).rejects.toMatchObject(missing);
  });

  test('names are unique in a region across accounts; lists come in pages', async () => {
    await create();
    await expect(create()).rejects.toMatchObject(conflict);
    const second = new APIGatewayClient({
      ...aws.clientConfig('apigateway', { region: REGION, account: '222222222222' }),
      maxAttempts: 1,
    });
    const config = {
      domainName: NAME,
      regionalCertificateArn: certificateIn(REGION),
      endpointConfiguration: { types: ['REGIONAL' as const] },
    };
    await expect(second.send(new CreateDomainNameCommand(config))).rejects.toMatchObject(conflict);
    expect((await second.send(new GetDomainNamesCommand({}))).items).toEqual([]);
    second.destroy();
    await create({ domainName: 'two.example.com' });
    const first = await client.send(new GetDomainNamesCommand({ limit: 1 }));
    expect(first.items?.map((one) => one.domainName)).toEqual([NAME]);
    const rest = await client.send(new GetDomainNamesCommand({ limit: 1, position: first.position }));
    expect(rest.items?.map((one) => one.domainName)).toEqual(['two.example.com']);
    expect(rest.position).toBeUndefined();
  });

  test('wants a certificate ARN and a good name', async () => {
    await expect(create({ regionalCertificateArn: 'x' })).rejects.toMatchObject(bad);
    await expect(create({ domainName: 'not a name' })).rejects.toMatchObject(bad);
    await expect(create({ policy: '{}' })).rejects.toMatchObject(notEmulated);
  });

  test('tags', async () => {
    await create();
    await client.send(new TagResourceCommand({ resourceArn: ARN, tags: { a: '1', b: '2' } }));
    await client.send(new UntagResourceCommand({ resourceArn: ARN, tagKeys: ['a'] }));
    expect((await client.send(new GetTagsCommand({ resourceArn: ARN }))).tags).toEqual({ b: '2' });
    await expect(
      client.send(new TagResourceCommand({ resourceArn: ARN, tags: { 'aws:x': '' } })),
    ).rejects.toMatchObject(bad);
    await expect(client.send(new GetTagsCommand({ resourceArn: `${ARN}x` }))).rejects.toMatchObject(missing);
  });
});

describe('mutual TLS', () => {
  test('on at creation: UPDATING until it has settled, then enforced', async () => {
    const version = await put(pem(root, issuing));
    const made = await create({
      mutualTlsAuthentication: { truststoreUri: URI, truststoreVersion: version },
    });
    expect(made.mutualTlsAuthentication).toEqual({ truststoreUri: URI, truststoreVersion: version });
    expect(made.domainNameStatus).toBe('UPDATING');
    expect(await status()).toBe(200);
    aws.settle();
    expect((await get()).domainNameStatus).toBe('AVAILABLE');
    expect(await status()).toBe(0);
    expect(await status({ leaf })).toBe(200);
    expect(await status({ leaf: makeLeaf(other) })).toBe(403);
    expect(aws.connections().at(-1)?.reason).toBe(
      'Access denied. Reason: Could not find issuer for certificate',
    );
  });

  test('an update is refused while UPDATING; the old store stays in force until it has settled', async () => {
    await put(pem(root, issuing));
    await create({ mutualTlsAuthentication: { truststoreUri: URI } });
    await expect(patch(setUri(''))).rejects.toMatchObject(conflict);
    aws.settle();
    const version = await put(pem(other));
    expect((await patch(setVersion(version))).domainNameStatus).toBe('UPDATING');
    expect(await status({ leaf })).toBe(200);
    aws.settle();
    expect(await status({ leaf })).toBe(403);
    expect(await status({ leaf: makeLeaf(other) })).toBe(200);
  });

  test('the same URI without a version re-reads nothing; another URI, or a version, does', async () => {
    await put(pem(root, issuing));
    await create({ mutualTlsAuthentication: { truststoreUri: URI } });
    aws.settle();
    const version = await put(pem(other));
    expect((await patch(setUri(URI))).domainNameStatus).toBe('AVAILABLE');
    expect(await status({ leaf })).toBe(200);
    await put(pem(other), 'copy.pem');
    await patch(setUri('s3://trust/copy.pem'));
    aws.settle();
    expect(await status({ leaf })).toBe(403);
    const back = await patch(setUri(URI), { op: 'add', path: `${MTLS}/truststoreVersion`, value: version });
    expect(back.mutualTlsAuthentication).toEqual({ truststoreUri: URI, truststoreVersion: version });
  });

  test.each<[string, PatchOperation]>([
    ['an empty URI', setUri('')],
    ['removing the URI', { op: 'remove', path: `${MTLS}/truststoreUri` }],
  ])('%s switches it off', async (_, operation) => {
    await put(pem(root, issuing));
    await create({ mutualTlsAuthentication: { truststoreUri: URI } });
    aws.settle();
    expect(await status()).toBe(0);
    expect((await patch(operation)).mutualTlsAuthentication).toBeUndefined();
    aws.settle();
    expect(await status()).toBe(200);
  });

  test('what cannot be read fails the call and changes nothing', async () => {
    await put(pem(root, issuing));
    await put('hello', 'empty.pem');
    await put(`# ${'x'.repeat(1_048_577)}\n${pem(root)}`, 'big.pem');
    await create();
    const elsewhere = new S3Client(aws.clientConfig('s3', { region: 'us-east-1' }));
    await makeBucket(elsewhere, 'far', { 'bundle.pem': pem(root) });
    elsewhere.destroy();
    for (const uri of [
      's3://trust/none.pem',
      's3://none/x',
      's3://trust/empty.pem',
      's3://trust/big.pem',
      's3://far/bundle.pem',
      'https://x/y',
    ])
      await expect(patch(setUri(uri)), uri).rejects.toMatchObject(bad);
    await expect(patch(setUri(URI), setVersion('nothing'))).rejects.toMatchObject(bad);
    await expect(patch(setVersion('nothing'))).rejects.toMatchObject(bad);
    expect((await get()).mutualTlsAuthentication).toBeUndefined();
  });

  test('the object is read with the permission of the caller', async () => {
    const owner = new S3Client(aws.clientConfig('s3', { region: REGION, account: '222222222222' }));
    await makeVersionedBucket(owner, 'foreign');
    await owner.send(new PutObjectCommand({ Bucket: 'foreign', Key: 'bundle.pem', Body: pem(root) }));
    owner.destroy();
    await create();
    await expect(patch(setUri('s3://foreign/bundle.pem'))).rejects.toMatchObject({
      ...bad,
      message: expect.stringContaining('access denied'),
    });
  });

  test('1,000 certificates pass, 1,001 do not', async () => {
    const small = other.pem;
    await put(small.repeat(1000));
    await put(small.repeat(1001), 'more.pem');
    await create();
    await expect(patch(setUri('s3://trust/more.pem'))).rejects.toMatchObject(bad);
    expect((await patch(setUri(URI))).domainNameStatus).toBe('UPDATING');
  });

  test('bad certificates are warned about and take no part', async () => {
    const expired = makeCa('CN=Gone', { notBefore: new Date(0), notAfter: new Date(DAY) });
    const weak = makeCa('CN=Weak', { form: 'sha1' });
    const curve = makeCa('CN=Curve', { type: 'p521' });
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    await put(pem(root, issuing, expired, weak, curve) + broken);
    const made = await create({ mutualTlsAuthentication: { truststoreUri: URI } });
    const warnings = made.mutualTlsAuthentication?.truststoreWarnings ?? [];
    expect(warnings).toHaveLength(4);
    for (const subject of ['CN=Gone', 'CN=Weak', 'CN=Curve'])
      expect(warnings.some((text) => text.endsWith(`Subject: ${subject}`))).toBe(true);
    aws.settle();
    expect(await status({ leaf })).toBe(200);
    expect(await status({ leaf: makeLeaf(weak) })).toBe(403);
    expect(await status({ leaf: makeLeaf(curve) })).toBe(403);
  });

  test('needs a regional endpoint and TLS_1_2', async () => {
    await put(pem(root));
    const mutualTlsAuthentication = { truststoreUri: URI };
    await expect(create({ mutualTlsAuthentication, securityPolicy: 'TLS_1_0' })).rejects.toMatchObject(bad);
    await expect(
      create({ mutualTlsAuthentication, securityPolicy: 'SecurityPolicy_TLS13_1_2_2021_06' }),
    ).rejects.toMatchObject(bad);
    await expect(
      create({
        mutualTlsAuthentication,
        endpointConfiguration: { types: ['EDGE'] },
        certificateArn: certificateIn(REGION),
      }),
    ).rejects.toMatchObject(bad);
    await expect(
      create({ mutualTlsAuthentication, endpointConfiguration: { types: ['PRIVATE'] } }),
    ).rejects.toMatchObject(notEmulated);
    await create({ mutualTlsAuthentication });
    aws.settle();
    await expect(patch({ op: 'replace', path: '/securityPolicy', value: 'TLS_1_0' })).rejects.toMatchObject(
      bad,
    );
    await expect(
      patch({ op: 'replace', path: '/endpointAccessMode', value: 'STRICT' }),
    ).rejects.toMatchObject({
      ...bad,
      message: '/endpointAccessMode Invalid request input',
    });
    await expect(patch({ op: 'replace', path: '/nonsense', value: 'x' })).rejects.toMatchObject(bad);
    await expect(patch({ op: 'replace', path: '/policy', value: '{}' })).rejects.toMatchObject(notEmulated);
  });
});

describe.skipIf(!awsHas('apigateway', 'create-domain-name'))('the AWS CLI (needs aws)', () => {
  test('switches mutual TLS on and off', async () => {
    const version = await put(pem(root, issuing));
    await create();
    const update = async (operations: string) => {
      const env = { ...process.env, ...aws.env, AWS_REGION: REGION, AWS_DEFAULT_REGION: REGION };
      const args = [
        'apigateway',
        'update-domain-name',
        '--output=json',
        `--domain-name=${NAME}`,
        '--patch-operations',
      ];
      const ran = await run('aws', [...args, operations], { env });
      expect(ran.err).toBe('');
      aws.settle();
      return JSON.parse(ran.out);
    };
    const on = [setUri(URI), setVersion(version)];
    expect((await update(JSON.stringify(on))).mutualTlsAuthentication.truststoreVersion).toBe(version);
    expect(await status()).toBe(0);
    expect((await update(JSON.stringify([setUri('')]))).mutualTlsAuthentication).toBeUndefined();
    expect(await status()).toBe(200);
  });
});
