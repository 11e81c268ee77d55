import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type LocalAws, startLocalAws } from '@trustloom/local-aws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createTestClock,
  type ServerlessCa,
  serverlessCaBucket,
  serverlessCaKeys,
  startServerlessCa,
} from '../src/index.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const bucket = serverlessCaBucket();
const clock = createTestClock('2026-11-24T08:15:00Z');
let local: LocalAws;
let s3: S3Client;
let ca: ServerlessCa;

beforeAll(async () => {
  local = await startLocalAws({ clock });
  s3 = new S3Client(local.clientConfig('s3'));
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  ca = await startServerlessCa({ s3, bucket, clock });
});
afterAll(() => local.close());

async function object(key: string) {
  const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return { type: answer.ContentType, body: (await answer.Body?.transformToByteArray()) ?? new Uint8Array() };
}
const text = async (key: string) => new TextDecoder().decode((await object(key)).body);
const crl = async (key: string, form: 'DER' | 'PEM') =>
  execFileSync('openssl', ['crl', '-inform', form, '-noout', '-text'], {
    input: (await object(key)).body,
    encoding: 'utf8',
  });

describe('Serverless CA', () => {
  it('publishes under the names of the module, with its content type everywhere', async () => {
    expect(ca.keys).toEqual({
      bundle: 'serverless-ca-bundle-dev.pem',
      rootCertificate: 'serverless-root-ca-dev.crt',
      issuingCertificate: 'serverless-issuing-ca-dev.crt',
      rootCrl: 'serverless-root-ca-dev.crl',
      rootCrlPem: 'serverless-root-ca-dev.crl.pem',
      issuingCrl: 'serverless-issuing-ca-dev.crl',
      issuingCrlPem: 'serverless-issuing-ca-dev.crl.pem',
    });
    expect(serverlessCaKeys('acme', 'prd').bundle).toBe('acme-ca-bundle.pem');
    for (const key of Object.values(ca.keys))
      expect([key, (await object(key)).type]).toEqual([key, 'application/x-pkcs7-crl']);
  });

  it('gives a bundle of root, then issuing CA', async () => {
    expect(await text(ca.keys.bundle)).toBe(ca.root().pem + ca.issuing().pem);
    expect(new X509Certificate(ca.root().pem).publicKey.asymmetricKeyDetails?.namedCurve).toBe('secp384r1');
    expect(new X509Certificate(ca.issuing().pem).publicKey.asymmetricKeyDetails?.namedCurve).toBe(
      'prime256v1',
    );
  });

  it.skipIf(!hasOpenssl)(
    'gives CRLs that live a day and ten minutes, with numbers that grow (openssl)',
    async () => {
      const leaf = await ca.issue('CN=device-1');
      ca.revoke(leaf.serial);
      expect(await crl(ca.keys.issuingCrl, 'DER')).toContain('No Revoked Certificates');
      clock.advance(86_400_000);
      await ca.dailyRun();
      for (const [key, form] of [
        [ca.keys.issuingCrl, 'DER'],
        [ca.keys.issuingCrlPem, 'PEM'],
      ] as const) {
        const testCrl = await crl(key, form);
        expect(testCrl).toMatch(
          /Last Update: Nov 25 08:15:00 2026 GMT\s+Next Update: Nov 26 08:25:00 2026 GMT/,
        );
        expect(testCrl).toMatch(/CRL Number:\s+2\b/);
        expect(testCrl.toLowerCase()).toContain(leaf.serial);
        expect(testCrl).not.toContain('Reason');
      }
      expect(await crl(ca.keys.rootCrlPem, 'PEM')).toMatch(/No Revoked Certificates/);
    },
  );

  it('overwrites the bundle at a re-key and at a renewal', async () => {
    const before = ca.issuing();
    await ca.rekeyIssuing();
    expect(ca.issuing().keyId).not.toEqual(before.keyId);
    expect(await text(ca.keys.bundle)).toBe(ca.root().pem + ca.issuing().pem);
    const renewedFrom = ca.issuing();
    await ca.renewIssuing();
    expect(ca.issuing().keyId).toEqual(renewedFrom.keyId);
    expect(ca.issuing().sha256).not.toBe(renewedFrom.sha256);
  });

  it.skipIf(!hasOpenssl)('starts counting again when the issuing CA is made anew (openssl)', async () => {
    await ca.dailyRun();
    await ca.rekeyIssuing();
    expect(await crl(ca.keys.issuingCrl, 'DER')).toMatch(/CRL Number:\s+1\b/);
    expect(await crl(ca.keys.rootCrl, 'DER')).not.toMatch(/CRL Number:\s+1\b/);
  });
});
