import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';
import {
  CloudFrontClient,
  type DistributionConfig,
  GetDistributionConfigCommand,
  PublishConnectionFunctionCommand,
  UpdateConnectionFunctionCommand,
  UpdateDistributionCommand,
  UpdateTrustStoreCommand,
} from '@aws-sdk/client-cloudfront';
import { CloudFrontKeyValueStoreClient, UpdateKeysCommand } from '@aws-sdk/client-cloudfront-keyvaluestore';
import '@aws-sdk/signature-v4a';
import { clientConfig, given } from '../environment/where.ts';
import { type Edits, plantBundle } from './edits.ts';
import type { Stage } from './stage.ts';

/**
 * Edits of a distribution, its trust store, its connection function and the KeyValueStore which
 * that reads.
 */
export function cloudFrontEdits(stage: Stage, distributionId: string): Edits {
  const { local, accountRegion } = stage;
  const client = new CloudFrontClient(clientConfig({ local, ...accountRegion }, 'cloudfront'));
  const state = () =>
    given(local.state().cloudfront.find((one) => one.account === accountRegion.account)?.state, 'CloudFront');
  const change = async (next: (config: DistributionConfig) => DistributionConfig) => {
    const answer = await client.send(new GetDistributionConfigCommand({ Id: distributionId }));
    const IfMatch = given(answer.ETag, 'ETag');
    const config = next(given(answer.DistributionConfig, 'configuration'));
    await client.send(
      new UpdateDistributionCommand({ Id: distributionId, IfMatch, DistributionConfig: config }),
    );
  };
  return {
    ...functionEdits(client, state),
    ...keyEdits(stage, state),
    async 'a CA that nobody accepted takes the place of the bundle'() {
      const { config } = given(state().distributions.get(distributionId), 'distribution');
      const id = given(config.ViewerMtlsConfig?.TrustStoreConfig?.TrustStoreId, 'trust store');
      const at = await plantBundle(stage);
      await client.send(
        new UpdateTrustStoreCommand({
          Id: id,
          IfMatch: given(state().trustStores.get(id)?.etag, 'ETag'),
          CaCertificatesBundleSource: {
            CaCertificatesBundleS3Location: {
              Bucket: at.bucket,
              Key: at.key,
              Version: at.version,
              Region: accountRegion.region,
            },
          },
        }),
      );
    },
    'client authentication becomes optional': () =>
      change((config) => ({
        ...config,
        ViewerMtlsConfig: { ...given(config.ViewerMtlsConfig, 'mTLS'), Mode: 'optional' },
      })),
    'client authentication is removed, and with it the connection function': () =>
      change(({ ViewerMtlsConfig: _mtls, ConnectionFunctionAssociation: _fn, ...rest }) => rest),
    'the connection function is taken off the distribution': () =>
      change(({ ConnectionFunctionAssociation: _fn, ...rest }) => rest),
  };
}

type State = Stage['local'] extends { state(): infer All }
  ? All extends { readonly cloudfront: readonly { readonly state: infer One }[] }
    ? One
    : never
  : never;

function functionEdits(client: CloudFrontClient, state: () => State): Edits {
  return {
    async 'the connection function is replaced by one that admits everybody'() {
      const { id, development } = given([...state().connectionFunctions.values()][0], 'function');
      const updated = await client.send(
        new UpdateConnectionFunctionCommand({
          Id: id,
          IfMatch: development.etag,
          ConnectionFunctionConfig: { ...development.config },
          ConnectionFunctionCode: Buffer.from('function connectionHandler(c) { c.allow(); }'),
        }),
      );
      await client.send(
        new PublishConnectionFunctionCommand({ Id: id, IfMatch: given(updated.ETag, 'ETag') }),
      );
    },
  };
}

function keyEdits({ local, accountRegion }: Stage, state: () => State): Edits {
  const client = new CloudFrontKeyValueStoreClient({
    ...clientConfig({ local, ...accountRegion }, 'cloudfront-keyvaluestore'),
    // The client puts the account id before the host, which makes no address of an IP and a name
    // that no resolver knows.
    endpoint: local.url.replace('127.0.0.1', 'localhost'),
    requestHandler: { httpAgent: new Agent({ lookup: loopback }) },
  });
  const store = () => given([...state().keyValueStores.values()][0], 'KeyValueStore');
  const write = async (puts: Readonly<Record<string, string>>, deletes: readonly string[] = []) => {
    await client.send(
      new UpdateKeysCommand({
        KvsARN: store().arn,
        IfMatch: store().dataETag,
        Puts: Object.entries(puts).map(([Key, Value]) => ({ Key, Value })),
        Deletes: deletes.map((Key) => ({ Key })),
      }),
    );
  };
  const full = (): readonly [string, string] =>
    given(
      [...store().items].find(([key, value]) => /^\d/.test(key) && value.length > 1),
      'bucket with a serial',
    );
  return {
    'a bucket of the KeyValueStore is emptied': () => write({ [full()[0]]: '.' }),
    'the manifest of the KeyValueStore is deleted': () => write({}, ['manifest']),
    'what a bucket refuses is admitted by a delta': () => {
      const deltas = [...store().items.keys()].filter((key) => key.startsWith('d'));
      return write(Object.fromEntries(deltas.map((key) => [key, `|${full()[1]}`])));
    },
    'a key of somebody else is put into the KeyValueStore': () => write({ other: 'value' }),
  };
}

const loopback: LookupFunction = (_host, options, done) => {
  if (options.all === true) done(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
};
