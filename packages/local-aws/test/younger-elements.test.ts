import {
  CloudFrontClient,
  CreateDistributionCommand,
  CreateDistributionWithTagsCommand,
  type DistributionConfig,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalAws, startLocalAws } from '../src/index.ts';

const origin = (Id: string) => ({
  Id,
  DomainName: `${Id}.example.com`,
  CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' as const },
});
const config: DistributionConfig = {
  CallerReference: 'younger',
  Comment: '<&> in text',
  Enabled: true,
  Origins: { Quantity: 2, Items: [origin('one'), origin('two')] },
  DefaultCacheBehavior: { TargetOriginId: 'one', ViewerProtocolPolicy: 'https-only' },
};

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(() => aws.close());

/** A client whose requests are edited, and which keeps the last answer as it came. */
function rawClient(edit: (xml: string) => string = (xml) => xml) {
  const client = new CloudFrontClient(aws.clientConfig('cloudfront'));
  let last = '';
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body?: unknown };
      if (typeof request.body === 'string' && request.body !== '') request.body = edit(request.body);
      return next(args);
    },
    { step: 'build', priority: 'high' },
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { body: unknown };
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) chunks.push(chunk);
      response.body = new Uint8Array(Buffer.concat(chunks));
      last = Buffer.concat(chunks).toString();
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  return { client, last: () => last };
}

const planted = (xml: string) =>
  xml
    .replace('</DistributionConfig>', '<Newer a="1"><Inside>&lt;</Inside></Newer></DistributionConfig>')
    .replace('<Id>two</Id>', '<Id>two</Id><NewerOfOrigin/>')
    .replace(
      '</DefaultCacheBehavior>',
      '<NewerList><Item>1</Item><Item>2</Item></NewerList></DefaultCacheBehavior>',
    );

test('what the schema of a distribution does not know is kept and given back at any depth', async () => {
  const { client, last } = rawClient(planted);
  const { Distribution } = await client.send(new CreateDistributionCommand({ DistributionConfig: config }));
  const Id = Distribution?.Id;
  const expectAll = () => {
    expect(last()).toContain('<Newer a="1"><Inside>&lt;</Inside></Newer></DistributionConfig>');
    // In the second origin, not the first.
    expect(last().indexOf('<NewerOfOrigin/>')).toBeGreaterThan(last().indexOf('<Id>two</Id>'));
    expect(last()).toContain('<NewerList><Item>1</Item><Item>2</Item></NewerList></DefaultCacheBehavior>');
    expect(last().match(/Newer/g)).toHaveLength(5);
  };
  expectAll();
  await client.send(new GetDistributionCommand({ Id }));
  expectAll();
  const { ETag, DistributionConfig } = await client.send(new GetDistributionConfigCommand({ Id }));
  expectAll();
  expect(DistributionConfig?.Comment).toBe('<&> in text');
  // A whole document replaces a whole document: the SDK knows none of them, so they are gone.
  const plain = rawClient();
  await plain.client.send(new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig }));
  expect(plain.last()).not.toContain('Newer');
  await plain.client.send(new GetDistributionConfigCommand({ Id }));
  expect(plain.last()).not.toContain('Newer');
});

test('where it would be dropped it is not implemented', async () => {
  const { client } = rawClient((xml) =>
    xml.replace('</DistributionConfig>', '<Newer/></DistributionConfig>'),
  );
  const DistributionConfigWithTags = { DistributionConfig: { ...config, CallerReference: 'b' }, Tags: {} };
  await expect(
    client.send(new CreateDistributionWithTagsCommand({ DistributionConfigWithTags })),
  ).rejects.toThrow('CreateDistributionWithTags with DistributionConfig.Newer');
});
