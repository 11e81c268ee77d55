import {
  CloudFrontClient,
  CreateConnectionFunctionCommand,
  CreateDistributionCommand,
  CreateKeyValueStoreCommand,
  CreateTrustStoreCommand,
  DeleteConnectionFunctionCommand,
  DescribeConnectionFunctionCommand,
  type DistributionConfig,
  GetConnectionFunctionCommand,
  ListConnectionFunctionsCommand,
  ListDistributionsByConnectionFunctionCommand,
  PublishConnectionFunctionCommand,
  TestConnectionFunctionCommand,
  UpdateConnectionFunctionCommand,
} from '@aws-sdk/client-cloudfront';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createJumpClock,
  type LocalAws,
  type LocalAwsOptions,
  type OcspRequest,
  type OcspResponder,
  startLocalAws,
} from '../src/index.ts';
import { makeBucket } from './support/buckets.ts';
import { type Client, nodeCaller } from './support/clients.ts';
import { oid, seq, tlv } from './support/der-writer.ts';
import { configureDistribution, distributionConfig } from './support/distributions.ts';
import { edgeWhere } from './support/edges.ts';
import { makeCa, makeLeaf } from './support/pki.ts';

const clock = createJumpClock(Date.now());
const root = makeCa('CN=Root');
const [good, bad] = [makeLeaf(root, { serial: 0x1234n }), makeLeaf(root, { serial: 0x9e2aafn })];
let aws: LocalAws;
let cloudfront: CloudFrontClient;
let Id = '';

async function start(options: LocalAwsOptions = {}) {
  aws = await startLocalAws({ clock, ...options });
  cloudfront = new CloudFrontClient(aws.clientConfig('cloudfront'));
  await makeBucket(new S3Client(aws.clientConfig('s3')), 'files', {
    'ca.pem': root.pem,
    'empty.json': '{"data":[]}',
    'denied.json': JSON.stringify({ data: [{ key: '9e2aaf', value: '' }] }),
  });
  const DistributionConfig = distributionConfig();
  const made = await cloudfront.send(new CreateDistributionCommand({ DistributionConfig }));
  Id = made.Distribution?.Id ?? '';
}
afterEach(() => aws.close());

const code = (body: string) =>
  Buffer.from(`import cf from 'cloudfront';
const kvs = cf.kvs();
async function connectionHandler(connection) { ${body} }`);
/** Denies what the store names, in one notation. */
const check = code(`
  const one = connection.clientCertificate;
  if (!one) { connection.logCustomData('no certificate'); return connection.allow(); }
  const serial = one.certificates.leaf.serialNumber.replace(/:/g, '').replace(/^0+/, '');
  connection.logCustomData(serial);
  if (await kvs.exists(serial)) connection.deny(); else connection.allow();`);

async function makeFunction(Code: Uint8Array, items = 'empty') {
  const store = await cloudfront.send(
    new CreateKeyValueStoreCommand({
      Name: items,
      ImportSource: { SourceType: 'S3', SourceARN: `arn:aws:s3:::files/${items}.json` },
    }),
  );
  await clock.sleep(1000);
  const config = {
    Comment: '',
    Runtime: 'cloudfront-js-2.0' as const,
    KeyValueStoreAssociations: {
      Quantity: 1,
      Items: [{ KeyValueStoreARN: store.KeyValueStore?.ARN ?? '' }],
    },
  };
  const made = await cloudfront.send(
    new CreateConnectionFunctionCommand({
      Name: 'check',
      ConnectionFunctionConfig: config,
      ConnectionFunctionCode: Code,
    }),
  );
  return { id: made.ConnectionFunctionSummary?.Id ?? '', ETag: made.ETag, config };
}

const configure = async (more: Partial<DistributionConfig>) => {
  await configureDistribution(cloudfront, Id, more);
  await clock.sleep(1000);
};
async function attach(functionId: string, Mode: 'required' | 'optional' = 'required', ocsp = false) {
  const made = await cloudfront.send(
    new CreateTrustStoreCommand({
      Name: `devices-${Mode}`,
      CaCertificatesBundleSource: {
        CaCertificatesBundleS3Location: { Bucket: 'files', Key: 'ca.pem', Region: 'us-east-1' },
      },
      UseClientCertificateOCSPEndpoint: ocsp,
    }),
  );
  await clock.sleep(1000);
  await configure({
    ViewerMtlsConfig: { Mode, TrustStoreConfig: { TrustStoreId: made.TrustStore?.Id } },
    ...(functionId === '' ? {} : { ConnectionFunctionAssociation: { Id: functionId } }),
  });
}
const publish = async (id: string, IfMatch: string | undefined) => {
  await cloudfront.send(new PublishConnectionFunctionCommand({ Id: id, IfMatch }));
  await clock.sleep(1000);
};
const knock = async (client: Client) => {
  const edge = edgeWhere(aws, ({ servicePort }) => servicePort === 443);
  const { status } = await nodeCaller(edge, client, '1.3');
  const { reason, customData } = aws.connections().at(-1) ?? {};
  return [status, reason, customData];
};

describe('the control plane of connection functions', () => {
  beforeEach(() => start());

  it('has two stages: what is published runs, what is written waits', async () => {
    const { id, ETag, config } = await makeFunction(check);
    const status = async () =>
      (await cloudfront.send(new DescribeConnectionFunctionCommand({ Identifier: id })))
        .ConnectionFunctionSummary?.Status;
    expect(id).toMatch(/^cf_/);
    expect(await status()).toBe('UNPUBLISHED');
    await expect(attach(id)).rejects.toMatchObject({ name: 'InvalidArgument' });
    const live = { Identifier: id, Stage: 'LIVE' as const };
    await expect(cloudfront.send(new GetConnectionFunctionCommand(live))).rejects.toMatchObject({
      name: 'EntityNotFound',
    });
    await cloudfront.send(new PublishConnectionFunctionCommand({ Id: id, IfMatch: ETag }));
    expect(await status()).toBe('PUBLISHING');
    await clock.sleep(1000);
    expect(await status()).toBe('UNASSOCIATED');
    const update = {
      Id: id,
      ConnectionFunctionConfig: config,
      ConnectionFunctionCode: code('connection.allow();'),
    };
    await expect(
      cloudfront.send(new UpdateConnectionFunctionCommand({ ...update, IfMatch: 'ESTALE' })),
    ).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await cloudfront.send(new UpdateConnectionFunctionCommand({ ...update, IfMatch: ETag }));
    const { ConnectionFunctionCode } = await cloudfront.send(new GetConnectionFunctionCommand(live));
    expect(Buffer.from(ConnectionFunctionCode ?? []).toString()).toBe(check.toString());
    const listed = await cloudfront.send(new ListConnectionFunctionsCommand({ Stage: 'LIVE' }));
    expect(listed.ConnectionFunctions?.map(({ Name, Stage }) => [Name, Stage])).toEqual([['check', 'LIVE']]);
  });

  it('tests code against an event without any connection', async () => {
    const { id, ETag } = await makeFunction(check, 'denied');
    const event = (serialNumber: string) =>
      Buffer.from(JSON.stringify({ clientCertificate: { certificates: { leaf: { serialNumber } } } }));
    const output = async (serial: string) => {
      const { ConnectionFunctionTestResult: result } = await cloudfront.send(
        new TestConnectionFunctionCommand({ Id: id, IfMatch: ETag, ConnectionObject: event(serial) }),
      );
      return result?.ConnectionFunctionOutput;
    };
    expect(await output('00:9e:2a:af')).toBe('{"connection":"deny"}');
    expect(await output('12:34')).toBe('{"connection":"allow"}');
  });

  it('takes at most 10 KB of code and one store, and is kept while a distribution uses it', async () => {
    await expect(makeFunction(code(`/*${'x'.repeat(10_240)}*/`))).rejects.toMatchObject({
      name: 'EntitySizeLimitExceeded',
    });
    const { id, ETag } = await makeFunction(check, 'denied');
    await publish(id, ETag);
    await attach(id);
    const used = await cloudfront.send(
      new ListDistributionsByConnectionFunctionCommand({ ConnectionFunctionIdentifier: id }),
    );
    expect(used.DistributionList?.Items).toMatchObject([{ Id, ConnectionFunctionAssociation: { Id: id } }]);
    const remove = () => cloudfront.send(new DeleteConnectionFunctionCommand({ Id: id, IfMatch: ETag }));
    await expect(remove()).rejects.toMatchObject({ name: 'CannotDeleteEntityWhileInUse' });
    await configure({ ConnectionFunctionAssociation: undefined });
    await remove();
  });
});

describe('at the edge', () => {
  it('a function decides after the certificate has passed, with what its store holds at that instant', async () => {
    await start();
    const { id, ETag } = await makeFunction(check, 'denied');
    await publish(id, ETag);
    await attach(id);
    expect(await knock({ leaf: good })).toEqual([200, 'Success', '1234']);
    expect(await knock({ leaf: bad })).toEqual([0, 'ConnectionFunctionDenied', '9e2aaf']);
    expect((await knock({})).slice(0, 2)).toEqual([0, 'ClientCertMissing']);
    const unknown = makeLeaf(makeCa('CN=Unknown'));
    expect(await knock({ leaf: unknown })).toEqual([0, 'ClientCertUntrusted', undefined]);
  });

  it('new code is in force once it is published, and a function that fails refuses', async () => {
    await start();
    const { id, ETag, config } = await makeFunction(check, 'denied');
    await publish(id, ETag);
    await attach(id);
    const updated = await cloudfront.send(
      new UpdateConnectionFunctionCommand({
        Id: id,
        IfMatch: ETag,
        ConnectionFunctionConfig: config,
        ConnectionFunctionCode: code('throw new Error("broken");'),
      }),
    );
    expect((await knock({ leaf: good }))[0]).toBe(200);
    await publish(id, updated.ETag);
    expect((await knock({ leaf: good })).slice(0, 2)).toEqual([0, 'ConnectionFunctionError']);
  });

  it.each([
    ['refuse', 'no certificate'],
    ['admit', undefined],
  ] as const)(
    'in optional mode without a certificate: reading %s',
    async (cloudFrontOptionalFunction, custom) => {
      await start({ unknowns: { cloudFrontOptionalFunction } });
      const { id, ETag } = await makeFunction(check);
      await publish(id, ETag);
      await attach(id, 'optional');
      expect(await knock({})).toEqual([200, 'Success', custom]);
    },
  );

  it('with the OCSP flag, a certificate without a responder is refused before any function runs', async () => {
    await start({ ocsp: () => 'good' });
    const { id, ETag } = await makeFunction(code('connection.allow();'));
    await publish(id, ETag);
    await attach(id, 'required', true);
    expect(await knock({ leaf: good })).toEqual([0, 'ClientCertRejected', undefined]);
  });

  it('what a responder says refuses alone, and a function may decide otherwise', async () => {
    const url = seq(seq(oid('1.3.6.1.5.5.7.48.1'), tlv(0x86, Buffer.from('http://ocsp.example/'))));
    const leaf = makeLeaf(root, { serial: 0x77n, more: [{ oid: '1.3.6.1.5.5.7.1.1', value: url }] });
    const asked: OcspRequest[] = [];
    let answer: ReturnType<OcspResponder> = 'good';
    await start({
      ocsp: (request) => {
        asked.push(request);
        return answer;
      },
    });
    await attach('', 'required', true);
    expect(await knock({ leaf })).toEqual([200, 'Success', undefined]);
    expect(asked).toEqual([{ url: 'http://ocsp.example/', serial: '77', issuer: 'CN=Root' }]);
    for (answer of ['revoked', 'unknown', 'error'] as const)
      expect(await knock({ leaf })).toEqual([0, 'ClientCertRejected', undefined]);
    const { id, ETag } = await makeFunction(
      code(`const { chainValidity } = connection.clientCertificate.revocationStatus;
        connection.logCustomData(chainValidity);
        if (chainValidity === 'Unknown') connection.allow(); else connection.deny();`),
    );
    await publish(id, ETag);
    await configure({ ConnectionFunctionAssociation: { Id: id } });
    expect(await knock({ leaf })).toEqual([200, 'Success', 'Unknown']);
    answer = 'revoked';
    expect(await knock({ leaf })).toEqual([0, 'ConnectionFunctionDenied', 'Invalid']);
  });
});
