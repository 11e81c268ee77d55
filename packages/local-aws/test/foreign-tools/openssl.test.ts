/**
 * A CA, its clients and its CRL made by OpenSSL alone, and clients that are no library of ours:
 * curl, and a shell.
 */

import { copyFile, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  AddTrustStoreRevocationsCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTrustStoreCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  CreateProfileCommand,
  CreateTrustAnchorCommand,
  ImportCrlCommand,
  RolesAnywhereClient,
} from '@aws-sdk/client-rolesanywhere';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../../src/index.ts';
import { makeBucket } from '../support/buckets.ts';
import { has, run } from '../support/tools.ts';
import { makeOpensslCa, type OpensslCa } from './support/openssl-ca.ts';

const present = has('openssl', 'version') && has('curl', '--version');
const role = 'arn:aws:iam::111111111111:role/device';

describe.skipIf(!present)('a CA made by openssl (needs openssl and curl)', () => {
  let aws: LocalAws;
  let ca: OpensslCa;
  beforeAll(async () => {
    [aws, ca] = await Promise.all([startLocalAws(), makeOpensslCa()]);
  });
  afterAll(async () => {
    await aws.close();
    await ca.remove();
  });

  test('is trusted by a load balancer, and its CRL revokes there', async () => {
    const elb = new ElasticLoadBalancingV2Client(aws.clientConfig('elasticloadbalancing'));
    await makeBucket(new S3Client(aws.clientConfig('s3')), 'bundles', {
      'ca.pem': await readFile(ca.path('ca.pem')),
      'ca.crl': await readFile(ca.path('ca.crl')),
    });
    const { TrustStores } = await elb.send(
      new CreateTrustStoreCommand({
        Name: 'clients',
        CaCertificatesBundleS3Bucket: 'bundles',
        CaCertificatesBundleS3Key: 'ca.pem',
      }),
    );
    const TrustStoreArn = TrustStores?.[0]?.TrustStoreArn;
    aws.settle();
    const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'edge' }));
    await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
        Protocol: 'HTTPS',
        Port: 443,
        Certificates: [{ CertificateArn: 'arn:aws:acm:us-east-1:111111111111:certificate/1' }],
        DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
        MutualAuthentication: { Mode: 'verify', TrustStoreArn },
      }),
    );
    aws.settle();
    expect(await knocks('leaf', 'rsa', 'gone', 'other')).toEqual(['200', '200', '200', '200']);
    const RevocationContents = [{ S3Bucket: 'bundles', S3Key: 'ca.crl' }];
    const added = await elb.send(new AddTrustStoreRevocationsCommand({ TrustStoreArn, RevocationContents }));
    expect(added.TrustStoreRevocations).toMatchObject([{ NumberOfRevokedEntries: 2 }]);
    aws.settle();
    expect(await knocks('leaf', 'rsa', 'gone', 'other')).toEqual(['200', '200', '000', '000']);
  });

  const knocks = (...names: readonly string[]) =>
    Promise.all(
      names.map(async (name) => {
        const host = aws.edges().find(({ kind }) => kind === 'alb')?.hosts[0] ?? '';
        const options = (await (await fetch(`${aws.url}/_local/curl?host=${host}`)).text()).trim().split(' ');
        const identity = ['--cert', ca.path(`${name}.pem`), '--key', ca.path(`${name}.key`)];
        const ran = await run('curl', [
          '-s',
          '-o',
          '/dev/null',
          '-w',
          '%{http_code}',
          ...options,
          ...identity,
          `https://${host}/`,
        ]);
        return ran.out;
      }),
    );

  test('is trusted by Roles Anywhere, and its CRL revokes there', async () => {
    const anywhere = new RolesAnywhereClient(aws.clientConfig('rolesanywhere'));
    const { trustAnchor } = await anywhere.send(
      new CreateTrustAnchorCommand({
        name: 'clients',
        enabled: true,
        source: {
          sourceType: 'CERTIFICATE_BUNDLE',
          sourceData: { x509CertificateData: await readFile(ca.path('ca.pem'), 'utf8') },
        },
      }),
    );
    const { profile } = await anywhere.send(
      new CreateProfileCommand({ name: 'clients', enabled: true, roleArns: [role] }),
    );
    const arns = { ANCHOR: trustAnchor?.trustAnchorArn, PROFILE: profile?.profileArn };
    expect(await sessions(arns, 'leaf', 'rsa', 'gone')).toEqual(['granted', 'granted', 'granted']);
    const crlData = await readFile(ca.path('ca.crl'));
    await anywhere.send(
      new ImportCrlCommand({
        name: 'list',
        enabled: true,
        crlData,
        trustAnchorArn: trustAnchor?.trustAnchorArn,
      }),
    );
    expect(await sessions(arns, 'leaf', 'rsa', 'gone')).toEqual([
      'granted',
      'granted',
      'Certificate revoked',
    ]);
  });

  /** The answers to a client made of openssl and curl, one after another. */
  async function sessions(arns: NodeJS.ProcessEnv, ...names: readonly string[]): Promise<readonly string[]> {
    const script = fileURLToPath(new URL('../support/create-session.sh', import.meta.url));
    const answers: string[] = [];
    for (const name of names) {
      await copyFile(ca.path(`${name}.der`), ca.path('cert.der'));
      await copyFile(ca.path(`${name}.key`), ca.path('key.pem'));
      const ALG = name === 'rsa' ? 'AWS4-X509-RSA-SHA256' : 'AWS4-X509-ECDSA-SHA256';
      const SERIAL = (await readFile(ca.path(`${name}.serial`), 'utf8')).trim();
      const { PATH } = process.env;
      const env = { PATH, ...arns, URL: aws.url, REGION: 'us-east-1', ROLE: role, ALG, SERIAL };
      const ran = await run('sh', ['-c', 'cd "$1" && sh "$2"', 'sh', ca.folder, script], { env });
      const answer = JSON.parse(ran.out);
      answers.push(answer.credentialSet === undefined ? String(answer.message) : 'granted');
    }
    return answers;
  }
});
