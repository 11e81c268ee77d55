import { createHash, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { defined } from '@trustloom/core/adapter';

/** What a client sends to get a session. */
export interface SessionRequest {
  /** Default `https://rolesanywhere.<region>.amazonaws.com`. */
  readonly endpoint?: string;
  readonly region: string;
  readonly trustAnchorArn: string;
  readonly profileArn: string;
  readonly roleArn: string;
  /** The client certificate, PEM. */
  readonly certificatePem: string;
  /** Its private key, PEM; used to sign, never sent, logged or kept. */
  readonly privateKeyPem: string;
  /** Intermediates to send along, PEM; the service refuses more than five. */
  readonly intermediatesPem?: readonly string[];
  /** Milliseconds since the epoch; the service compares it with real time. */
  readonly now: number;
  readonly fetch?: typeof globalThis.fetch;
  readonly signal?: AbortSignal;
}

/** What the service answered. Credentials are left out on purpose: nobody here needs them. */
export interface SessionAnswer {
  /** 201 when a session was created. */
  readonly status: number;
  /** The service's own words for a refusal. */
  readonly message?: string;
}

/**
 * Asks IAM Roles Anywhere for a session with a client certificate, as the credential helper does:
 * SigV4's canonical form, signed with the certificate's key. No SDK has this operation.
 *
 * @see AWS: IAM Roles Anywhere, Signing process for API requests
 * @example
 * const arns = { trustAnchorArn, profileArn, roleArn }
 * const client = { certificatePem, privateKeyPem }
 * const { status, message } = await createSession({ region, ...arns, ...client, now: Date.now() })
 */
export async function createSession(request: SessionRequest): Promise<SessionAnswer> {
  const { profileArn, roleArn, trustAnchorArn, region } = request;
  const url = new URL('/sessions', request.endpoint ?? `https://rolesanywhere.${region}.amazonaws.com`);
  url.search = canonicalQuery({ profileArn, roleArn, trustAnchorArn });
  const body = JSON.stringify({ durationSeconds: 900 });
  const response = await (request.fetch ?? globalThis.fetch)(url, {
    method: 'POST',
    body,
    headers: signedHeaders(request, url, body),
    ...defined({ signal: request.signal }),
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const message = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'message') : undefined;
  return { status: response.status, ...(typeof message === 'string' ? { message } : {}) };
}

function signedHeaders(request: SessionRequest, url: URL, body: string): Record<string, string> {
  const leaf = new X509Certificate(request.certificatePem);
  const key = createPrivateKey(request.privateKeyPem);
  const algorithm = key.asymmetricKeyType === 'rsa' ? 'AWS4-X509-RSA-SHA256' : 'AWS4-X509-ECDSA-SHA256';
  const time = new Date(request.now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${time.slice(0, 8)}/${request.region}/rolesanywhere/aws4_request`;
  const chain = (request.intermediatesPem ?? []).map((pem) => base64(new X509Certificate(pem).raw));
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    host: url.host,
    'x-amz-date': time,
    'x-amz-x509': base64(leaf.raw),
    ...(chain.length === 0 ? {} : { 'x-amz-x509-chain': chain.join(',') }),
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    'POST',
    url.pathname,
    url.search.slice(1),
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    sha256(body),
  ].join('\n');
  const toSign = [algorithm, time, scope, sha256(canonical)].join('\n');
  const signature = sign('sha256', Buffer.from(toSign), key).toString('hex');
  // The serial stands here in decimal.
  const credential = `${BigInt(`0x${leaf.serialNumber}`)}/${scope}`;
  const { host: _, ...sent } = headers;
  return {
    ...sent,
    authorization: `${algorithm} Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

/** RFC 3986 in SigV4's reading: everything but unreserved characters is escaped, names sorted. */
function canonicalQuery(query: Readonly<Record<string, string>>): string {
  const escaped = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return Object.keys(query)
    .sort()
    .map((name) => `${name}=${escaped(query[name] ?? '')}`)
    .join('&');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
