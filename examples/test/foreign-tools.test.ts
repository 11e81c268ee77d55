import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestCa, makeClients, type TestLeaf } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { openScene, type Scene } from './support.ts';

const has = (command: string, args: readonly string[]) => spawnSync(command, args).status === 0;
const aws = has('aws', ['cloudfront', 'list-trust-stores', '--generate-cli-skeleton']);
const curl = has('curl', ['--version']);
const allow = [
  '--auto-approve',
  '--allow',
  'enforce:web',
  '--allow',
  'enforce:edge',
  '--allow',
  'enforce:api',
];

async function applied(): Promise<Scene> {
  const scene = await openScene('all-four');
  await scene.trustloom(['accept', '--all']);
  const apply = await scene.trustloom(['apply', ...allow]);
  expect(apply, apply.err).toMatchObject({ code: 0 });
  return scene;
}

async function ask<T>(scene: Scene, args: readonly string[]): Promise<T> {
  const { code, out, err } = await scene.run('aws', [...args, '--region', 'eu-west-1', '--output', 'json']);
  expect(code, err).toBe(0);
  return out.trim() === '' ? ({} as T) : (JSON.parse(out) as T);
}

describe.skipIf(!aws)('seen through the AWS CLI (needs an aws that knows trust stores of CloudFront)', () => {
  test('it lists what apply made in all four services', async () => {
    await using scene = await applied();
    const { TrustStores } = await ask<{
      TrustStores: { NumberOfCaCertificates: number; TotalRevokedEntries: number; Status: string }[];
    }>(scene, ['elbv2', 'describe-trust-stores']);
    expect(TrustStores).toEqual([
      expect.objectContaining({ Status: 'ACTIVE', NumberOfCaCertificates: 2, TotalRevokedEntries: 1 }),
    ]);
    const { TrustStoreList } = await ask<{
      TrustStoreList: { Status: string; NumberOfCaCertificates: number }[];
    }>(scene, ['cloudfront', 'list-trust-stores']);
    expect(TrustStoreList).toEqual([
      expect.objectContaining({ Status: 'active', NumberOfCaCertificates: 2 }),
    ]);
    const domain = await ask<{ mutualTlsAuthentication: { truststoreUri: string } }>(scene, [
      'apigateway',
      'get-domain-name',
      '--domain-name',
      scene.environment.api.domain,
    ]);
    expect(domain.mutualTlsAuthentication.truststoreUri).toMatch(
      /^s3:\/\/trustloom-222222222222-eu-west-1\/acme\/bundles\//,
    );
    const { trustAnchors } = await ask<{ trustAnchors: { enabled: boolean }[] }>(scene, [
      'rolesanywhere',
      'list-trust-anchors',
    ]);
    expect(trustAnchors).toEqual([expect.objectContaining({ enabled: true })]);
    const { crls } = await ask<{ crls: { enabled: boolean }[] }>(scene, ['rolesanywhere', 'list-crls']);
    expect(crls).toEqual([expect.objectContaining({ enabled: true })]);
  });

  test('what is changed by hand in any of the four is named by the next plan, and fixed by the next apply', async () => {
    await using scene = await applied();
    const unknownCa = await createTestCa({ subject: 'CN=Put there by hand' });
    await writeFile(join(scene.folder, 'by-hand.pem'), unknownCa.pem);
    const versions = new Map<string, string>();
    for (const region of ['eu-west-1', 'us-east-1']) {
      const object = [
        '--bucket',
        `trustloom-222222222222-${region}`,
        '--key',
        'by-hand.pem',
        '--body',
        'by-hand.pem',
      ];
      const put = await scene.run('aws', [
        's3api',
        'put-object',
        ...object,
        '--region',
        region,
        '--output',
        'json',
      ]);
      expect(put.code, put.err).toBe(0);
      versions.set(region, JSON.parse(put.out).VersionId);
    }
    const { TrustStores } = await ask<{ TrustStores: { TrustStoreArn: string }[] }>(scene, [
      'elbv2',
      'describe-trust-stores',
    ]);
    const { TrustStoreList } = await ask<{ TrustStoreList: { Id: string; ETag: string }[] }>(scene, [
      'cloudfront',
      'list-trust-stores',
    ]);
    const { trustAnchors } = await ask<{ trustAnchors: { trustAnchorId: string }[] }>(scene, [
      'rolesanywhere',
      'list-trust-anchors',
    ]);
    const bucket = 'trustloom-222222222222-eu-west-1';
    await ask(scene, [
      'elbv2',
      'modify-trust-store',
      '--trust-store-arn',
      TrustStores[0]?.TrustStoreArn ?? '',
      '--ca-certificates-bundle-s3-bucket',
      bucket,
      '--ca-certificates-bundle-s3-key',
      'by-hand.pem',
    ]);
    const location = `CaCertificatesBundleS3Location={Bucket=trustloom-222222222222-us-east-1,Key=by-hand.pem,Region=us-east-1}`;
    await ask(scene, [
      'cloudfront',
      'update-trust-store',
      '--id',
      TrustStoreList[0]?.Id ?? '',
      '--if-match',
      TrustStoreList[0]?.ETag ?? '',
      '--ca-certificates-bundle-source',
      location,
    ]);
    const replace = (field: string, value: string) =>
      `op=replace,path=/mutualTlsAuthentication/${field},value=${value}`;
    const patch = [
      replace('truststoreUri', `s3://${bucket}/by-hand.pem`),
      replace('truststoreVersion', versions.get('eu-west-1') ?? ''),
    ];
    await ask(scene, [
      'apigateway',
      'update-domain-name',
      '--domain-name',
      scene.environment.api.domain,
      '--patch-operations',
      ...patch,
    ]);
    const source = `sourceType=CERTIFICATE_BUNDLE,sourceData={x509CertificateData="${unknownCa.pem}"}`;
    await ask(scene, [
      'rolesanywhere',
      'update-trust-anchor',
      '--trust-anchor-id',
      trustAnchors[0]?.trustAnchorId ?? '',
      '--source',
      source,
    ]);
    scene.local.settle();

    const plan = await scene.trustloom(['plan']);
    for (const target of ['edge', 'api', 'jobs'])
      expect(plan.out).toMatch(new RegExp(`^${target}  .*\\n(?:  .*\\n)*  .*Put there by hand`, 'm'));
    const { missing, targets } = JSON.parse(
      (await scene.trustloom(['plan', '--json', ...allow.slice(1)])).out,
    ) as { missing: string[]; targets: { name: string; steps: { reason: string }[] }[] };
    const web = targets.find(({ name }) => name === 'web');
    expect(web?.steps.map(({ reason }) => reason).join('\n')).toMatch(/changed/);
    const fix = await scene.trustloom([
      'apply',
      ...allow,
      ...missing.flatMap((consent) => ['--allow', consent]),
    ]);
    expect(fix, fix.err + fix.out).toMatchObject({ code: 0 });
    expect((await scene.trustloom(['plan', '--detailed-exitcode'])).code).toBe(0);
  });
});

describe.skipIf(!curl)('seen through curl (needs curl)', () => {
  test('each edge answers as the matrix says', async () => {
    await using scene = await applied();
    const clients = await makeClients(scene.ca);
    scene.ca.revoke(clients.revoked.serial);
    await scene.ca.dailyRun();
    const again = await scene.trustloom(['apply', ...allow]);
    expect(again, again.err).toMatchObject({ code: 0 });
    scene.local.settle();
    const rows = { none: undefined, ...clients };
    const seen: Record<string, Record<string, string>> = {};
    for (const { kind, hosts, host, port, caFile, protocol, servicePort } of scene.local.edges()) {
      if (protocol !== 'https' || servicePort !== 443 || kind === 'execute-api') continue;
      const answers = Object.entries(rows).map(
        async ([name, leaf]) =>
          [name, await knock(scene, hosts[0] ?? '', `${host}:${port}`, caFile, name, leaf)] as const,
      );
      seen[kind] = Object.fromEntries(await Promise.all(answers));
    }
    const refused = '000';
    expect(seen).toEqual({
      cloudfront: {
        none: refused,
        rsa: '200',
        ec: '200',
        untrusted: refused,
        expired: refused,
        revoked: refused,
      },
      alb: { none: refused, rsa: '200', ec: '200', untrusted: refused, expired: refused, revoked: refused },
      'api-gateway': {
        none: refused,
        rsa: '200',
        ec: '200',
        untrusted: '403',
        expired: '403',
        revoked: '200',
      },
    });
  });
});

/** The HTTP status that curl sees; 000 where no HTTP answer ever came. */
async function knock(
  scene: Scene,
  host: string,
  address: string,
  caFile: string,
  name: string,
  leaf: TestLeaf | undefined,
): Promise<string> {
  const credentials: string[] = [];
  if (leaf !== undefined) {
    const [cert, key] = [join(scene.folder, `${name}.pem`), join(scene.folder, `${name}.key`)];
    await writeFile(cert, leaf.chainPem);
    await writeFile(key, leaf.keyPem, { mode: 0o600 });
    credentials.push('--cert', cert, '--key', key);
  }
  const { out } = await scene.run('curl', [
    '-s',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code}',
    '--cacert',
    caFile,
    '--connect-to',
    `${host}:443:${address}`,
    ...credentials,
    `https://${host}/`,
  ]);
  return out;
}
