import { request as httpsRequest } from 'node:https';
import { keyPem } from '../support/pki.ts';
import { leaves } from './materials.ts';

/** A data plane, as the server tells of it. */
export interface Plane {
  readonly host: string;
  readonly port: number;
  readonly protocol: string;
  readonly name: string;
}

/** Requests of no form: each must be refused, by an error of the service. */
const BROKEN: readonly {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}[] = [
  { service: 'cloudfront', method: 'POST', path: '/2020-05-31/distribution', body: '<a><b' },
  { service: 'rolesanywhere', method: 'POST', path: '/trustanchors', body: '{"name":' },
  { service: 'rolesanywhere', method: 'PATCH', path: '/nowhere', body: '' },
  { service: 'apigateway', method: 'POST', path: '/restapis', body: 'nope' },
  { service: 'elasticloadbalancing', method: 'POST', path: '/', body: 'Action=Format&Version=2015-12-01' },
  { service: 'quantum', method: 'POST', path: '/', body: 'x'.repeat(100_000) },
  { service: 's3', method: 'PUT', path: '/..%2f..%2fetc/passwd?acl', body: 'x' },
];

/** Sends one of them; gives the status. */
export async function sendBroken(url: string, which: number): Promise<number> {
  const { service, method, path, body } = BROKEN[which % BROKEN.length] ?? {
    service: '',
    method: 'POST',
    path: '/',
    body: '',
  };
  const authorization = `AWS4-HMAC-SHA256 Credential=A/20261124/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const answer = await fetch(`${url}${path}`, { method, headers: { authorization }, body });
  await answer.arrayBuffer();
  return answer.status;
}

/**
 * Calls a data plane with a good certificate, an unknown one or none; any answer will do, and
 * none too.
 */
export function knock({ host, port, name }: Plane, who: number): Promise<void> {
  const leaf = [leaves.good, leaves.unknown, undefined][who % 3];
  return new Promise((resolve) => {
    const request = httpsRequest({
      host,
      port,
      servername: name,
      rejectUnauthorized: false,
      agent: false,
      ...(leaf === undefined ? {} : { cert: leaf.pem, key: keyPem(leaf.keys) }),
    });
    request.on('response', (response) => response.resume().on('close', resolve));
    request.on('error', () => resolve());
    request.end();
  });
}
