import { createHash, type KeyObject, sign } from 'node:crypto';
import type { Authority } from './pki.ts';

/** A CreateSession request, and ways to spoil it. */
export interface SessionRequest {
  readonly url: string;
  readonly region: string;
  readonly leaf: Authority;
  readonly serial: bigint;
  readonly chain?: readonly Authority[];
  readonly trustAnchorArn: string;
  readonly profileArn: string;
  readonly roleArn: string;
  readonly body?: object;
  readonly date?: Date;
  /** Signs with another key than the certificate's. */
  readonly key?: KeyObject;
  readonly algorithm?: string;
  readonly signedHeaders?: readonly string[];
}

export interface SessionAnswer {
  readonly status: number;
  readonly type: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into JSON
  readonly body: any;
}

const sha256 = (data: string) => createHash('sha256').update(data).digest('hex');

/** Signs as the user guide's "Authentication signing process" has it, and sends. */
export async function createSession(request: SessionRequest): Promise<SessionAnswer> {
  const { url, region, leaf, chain = [] } = request;
  const date = (request.date ?? new Date()).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${date.slice(0, 8)}/${region}/rolesanywhere/aws4_request`;
  const body = JSON.stringify(request.body ?? {});
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    host: new URL(url).host,
    'x-amz-date': date,
    'x-amz-x509': Buffer.from(leaf.der).toString('base64'),
    ...(chain.length > 0
      ? { 'x-amz-x509-chain': chain.map((one) => Buffer.from(one.der).toString('base64')).join(',') }
      : {}),
  };
  const names = request.signedHeaders ?? Object.keys(headers).sort();
  const query = Object.entries({
    profileArn: request.profileArn,
    roleArn: request.roleArn,
    trustAnchorArn: request.trustAnchorArn,
  })
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  const canonical = [
    'POST',
    '/sessions',
    query,
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    sha256(body),
  ].join('\n');
  const key = request.key ?? leaf.keys.privateKey;
  const algorithm =
    request.algorithm ??
    `AWS4-X509-${leaf.keys.privateKey.asymmetricKeyType === 'rsa' ? 'RSA' : 'ECDSA'}-SHA256`;
  const signature = sign('sha256', Buffer.from([algorithm, date, scope, sha256(canonical)].join('\n')), key);
  const { host: _host, ...sent } = headers;
  const response = await fetch(`${url}/sessions?${query}`, {
    method: 'POST',
    headers: {
      ...sent,
      authorization: `${algorithm} Credential=${request.serial}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature.toString('hex')}`,
    },
    body,
  });
  return {
    status: response.status,
    type: response.headers.get('x-amzn-errortype'),
    body: await response.json(),
  };
}
