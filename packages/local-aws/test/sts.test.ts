import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalAws, startLocalAws } from '../src/index.ts';

const READER = 'arn:aws:iam::222222222222:role/reader';
let aws: LocalAws;
let sts: STSClient;
let now = Date.now();

beforeAll(async () => {
  aws = await startLocalAws({ roles: [{ arn: READER, externalId: 'abc' }], wall: () => now });
  sts = new STSClient(aws.clientConfig('sts'));
});
afterAll(() => aws.close());

it('tells who is calling', async () => {
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '111111111111',
    Arn: 'arn:aws:iam::111111111111:root',
  });
});

it('takes an unknown key for the first account', async () => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new STSClient({ ...aws.clientConfig('sts'), credentials });
  expect((await client.send(new GetCallerIdentityCommand({}))).Account).toBe('111111111111');
});

it('hands out sessions of roles, which every service then knows, until they are over', async () => {
  const input = { RoleArn: READER, RoleSessionName: 'trustloom', ExternalId: 'abc' };
  const { Credentials, AssumedRoleUser } = await sts.send(new AssumeRoleCommand(input));
  expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::222222222222:assumed-role/reader/trustloom');
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  expect(credentials.accessKeyId).toMatch(/^ASIA/);
  expect(Credentials?.Expiration?.getTime()).toBeCloseTo(now + 3_600_000, -4);
  const client = new STSClient({ ...aws.clientConfig('sts'), credentials });
  expect((await client.send(new GetCallerIdentityCommand({}))).Arn).toBe(AssumedRoleUser?.Arn);
  const s3 = new S3Client({ ...aws.clientConfig('s3'), credentials });
  expect((await s3.send(new ListBucketsCommand({}))).Owner?.ID).toBe('222222222222');
  now += 3_601_000;
  await expect(client.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'ExpiredToken' });
});

it('refuses what a role does not allow', async () => {
  const assume = (more: object) =>
    sts.send(new AssumeRoleCommand({ RoleArn: READER, RoleSessionName: 'trustloom', ...more }));
  await expect(assume({})).rejects.toMatchObject({
    name: 'AccessDenied',
    $metadata: { httpStatusCode: 403 },
  });
  await expect(assume({ ExternalId: 'other' })).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(assume({ RoleArn: 'arn:aws:iam::999999999999:role/x' })).rejects.toMatchObject({
    name: 'AccessDenied',
  });
  await expect(assume({ ExternalId: 'abc', DurationSeconds: 7200 })).rejects.toThrow('MaxSessionDuration');
  await expect(assume({ ExternalId: 'abc', DurationSeconds: 60 })).rejects.toMatchObject({
    name: 'ValidationError',
  });
  await expect(assume({ RoleArn: 'no arn' })).rejects.toMatchObject({ name: 'ValidationError' });
  await expect(sts.send(new GetSessionTokenCommand({}))).rejects.toThrow('GetSessionToken');
});
