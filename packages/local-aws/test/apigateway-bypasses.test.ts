import {
  APIGatewayClient,
  CreateBasePathMappingCommand,
  CreateDomainNameCommand,
  CreateRestApiCommand,
  DeleteBasePathMappingCommand,
  DeleteRestApiCommand,
  GetBasePathMappingCommand,
  GetBasePathMappingsCommand,
  GetModelsCommand,
  GetRestApiCommand,
  GetRestApisCommand,
  UpdateRestApiCommand,
} from '@aws-sdk/client-api-gateway';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../src/index.ts';
import { bad, certificateIn, conflict, missing, notEmulated } from './support/apigateway.ts';
import { nodeCaller } from './support/clients.ts';
import { edgeWhere } from './support/edges.ts';

const REGION = 'eu-west-1';
const NAME = 'api.example.com';

let aws: LocalAws;
let client: APIGatewayClient;

beforeAll(async () => {
  aws = await startLocalAws();
  client = new APIGatewayClient({ ...aws.clientConfig('apigateway', { region: REGION }), maxAttempts: 1 });
});
beforeEach(() => aws.reset());
afterAll(async () => {
  client.destroy();
  await aws.close();
});

const create = () =>
  client.send(
    new CreateDomainNameCommand({
      domainName: NAME,
      regionalCertificateArn: certificateIn(REGION),
      endpointConfiguration: { types: ['REGIONAL'] },
    }),
  );
const edgeOf = (arn: string) => edgeWhere(aws, ({ resource }) => resource === arn);

describe('bypasses', () => {
  test('the default endpoint stays open until it is disabled', async () => {
    const api = await client.send(
      new CreateRestApiCommand({ name: 'orders', endpointConfiguration: { types: ['REGIONAL'] } }),
    );
    const restApiId = api.id ?? '';
    const arn = `arn:aws:apigateway:${REGION}::/restapis/${restApiId}`;
    expect(edgeOf(arn).hosts).toEqual([`${restApiId}.execute-api.${REGION}.amazonaws.com`]);
    expect((await nodeCaller(edgeOf(arn), {}, '1.3')).status).toBe(200);
    const path = '/disableExecuteApiEndpoint';
    await client.send(
      new UpdateRestApiCommand({ restApiId, patchOperations: [{ op: 'replace', path, value: 'true' }] }),
    );
    expect(await client.send(new GetRestApiCommand({ restApiId }))).toMatchObject({
      disableExecuteApiEndpoint: true,
    });
    expect(await nodeCaller(edgeOf(arn), {}, '1.3')).toEqual({
      status: 403,
      body: '{"message":"Forbidden"}\n',
    });
    expect((await client.send(new GetRestApisCommand({}))).items).toHaveLength(1);
    await client.send(new DeleteRestApiCommand({ restApiId }));
    await expect(client.send(new GetRestApiCommand({ restApiId }))).rejects.toMatchObject(missing);
    expect(aws.edges()).toEqual([]);
  });

  test('from a domain to its API', async () => {
    await create();
    const restApiId = (await client.send(new CreateRestApiCommand({ name: 'orders' }))).id ?? '';
    const map = (basePath?: string) =>
      client.send(
        new CreateBasePathMappingCommand({
          domainName: NAME,
          restApiId,
          stage: 'live',
          ...(basePath ? { basePath } : {}),
        }),
      );
    expect(await map()).toMatchObject({ basePath: '(none)', restApiId, stage: 'live' });
    await map('v1');
    await expect(map('v1')).rejects.toMatchObject(conflict);
    const mappings = async () =>
      (await client.send(new GetBasePathMappingsCommand({ domainName: NAME }))).items;
    expect((await mappings())?.map((one) => one.basePath)).toEqual(['(none)', 'v1']);
    const one = { domainName: NAME, basePath: 'v1' };
    expect(await client.send(new GetBasePathMappingCommand(one))).toMatchObject({ restApiId });
    await expect(client.send(new DeleteRestApiCommand({ restApiId }))).rejects.toMatchObject(bad);
    await client.send(new DeleteBasePathMappingCommand(one));
    expect(await mappings()).toHaveLength(1);
    await expect(
      client.send(new CreateBasePathMappingCommand({ ...one, restApiId: 'none' })),
    ).rejects.toMatchObject(missing);
  });

  test('what is not emulated says so by name', async () => {
    await expect(client.send(new GetModelsCommand({ restApiId: 'x' }))).rejects.toMatchObject({
      ...notEmulated,
      message: expect.stringContaining('GetModels'),
    });
  });
});
