import { type CertificateInfo, writePem } from '../der/index.ts';
import { hex } from '../der/reader.ts';
import type { EdgeSpec, EdgeTrust } from '../types.ts';
import type { Verdict } from './decide.ts';

/** What a backend learns about the client: header names in lower case, and their values. */
export type Headers = Readonly<Record<string, string>>;

const colons = (bytes: Uint8Array) => hex(bytes).replace(/..(?=.)/g, '$&:');

const isoSeconds = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');

const validity = (one: CertificateInfo) =>
  `NotBefore=${isoSeconds(one.notBefore)};NotAfter=${isoSeconds(one.notAfter)}`;

/** URL-encoded PEM; ALB guide: `+`, `=` and `/` are left as they are. */
const urlPem = (ders: readonly Uint8Array[]) =>
  encodeURIComponent(ders.map((der) => writePem('CERTIFICATE', der)).join(''))
    .replaceAll('%2B', '+')
    .replaceAll('%3D', '=')
    .replaceAll('%2F', '/');

const evenHex = (digits: string) => (digits.length % 2 === 0 ? digits : `0${digits}`);

/** ALB guide, "Mutual authentication with TLS", HTTP headers; checked 2026-11. */
function albHeaders(mode: EdgeTrust['mode'], { leaf, presented }: Verdict): Headers {
  if (mode === 'passthrough')
    return presented.length > 0 ? { 'x-amzn-mtls-clientcert': urlPem(presented) } : {};
  if (mode !== 'verify' || !leaf) return {};
  return {
    'x-amzn-mtls-clientcert-serial-number': evenHex(leaf.serialHex).toUpperCase(),
    'x-amzn-mtls-clientcert-issuer': leaf.issuer.rfc2253,
    'x-amzn-mtls-clientcert-subject': leaf.subject.rfc2253,
    'x-amzn-mtls-clientcert-validity': validity(leaf),
    'x-amzn-mtls-clientcert-leaf': urlPem([leaf.der]),
  };
}

/** RFC 9440: a byte sequence of RFC 8941. */
const field = (der: Uint8Array) => `:${Buffer.from(der).toString('base64')}:`;

/**
 * CloudFront guide, "Viewer mTLS headers"; checked 2026-11. The serial is written as in the
 * function's event.
 */
function cloudfrontHeaders(mode: EdgeTrust['mode'], { leaf, presented }: Verdict): Headers {
  if (mode === 'off') return {};
  const [first, ...rest] = presented;
  const raw: Headers =
    mode === 'passthrough' && first
      ? {
          'client-cert': field(first),
          ...(rest.length > 0 ? { 'client-cert-chain': rest.map(field).join(', ') } : {}),
        }
      : {};
  if (!leaf) return { 'cloudfront-viewer-cert-present': first ? '1' : '0', ...raw };
  return {
    'cloudfront-viewer-cert-present': '1',
    'cloudfront-viewer-cert-serial-number': colons(leaf.serialBytes),
    'cloudfront-viewer-cert-issuer': leaf.issuer.rfc2253,
    'cloudfront-viewer-cert-subject': leaf.subject.rfc2253,
    'cloudfront-viewer-cert-sha256': leaf.sha256,
    'cloudfront-viewer-cert-validity': validity(leaf),
    'cloudfront-viewer-cert-pem': encodeURIComponent(writePem('CERTIFICATE', leaf.der)),
    ...raw,
  };
}

const MANAGED = /^(x-amzn-mtls-clientcert|cloudfront-viewer-cert|client-cert(-chain)?$)/;

/** Headers towards the origin: the client's own copies of such names never get through. */
export function originHeaders(
  kind: EdgeSpec['kind'],
  mode: EdgeTrust['mode'],
  verdict: Verdict,
  incoming: Headers,
): Headers {
  const kept = Object.entries(incoming).filter(([name]) => !MANAGED.test(name));
  const own = kind === 'alb' ? albHeaders(mode, verdict) : cloudfrontHeaders(mode, verdict);
  return { ...Object.fromEntries(kept), ...own };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `May 28 12:30:02 2019 GMT`, the day padded with a space. */
function gmt(ms: number): string {
  const date = new Date(ms);
  const clock = date.toISOString().slice(11, 19);
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${clock} ${date.getUTCFullYear()} GMT`;
}

/**
 * `clientCert` of an API Gateway event. Payload 2.0 writes the serial in decimal (a live run); for
 * payload 1.0 the only sample has lower-case hex with colons. Checked 2026-11.
 */
export function clientCert(leaf: CertificateInfo, payload: '1.0' | '2.0'): object {
  return {
    clientCertPem: writePem('CERTIFICATE', leaf.der),
    subjectDN: leaf.subject.encodedOrder,
    issuerDN: leaf.issuer.encodedOrder,
    serialNumber: payload === '2.0' ? decimal(leaf.serialHex) : colons(leaf.serialBytes),
    validity: { notBefore: gmt(leaf.notBefore), notAfter: gmt(leaf.notAfter) },
  };
}

/** Decimal form of a serial. */
export const decimal = (serialHex: string): string =>
  serialHex.startsWith('-') ? `-${BigInt(`0x${serialHex.slice(1)}`)}` : BigInt(`0x${serialHex}`).toString();
