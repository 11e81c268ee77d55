import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { expect, test } from 'vitest';
import { setTruststore } from '../src/port/domains.ts';

const configuration = {
  endpointType: 'REGIONAL',
  securityPolicy: 'TLS_1_2',
  certificateArn: 'arn:aws:acm:eu-west-1:222222222222:certificate/a',
  certificateUploadDate: '2026-11-01T00:00:00Z',
  newerSetting: { depth: [1, 'é'] },
};

/** A service that knows more than the SDK, and what it was sent. */
async function service() {
  const sent: { readonly method: string | undefined; readonly body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    if (request.method !== 'GET') sent.push({ method: request.method, body: JSON.parse(text) });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ domainName: 'a.example', domainNameConfigurations: [configuration] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'A', secretAccessKey: 'b' },
  };
  const done = <T>(send: () => Promise<T>) => send();
  const calls = {
    v1: () => new APIGatewayClient(config),
    v2: () => new ApiGatewayV2Client(config),
    abort: { abortSignal: new AbortController().signal },
    get: done,
    call: <T>(_rate: string, _action: string, send: () => Promise<T>) => send(),
    allV1: async () => [],
    allV2: async () => [],
  };
  return { sent, calls, [Symbol.asyncDispose]: async () => void server.close() };
}

const location = { bucket: 'b', key: 'k', version: 'v' };

test('HTTP APIs: what the SDK does not know of a domain is sent back with the truststore', async () => {
  await using at = await service();
  await setTruststore({ api: 'http', domain: 'a.example' }, location, at.calls);
  expect(at.sent).toEqual([
    {
      method: 'PATCH',
      body: {
        domainNameConfigurations: [configuration],
        mutualTlsAuthentication: { truststoreUri: 's3://b/k', truststoreVersion: 'v' },
      },
    },
  ]);
});

test('REST APIs: the patch names mutual TLS alone', async () => {
  await using at = await service();
  await setTruststore({ api: 'rest', domain: 'a.example' }, location, at.calls);
  const replace = (path: string, value: string) => ({ op: 'replace', path, value });
  expect(at.sent).toEqual([
    {
      method: 'PATCH',
      body: {
        patchOperations: [
          replace('/mutualTlsAuthentication/truststoreUri', 's3://b/k'),
          replace('/mutualTlsAuthentication/truststoreVersion', 'v'),
        ],
      },
    },
  ]);
});
