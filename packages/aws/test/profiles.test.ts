import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import type { LocalAws } from '@trustloom/local-aws';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openAws, systemClock } from '../src/index.ts';
import { apps, ca, openLocal, startLocalAws } from './world.ts';

let local: LocalAws;
const dir = mkdtempSync(join(tmpdir(), 'trustloom-profiles-'));
const files = {
  AWS_CONFIG_FILE: join(dir, 'config'),
  AWS_SHARED_CREDENTIALS_FILE: join(dir, 'credentials'),
  AWS_EC2_METADATA_DISABLED: 'true',
};

beforeAll(async () => {
  local = await startLocalAws();
  const keys = local.clientConfig('sts', { account: apps }).credentials;
  writeFileSync(
    files.AWS_SHARED_CREDENTIALS_FILE,
    `[base]\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`,
  );
  writeFileSync(
    files.AWS_CONFIG_FILE,
    `[profile base]\nregion = eu-west-1\n[profile other]\nregion = eu-west-1\nrole_arn = arn:aws:iam::${ca}:role/ops\nsource_profile = base\n`,
  );
});
beforeEach(() => local.reset());
afterAll(async () => {
  await local.close();
  rmSync(dir, { recursive: true });
});

const accounts = [
  { name: 'apps', id: apps },
  { name: 'ca', id: ca },
];

describe('a profile', () => {
  it('gives its keys, by option or by variable, and goes before keys in the environment', async () => {
    const env = { ...local.env, ...files };
    const byOption = openAws({ env, profile: 'base', accounts, version: '1' });
    expect((await byOption.checkAccount('apps')).account).toBe(apps);
    const byVariable = openAws({ env: { ...env, AWS_PROFILE: 'base' }, accounts, version: '1' });
    expect((await byVariable.checkAccount('apps')).account).toBe(apps);
  });

  it('may assume a role by itself: the SDK does it, on the endpoint that was given', async () => {
    const env = { ...files, AWS_ENDPOINT_URL: local.url };
    const aws = openAws({ env, profile: 'other', accounts, version: '1' });
    expect((await aws.checkAccount('ca')).arn).toContain(`:sts::${ca}:assumed-role/ops/`);
  });

  it('is kept from calling elsewhere when some endpoint is on this machine', async () => {
    const env = { ...files, AWS_ENDPOINT_URL_S3: local.url };
    const aws = openAws({ env, profile: 'other', accounts, version: '1', random: () => 0 });
    const s3 = aws.client(S3Client, 'S3', { region: 'eu-west-1' });
    await expect(s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({
      code: 'endpoint-not-loopback',
    });
    expect(local.calls()).toEqual([]);
  });
});

describe('the session of a role', () => {
  it('is shared by all clients, and renewed before it ends', async () => {
    let late = 0;
    const clock = { ...systemClock, now: () => Date.now() + late };
    const aws = openLocal(local, { clock });
    const read = async (region: string) =>
      aws.client(S3Client, 'S3', { account: 'ca', region }).send(new ListBucketsCommand({}));
    const sessions = () => local.calls().filter(({ action }) => action === 'AssumeRole').length;
    await Promise.all([read('eu-west-1'), read('us-east-1'), read('eu-west-1')]);
    expect(sessions()).toBe(1);
    late = 56 * 60_000;
    await read('eu-central-1');
    expect(sessions()).toBe(2);
  });
});
