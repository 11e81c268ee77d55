import {
  CloudFrontClient,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import { clientConfig, spot, type Where } from './where.ts';

/** The configuration of a distribution as the service gives it: the XML, read by no SDK. */
export async function distributionDocument(where: Where, id: string): Promise<string> {
  const { credentials, endpoint } = clientConfig(at(where), 'cloudfront');
  const scope = `Credential=${credentials.accessKeyId}/20261101/us-east-1/cloudfront/aws4_request`;
  const answer = await fetch(`${endpoint}/2020-05-31/distribution/${id}/config`, {
    headers: { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0` },
  });
  return await answer.text();
}

/**
 * Changes the XML of a distribution by hand, as a client does that is younger than the SDK in use.
 *
 * @example
 * await editDistribution({ local }, id, (xml) => xml.replace('</DistributionConfig>', '<Newer/></DistributionConfig>'))
 */
export async function editDistribution(
  where: Where,
  Id: string,
  change: (document: string) => string,
): Promise<void> {
  const client = new CloudFrontClient(clientConfig(at(where), 'cloudfront'));
  const body = change(await distributionDocument(where, Id));
  const { ETag: IfMatch, DistributionConfig } = await client.send(new GetDistributionConfigCommand({ Id }));
  const update = new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig });
  update.middlewareStack.add(
    (next) => (args) => {
      if (typeof args.request === 'object') Object.assign(args.request ?? {}, { body });
      return next(args);
    },
    { step: 'build', priority: 'high' },
  );
  await client.send(update);
  client.destroy();
}

const at = (where: Where) => ({ ...spot(where), region: 'us-east-1' });
