import type { WireRequest } from '../services/service.ts';

/** What the signature of a request says about where it is meant to go. */
export interface Scope {
  /** Signing name; `s3` for unsigned requests. */
  readonly service: string;
  readonly region: string;
  /** Access key id; undefined when unsigned or signed with a certificate. */
  readonly accessKeyId?: string;
}

const DEFAULT_REGION = 'us-east-1';

/** Reads the credential scope of a header or presigned signature. SigV4A scopes have no region. */
export function scopeOf(request: WireRequest): Scope {
  const header = /\bCredential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1];
  const credential = header ?? request.query.get('X-Amz-Credential') ?? undefined;
  if (credential === undefined) {
    const host = request.headers.host ?? '';
    return { service: /^\d{12}\./.test(host) ? 'cloudfront-keyvaluestore' : 's3', region: DEFAULT_REGION };
  }
  const parts = credential.split('/');
  const service = parts.at(-2) ?? 's3';
  const region = parts.length >= 5 ? (parts.at(-3) ?? DEFAULT_REGION) : DEFAULT_REGION;
  const x509 = (request.headers.authorization ?? '').startsWith('AWS4-X509-');
  const accessKeyId = parts[0];
  return x509 || accessKeyId === undefined ? { service, region } : { service, region, accessKeyId };
}
