import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateApiMappingCommand,
  CreateDomainNameCommand,
  DeleteApiCommand,
  DeleteApiMappingCommand,
  DeleteDomainNameCommand,
  GetApiCommand,
  GetApiMappingCommand,
  GetApiMappingsCommand,
  GetApisCommand,
  GetDomainNameCommand,
  GetDomainNamesCommand,
  GetModelsCommand,
  GetTagsCommand,
  type MutualTlsAuthenticationInput,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateApiCommand,
  UpdateDomainNameCommand,
} from '@aws-sdk/client-apigatewayv2';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../src/index.ts';
import { certificateIn, missing, notEmulated } from './support/apigateway.ts';
import { makeVersionedBucket } from './support/buckets.ts';
import { nodeCaller } from './support/clients.ts';
import { edgeWhere } from './support/edges.ts';
import { makeCa, makeLeaf } from './support/pki.ts';

const NAME = 'api.example.com';
const ARN = `arn:aws:apigateway:us-east-1::/domainnames/${NAME}`;
const CONFIGURATION = {
  CertificateArn: certificateIn('us-east-1'),
  EndpointType: 'REGIONAL',
  SecurityPolicy: 'TLS_1_2',
} as const;

let aws: LocalAws;
let client: ApiGatewayV2Client;
let s3: S3Client;

const root = makeCa('CN=Root');
const leaf = makeLeaf(root, { serial: 0xa1b2n });
const put = async (Body: string, Key = 'bundle.pem') =>
  (await s3.send(new PutObjectCommand({ Bucket: 'trust', Key, Body }))).VersionId ?? '';

beforeAll(async () => {
  aws = await startLocalAws({ settle: 'manual' });
  client = new ApiGatewayV2Client({ ...aws.clientConfig('apigateway'), maxAttempts: 1 });
  s3 = new S3Client(aws.clientConfig('s3'));
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

const create = (MutualTlsAuthentication?: MutualTlsAuthenticationInput) =>
  client.send(
    new CreateDomainNameCommand({
      DomainName: NAME,
      DomainNameConfigurations: [CONFIGURATION],
      ...(MutualTlsAuthentication ? { MutualTlsAuthentication } : {}),
    }),
  );
const update = (MutualTlsAuthentication: MutualTlsAuthenticationInput) =>
  client.send(
    new UpdateDomainNameCommand({
      DomainName: NAME,
      DomainNameConfigurations: [CONFIGURATION],
      MutualTlsAuthentication,
    }),
  );
const edgeOf = (arn: string) => edgeWhere(aws, ({ resource }) => resource === arn);
const TruststoreUri = 's3://trust/bundle.pem';

describe('domains', () => {
  test('a life, with mutual TLS on and off', async () => {
    const TruststoreVersion = await put(root.pem);
    const made = await create({ TruststoreUri, TruststoreVersion });
    expect(made).toMatchObject({
      DomainNameArn: ARN,
      DomainNameConfigurations: [{ ...CONFIGURATION, DomainNameStatus: 'UPDATING' }],
      MutualTlsAuthentication: { TruststoreUri, TruststoreVersion },
      ApiMappingSelectionExpression: '$request.basepath',
    });
    aws.settle();
    expect((await nodeCaller(edgeOf(ARN), {}, '1.3')).status).toBe(0);
    expect((await nodeCaller(edgeOf(ARN), { leaf }, '1.3')).status).toBe(200);
    expect((await update({ TruststoreUri: '' })).MutualTlsAuthentication).toBeUndefined();
    aws.settle();
    expect((await nodeCaller(edgeOf(ARN), {}, '1.3')).status).toBe(200);
    expect((await client.send(new GetDomainNamesCommand({}))).Items).toHaveLength(1);
    await client.send(new DeleteDomainNameCommand({ DomainName: NAME }));
    await expect(client.send(new GetDomainNameCommand({ DomainName: NAME }))).rejects.toMatchObject(missing);
  });

  test('an update of mutual TLS alone is refused', async () => {
    await put(root.pem);
    await create();
    const alone = new UpdateDomainNameCommand({
      DomainName: NAME,
      MutualTlsAuthentication: { TruststoreUri },
    });
    await expect(client.send(alone)).rejects.toMatchObject({
      name: 'BadRequestException',
      message: 'Invalid input. Expected one domain name configuration',
    });
  });

  test('an update without mutual TLS leaves it as it is; the same URI without a version re-reads nothing', async () => {
    const TruststoreVersion = await put(root.pem);
    await create({ TruststoreUri, TruststoreVersion });
    aws.settle();
    await put(makeCa('CN=Other').pem);
    const config = { DomainName: NAME, DomainNameConfigurations: [CONFIGURATION] };
    const same = await client.send(new UpdateDomainNameCommand(config));
    expect(same.MutualTlsAuthentication).toEqual({ TruststoreUri, TruststoreVersion });
    const again = await update({ TruststoreUri });
    expect(again.DomainNameConfigurations?.[0]?.DomainNameStatus).toBe('AVAILABLE');
    expect((await nodeCaller(edgeOf(ARN), { leaf }, '1.3')).status).toBe(200);
    await put(makeCa('CN=Other').pem, 'other.pem');
    expect((await update({ TruststoreUri: 's3://trust/other.pem' })).MutualTlsAuthentication).toEqual({
      TruststoreUri: 's3://trust/other.pem',
    });
  });

  test('tags', async () => {
    await create();
    await client.send(new TagResourceCommand({ ResourceArn: ARN, Tags: { a: '1', b: '2' } }));
    await client.send(new UntagResourceCommand({ ResourceArn: ARN, TagKeys: ['a'] }));
    expect((await client.send(new GetTagsCommand({ ResourceArn: ARN }))).Tags).toEqual({ b: '2' });
  });
});

describe('bypasses', () => {
  test('the default endpoint of an HTTP API, and its event', async () => {
    const made = await client.send(new CreateApiCommand({ Name: 'orders', ProtocolType: 'HTTP' }));
    const ApiId = made.ApiId ?? '';
    const arn = `arn:aws:apigateway:us-east-1::/apis/${ApiId}`;
    expect(made.ApiEndpoint).toBe(`https://${ApiId}.execute-api.us-east-1.amazonaws.com`);
    const open = await nodeCaller(edgeOf(arn), {}, '1.3');
    expect(open.status).toBe(200);
    expect(JSON.parse(open.body).event.version).toBe('2.0');
    await client.send(new UpdateApiCommand({ ApiId, DisableExecuteApiEndpoint: true }));
    expect(await client.send(new GetApiCommand({ ApiId }))).toMatchObject({
      DisableExecuteApiEndpoint: true,
      Name: 'orders',
    });
    expect((await nodeCaller(edgeOf(arn), {}, '1.3')).status).toBe(403);
    expect((await client.send(new GetApisCommand({}))).Items).toHaveLength(1);
    await client.send(new DeleteApiCommand({ ApiId }));
    await expect(client.send(new GetApiCommand({ ApiId }))).rejects.toMatchObject(missing);
  });

  test('from a domain to its API; the event follows the API', async () => {
    await put(root.pem);
    await create({ TruststoreUri });
    aws.settle();
    const ApiId =
      (await client.send(new CreateApiCommand({ Name: 'orders', ProtocolType: 'HTTP' }))).ApiId ?? '';
    const config = { DomainName: NAME, ApiId, Stage: '$default' };
    const mapping = await client.send(new CreateApiMappingCommand({ ...config, ApiMappingKey: 'a/b' }));
    expect(mapping).toMatchObject({ ApiId, Stage: '$default', ApiMappingKey: 'a/b' });
    const which = { DomainName: NAME, ApiMappingId: mapping.ApiMappingId ?? '' };
    expect(await client.send(new GetApiMappingCommand(which))).toMatchObject({ ApiMappingKey: 'a/b' });
    expect((await client.send(new GetApiMappingsCommand({ DomainName: NAME }))).Items).toHaveLength(1);
    // No mapping leads to the root yet.
    expect((await nodeCaller(edgeOf(ARN), { leaf }, '1.3')).status).toBe(403);
    await client.send(new CreateApiMappingCommand(config));
    const { event } = JSON.parse((await nodeCaller(edgeOf(ARN), { leaf }, '1.3')).body);
    expect(event.requestContext.authentication.clientCert.serialNumber).toBe(String(0xa1b2));
    await client.send(new DeleteApiMappingCommand(which));
    await expect(client.send(new GetApiMappingCommand(which))).rejects.toMatchObject(missing);
    await expect(
      client.send(new CreateApiMappingCommand({ ...config, ApiId: 'none' })),
    ).rejects.toMatchObject(missing);
  });

  test('what is not emulated says so by name', async () => {
    await expect(client.send(new GetModelsCommand({ ApiId: 'x' }))).rejects.toMatchObject({
      ...notEmulated,
      message: expect.stringContaining('GetModels'),
    });
    const quick = new CreateApiCommand({ Name: 'x', ProtocolType: 'HTTP', Target: 'https://example.com' });
    await expect(client.send(quick)).rejects.toMatchObject(notEmulated);
  });
});
