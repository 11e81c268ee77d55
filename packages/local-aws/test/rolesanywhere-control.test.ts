import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateProfileCommand,
  CreateTrustAnchorCommand,
  DeleteCrlCommand,
  DeleteProfileCommand,
  DeleteTrustAnchorCommand,
  DisableCrlCommand,
  DisableProfileCommand,
  DisableTrustAnchorCommand,
  EnableCrlCommand,
  EnableProfileCommand,
  EnableTrustAnchorCommand,
  GetCrlCommand,
  GetProfileCommand,
  GetSubjectCommand,
  GetTrustAnchorCommand,
  ImportCrlCommand,
  ListCrlsCommand,
  ListProfilesCommand,
  ListSubjectsCommand,
  ListTagsForResourceCommand,
  ListTrustAnchorsCommand,
  RolesAnywhereClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateCrlCommand,
  UpdateProfileCommand,
  UpdateTrustAnchorCommand,
} from '@aws-sdk/client-rolesanywhere';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../src/index.ts';
import { type Authority, makeCa, makeCrl, makeLeaf, pemOf } from './support/pki.ts';
import { awsHas, run } from './support/tools.ts';

let aws: LocalAws;
let client: RolesAnywhereClient;

beforeAll(async () => {
  aws = await startLocalAws();
  client = new RolesAnywhereClient({
    ...aws.clientConfig('rolesanywhere', { region: 'eu-west-1' }),
    maxAttempts: 0,
  });
});
beforeEach(() => aws.reset());
afterAll(async () => {
  client.destroy();
  await aws.close();
});

const ca = makeCa('CN=Issuing');
const ROLE = 'arn:aws:iam::111111111111:role/app';

const bundle = (...cas: readonly Authority[]) => ({
  sourceType: 'CERTIFICATE_BUNDLE',
  sourceData: { x509CertificateData: cas.map((one) => one.pem).join('') },
});
const createAnchor = async (name = 'anchor', source = bundle(ca)) => {
  const { trustAnchor } = await client.send(new CreateTrustAnchorCommand({ name, source }));
  return { id: trustAnchor?.trustAnchorId ?? '', arn: trustAnchor?.trustAnchorArn ?? '' };
};
const crlOf = (issuer: Authority, ...serials: readonly bigint[]) => makeCrl(issuer, { serials });
const importCrl = async (trustAnchorArn: string, crlData: Uint8Array, enabled?: boolean) => {
  const { crl } = await client.send(
    new ImportCrlCommand({
      name: 'list',
      crlData,
      trustAnchorArn,
      ...(enabled === undefined ? {} : { enabled }),
    }),
  );
  return crl?.crlId ?? '';
};
const invalid = { name: 'ValidationException', $metadata: { httpStatusCode: 400 } };
const notFound = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } };

describe('trust anchors', () => {
  test('a life: create, get, list, update, enable, disable, delete', async () => {
    const { id, arn } = await createAnchor('one', bundle(ca));
    expect(arn).toBe(`arn:aws:rolesanywhere:eu-west-1:111111111111:trust-anchor/${id}`);
    const { trustAnchor } = await client.send(new GetTrustAnchorCommand({ trustAnchorId: id }));
    expect(trustAnchor).toMatchObject({ name: 'one', enabled: false, source: bundle(ca) });
    expect(trustAnchor?.createdAt).toBeInstanceOf(Date);
    const rekeyed = makeCa('CN=Issuing');
    const updated = await client.send(
      new UpdateTrustAnchorCommand({ trustAnchorId: id, source: bundle(ca, rekeyed) }),
    );
    expect(updated.trustAnchor).toMatchObject({
      trustAnchorId: id,
      name: 'one',
      source: bundle(ca, rekeyed),
    });
    const enabled = await client.send(new EnableTrustAnchorCommand({ trustAnchorId: id }));
    expect(enabled.trustAnchor?.enabled, 'the answer shows the state before the call').toBe(false);
    const disabled = await client.send(new DisableTrustAnchorCommand({ trustAnchorId: id }));
    expect(disabled.trustAnchor?.enabled).toBe(true);
    await client.send(new DeleteTrustAnchorCommand({ trustAnchorId: id }));
    await expect(client.send(new GetTrustAnchorCommand({ trustAnchorId: id }))).rejects.toMatchObject(
      notFound,
    );
  });

  test('names are not unique, and lists come in pages', async () => {
    for (let i = 0; i < 3; i += 1) await createAnchor('same');
    const first = await client.send(new ListTrustAnchorsCommand({ pageSize: 2 }));
    expect(first.trustAnchors).toHaveLength(2);
    const second = await client.send(
      new ListTrustAnchorsCommand({ pageSize: 2, nextToken: first.nextToken ?? '' }),
    );
    expect(second.trustAnchors).toHaveLength(1);
    expect(second.nextToken).toBeUndefined();
  });

  test.each<[string, () => readonly Authority[], string | RegExp]>([
    ['no CA', () => [makeLeaf(ca)], 'Incorrect basic constraints for CA certificate'],
    ['a CA that may not sign', () => [makeCa('CN=x', { keyUsage: [0] })], /key usage/],
    ['version 1', () => [makeCa('CN=x', { version: 1 })], 'The certificate version is not supported.'],
    ['SHA-1', () => [makeCa('CN=x', { form: 'sha1' })], /signature algorithm/],
    ['three certificates', () => [ca, makeCa('CN=y'), makeCa('CN=z')], /at most 2/],
    ['more than 16,000 characters', () => [{ ...ca, pem: `# ${'x'.repeat(16_000)}\n${ca.pem}` }], /16000/],
    ['no PEM', () => [{ ...ca, pem: 'hello' }], /cannot be parsed/],
  ])('refuses %s', async (_, cas, message) => {
    await expect(createAnchor('x', bundle(...cas()))).rejects.toMatchObject({
      ...invalid,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
    expect(aws.state().rolesAnywhere.flatMap(({ state }) => [...state.anchors])).toEqual([]);
  });

  test('refuses a bad name; sources of a private CA are not emulated', async () => {
    await expect(createAnchor('a/b')).rejects.toMatchObject(invalid);
    const pca = {
      sourceType: 'AWS_ACM_PCA',
      sourceData: { acmPcaArn: 'arn:aws:acm-pca:eu-west-1:1:certificate-authority/x' },
    };
    await expect(client.send(new CreateTrustAnchorCommand({ name: 'x', source: pca }))).rejects.toMatchObject(
      { name: 'NotImplemented', $metadata: { httpStatusCode: 501 } },
    );
  });

  test('fifty are the limit', async () => {
    for (let i = 0; i < 50; i += 1) await createAnchor();
    await expect(createAnchor()).rejects.toMatchObject(invalid);
  });

  test('state is kept by account and region', async () => {
    await createAnchor();
    const other = new RolesAnywhereClient({
      ...aws.clientConfig('rolesanywhere', { account: '222222222222', region: 'eu-west-1' }),
      maxAttempts: 0,
    });
    expect((await other.send(new ListTrustAnchorsCommand({}))).trustAnchors).toEqual([]);
    other.destroy();
  });
});

describe('CRLs', () => {
  test('PEM and DER come back byte for byte; disabled unless asked otherwise', async () => {
    const { arn } = await createAnchor();
    const der = crlOf(ca, 1n);
    const pem = Buffer.from(`${pemOf('X509 CRL', der)}\n\n`);
    const first = await importCrl(arn, der);
    const second = await importCrl(arn, pem, true);
    const get = async (crlId: string) => (await client.send(new GetCrlCommand({ crlId }))).crl;
    expect(await get(first)).toMatchObject({ enabled: false, trustAnchorArn: arn });
    expect(Buffer.from((await get(first))?.crlData ?? []).equals(der)).toBe(true);
    expect(await get(second)).toMatchObject({ enabled: true });
    expect(Buffer.from((await get(second))?.crlData ?? []).equals(pem)).toBe(true);
    expect((await client.send(new ListCrlsCommand({}))).crls).toHaveLength(2);
    await expect(importCrl(arn, der)).rejects.toMatchObject(invalid);
  });

  test('update, enable, disable, delete; an anchor with a CRL stays', async () => {
    const anchor = await createAnchor();
    const crlId = await importCrl(anchor.arn, crlOf(ca, 1n));
    await client.send(new UpdateCrlCommand({ crlId, name: 'newer', crlData: crlOf(ca, 1n, 2n) }));
    const enabled = await client.send(new EnableCrlCommand({ crlId }));
    expect(enabled.crl).toMatchObject({ enabled: false, name: 'newer' });
    const disabled = await client.send(new DisableCrlCommand({ crlId }));
    expect(disabled.crl?.enabled).toBe(true);
    const remove = () => client.send(new DeleteTrustAnchorCommand({ trustAnchorId: anchor.id }));
    await expect(remove()).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    await client.send(new DeleteCrlCommand({ crlId }));
    await remove();
    await expect(client.send(new GetCrlCommand({ crlId }))).rejects.toMatchObject(notFound);
  });

  test('a CRL of another CA is accepted; one without entries is not, at import and update', async () => {
    const { arn } = await createAnchor();
    const crlId = await importCrl(arn, crlOf(makeCa('CN=Elsewhere'), 1n));
    await expect(importCrl(arn, crlOf(ca))).rejects.toMatchObject(invalid);
    await expect(client.send(new UpdateCrlCommand({ crlId, crlData: crlOf(ca) }))).rejects.toMatchObject(
      invalid,
    );
  });

  test('refuses what is no CRL, two CRLs in one, an unknown anchor, and one byte above 300,000', async () => {
    const { arn } = await createAnchor();
    const der = crlOf(ca, 1n);
    await expect(importCrl(arn, Buffer.from('hello'))).rejects.toMatchObject(invalid);
    const two = Buffer.from(pemOf('X509 CRL', der) + pemOf('X509 CRL', der));
    await expect(importCrl(arn, two)).rejects.toMatchObject(invalid);
    await expect(importCrl(`${arn}x`, der)).rejects.toMatchObject(invalid);
    const padded = (length: number) => {
      const pem = pemOf('X509 CRL', der);
      return Buffer.from(`#${' '.repeat(length - pem.length - 2)}\n${pem}`);
    };
    await expect(importCrl(arn, padded(300_001))).rejects.toMatchObject(invalid);
    expect(await importCrl(arn, padded(300_000))).not.toBe('');
  });
});

describe('profiles, subjects, tags', () => {
  const createProfile = async () => {
    const { profile } = await client.send(
      new CreateProfileCommand({ name: 'p', roleArns: [ROLE], durationSeconds: 900 }),
    );
    return profile?.profileId ?? '';
  };

  test('a life; what an update leaves out stays', async () => {
    const profileId = await createProfile();
    const get = async () => (await client.send(new GetProfileCommand({ profileId }))).profile;
    expect(await get()).toMatchObject({ enabled: false, roleArns: [ROLE], durationSeconds: 900 });
    await client.send(new UpdateProfileCommand({ profileId, name: 'renamed' }));
    expect(await get()).toMatchObject({ name: 'renamed', durationSeconds: 900, roleArns: [ROLE] });
    expect((await client.send(new EnableProfileCommand({ profileId }))).profile?.enabled).toBe(false);
    expect((await client.send(new DisableProfileCommand({ profileId }))).profile?.enabled).toBe(true);
    expect((await client.send(new ListProfilesCommand({}))).profiles).toHaveLength(1);
    await client.send(new DeleteProfileCommand({ profileId }));
    await expect(get()).rejects.toMatchObject(notFound);
  });

  test('refuses a role that is none and a session that is too short', async () => {
    const create = (roleArns: string[], durationSeconds: number) =>
      client.send(new CreateProfileCommand({ name: 'p', roleArns, durationSeconds }));
    await expect(create(['app'], 900)).rejects.toMatchObject(invalid);
    await expect(create([ROLE], 899)).rejects.toMatchObject(invalid);
    await expect(create([ROLE], 43_201)).rejects.toMatchObject(invalid);
  });

  test('tags on create and later, on anchors and CRLs', async () => {
    const { trustAnchor } = await client.send(
      new CreateTrustAnchorCommand({ name: 'x', source: bundle(ca), tags: [{ key: 'a', value: '1' }] }),
    );
    const resourceArn = trustAnchor?.trustAnchorArn ?? '';
    await client.send(
      new TagResourceCommand({
        resourceArn,
        tags: [
          { key: 'b', value: '' },
          { key: 'a', value: '2' },
        ],
      }),
    );
    const readTags = async () => (await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
    expect(await readTags()).toEqual([
      { key: 'a', value: '2' },
      { key: 'b', value: '' },
    ]);
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
    expect(await readTags()).toEqual([{ key: 'b', value: '' }]);
    const more = Array.from({ length: 200 }, (_, i) => ({ key: `k${i}`, value: 'v' }));
    await expect(client.send(new TagResourceCommand({ resourceArn, tags: more }))).rejects.toMatchObject({
      name: 'TooManyTagsException',
    });
    await expect(
      client.send(new ListTagsForResourceCommand({ resourceArn: `${resourceArn}x` })),
    ).rejects.toMatchObject(notFound);
  });

  test('there are no subjects before somebody asks for a session', async () => {
    expect((await client.send(new ListSubjectsCommand({}))).subjects).toEqual([]);
    await expect(
      client.send(new GetSubjectCommand({ subjectId: '00000000-0000-0000-0000-000000000000' })),
    ).rejects.toMatchObject(notFound);
  });
});

describe.skipIf(!awsHas('rolesanywhere', 'put-attribute-mapping'))(
  'the AWS CLI (needs an aws that knows attribute mappings)',
  () => {
    const cli = async (...args: readonly string[]) => {
      const env = { ...process.env, ...aws.env, AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' };
      const ran = await run('aws', ['rolesanywhere', '--output', 'json', ...args], { env });
      return { ...ran, json: ran.code === 0 && ran.out !== '' ? JSON.parse(ran.out) : undefined };
    };

    test('creates an anchor with notification settings and imports a CRL', async () => {
      const made = await cli(
        'create-trust-anchor',
        '--name=by hand',
        '--enabled',
        `--source=${JSON.stringify(bundle(ca))}`,
        '--notification-settings=[{"enabled":false,"event":"CA_CERTIFICATE_EXPIRY"}]',
      );
      expect(made.err).toBe('');
      expect(made.json.trustAnchor).toMatchObject({ enabled: true, name: 'by hand' });
      expect(made.json.trustAnchor.notificationSettings[0]).toMatchObject({ enabled: false, threshold: 45 });
      const folder = mkdtempSync(join(tmpdir(), 'local-aws-crl-'));
      const file = join(folder, 'crl.pem');
      writeFileSync(file, pemOf('X509 CRL', crlOf(ca, 5n)));
      const imported = await cli(
        'import-crl',
        '--name=list',
        `--crl-data=fileb://${file}`,
        `--trust-anchor-arn=${made.json.trustAnchor.trustAnchorArn}`,
      );
      rmSync(folder, { recursive: true });
      expect(imported.err).toBe('');
      expect(imported.json.crl.enabled).toBe(false);
      const mapped = await cli(
        'put-attribute-mapping',
        `--profile-id=${made.json.trustAnchor.trustAnchorId}`,
        '--certificate-field=x509Subject',
        '--mapping-rules=specifier=CN',
      );
      expect(mapped.err).toContain('PutAttributeMapping');
    });
  },
);
