import type { LocalAws } from '@trustloom/local-aws';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apps, ca, openLocal, startLocalAws } from './world.ts';

let local: LocalAws;
beforeAll(async () => {
  local = await startLocalAws({
    roles: [{ arn: `arn:aws:iam::${ca}:role/guarded`, externalId: 'acme-7' }],
  });
});
beforeEach(() => local.reset());
afterAll(() => local.close());

describe('checkAccount', () => {
  it('tells who the credentials are', async () => {
    const aws = openLocal(local);
    expect((await aws.checkAccount('apps')).account).toBe(apps);
    expect(await aws.checkAccount('ca')).toEqual({
      account: ca,
      arn: `arn:aws:sts::${ca}:assumed-role/trustloom-read/trustloom-ca`,
    });
  });

  it('asks once', async () => {
    const aws = openLocal(local);
    await Promise.all([aws.checkAccount('apps'), aws.checkAccount('apps'), aws.checkAccount(apps)]);
    expect(local.calls().map((call) => call.action)).toEqual(['GetCallerIdentity']);
  });

  it('names both ids when the credentials are of another account', async () => {
    const aws = openLocal(local, { accounts: [{ name: 'apps', id: '333333333333' }] });
    await expect(aws.checkAccount('apps')).rejects.toMatchObject({
      code: 'wrong-account',
      message: expect.stringMatching(/333333333333.*222222222222/),
      context: { expected: '333333333333', actual: apps },
    });
  });

  it('takes twelve digits that the definition does not name', async () => {
    expect((await openLocal(local).checkAccount(apps)).account).toBe(apps);
    await expect(openLocal(local).checkAccount('444444444444')).rejects.toMatchObject({
      code: 'wrong-account',
    });
  });

  it('gives the external id, and names the role that may not be assumed', async () => {
    const account = { name: 'ca', id: ca, assumeRole: `arn:aws:iam::${ca}:role/guarded` };
    const good = openLocal(local, { accounts: [{ ...account, externalId: 'acme-7' }] });
    expect((await good.checkAccount('ca')).account).toBe(ca);
    const bad = openLocal(local, { accounts: [account] });
    await expect(bad.checkAccount('ca')).rejects.toMatchObject({
      code: 'role-denied',
      message: expect.stringContaining('role/guarded'),
    });
  });

  it('says that credentials are missing', async () => {
    const aws = openLocal(local, {
      env: {
        AWS_ENDPOINT_URL: local.url,
        AWS_PROFILE: 'none-such',
        AWS_CONFIG_FILE: '/nonexistent/config',
        AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    });
    await expect(aws.checkAccount('apps')).rejects.toMatchObject({ code: 'credentials-missing' });
    expect(local.calls()).toEqual([]);
  });

  it('asks again after a failure', async () => {
    const aws = openLocal(local);
    local.faults.add({ service: 'sts', error: { name: 'AccessDenied', status: 403 } });
    await expect(aws.checkAccount('apps')).rejects.toMatchObject({ code: 'access-denied' });
    expect((await aws.checkAccount('apps')).account).toBe(apps);
  });
});
