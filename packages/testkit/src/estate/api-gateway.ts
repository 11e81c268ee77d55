import {
  APIGatewayClient,
  CreateBasePathMappingCommand,
  CreateRestApiCommand,
  CreateDomainNameCommand as CreateRestDomainCommand,
} from '@aws-sdk/client-api-gateway';
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateApiMappingCommand,
  CreateDomainNameCommand,
} from '@aws-sdk/client-apigatewayv2';
import { clientConfig, given, type Spot, spot, type Where } from './where.ts';

/** A regional custom domain as a team has it before mTLS. */
export interface EstateApiGateway {
  readonly domain: string;
  readonly apiId: string;
  /** The default endpoint, which goes around the domain: a door. */
  readonly defaultEndpoint: string;
}

/** Which API Gateway the team uses: an HTTP API (v2), or a REST API (v1). */
export type ApiKind = 'http' | 'rest';

const stage = 'live';

/**
 * Makes a regional custom domain with an API behind it, without client authentication; the API's default endpoint is open.
 *
 * @param domain default `api.example.com`
 */
export async function makeApiGateway(
  where: Where,
  domain = 'api.example.com',
  kind: ApiKind = 'http',
): Promise<EstateApiGateway> {
  const at = spot(where);
  const certificateArn = `arn:aws:acm:${at.region}:${at.account}:certificate/0b2ad0f3-5a4c-4a57-9d0b-6a1f0a9b7c02`;
  const apiId = await (kind === 'http' ? http(at, domain, certificateArn) : rest(at, domain, certificateArn));
  return Object.freeze({
    domain,
    apiId,
    defaultEndpoint: `https://${apiId}.execute-api.${at.region}.amazonaws.com`,
  });
}

async function http(at: Spot, domain: string, certificateArn: string): Promise<string> {
  const client = new ApiGatewayV2Client(clientConfig(at, 'apigateway'));
  await client.send(
    new CreateDomainNameCommand({
      DomainName: domain,
      DomainNameConfigurations: [
        { CertificateArn: certificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
      ],
    }),
  );
  const api = await client.send(new CreateApiCommand({ Name: domain, ProtocolType: 'HTTP' }));
  const apiId = given(api.ApiId, 'API');
  await client.send(new CreateApiMappingCommand({ DomainName: domain, ApiId: apiId, Stage: stage }));
  return apiId;
}

async function rest(at: Spot, domain: string, certificateArn: string): Promise<string> {
  const client = new APIGatewayClient(clientConfig(at, 'apigateway'));
  await client.send(
    new CreateRestDomainCommand({
      domainName: domain,
      regionalCertificateArn: certificateArn,
      endpointConfiguration: { types: ['REGIONAL'] },
      securityPolicy: 'TLS_1_2',
    }),
  );
  const api = await client.send(
    new CreateRestApiCommand({ name: domain, endpointConfiguration: { types: ['REGIONAL'] } }),
  );
  const apiId = given(api.id, 'API');
  await client.send(new CreateBasePathMappingCommand({ domainName: domain, restApiId: apiId, stage }));
  return apiId;
}
