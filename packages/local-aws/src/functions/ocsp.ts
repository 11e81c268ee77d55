import { X509Certificate } from 'node:crypto';
import type { CertificateInfo } from '../der/index.ts';

/** What a responder is asked. */
export interface OcspRequest {
  /** The URL in the certificate's authorityInfoAccess. */
  readonly url: string;
  /** Lower-case hex, no separators, no sign byte. */
  readonly serial: string;
  /** RFC 2253. */
  readonly issuer: string;
}

/**
 * A responder that is plugged in: no network is used. `error`: it cannot be reached, or answers
 * nonsense.
 */
export type OcspResponder = (request: OcspRequest) => 'good' | 'revoked' | 'unknown' | 'error';

const STATUS = { good: 'Good', revoked: 'Revoked', unknown: 'Unknown', error: 'Error' } as const;

/** The leaf and up to three intermediates are asked about; what stands in the store is exempt. */
const MOST = 4;

/**
 * Asks about every certificate of a path but its anchor. Without a responder, none can be reached.
 */
export function askResponders(
  path: readonly CertificateInfo[],
  responder: OcspResponder | undefined,
): { readonly chain: 'Valid' | 'Invalid' | 'Unknown' | 'no-url'; readonly status: object } {
  const below = path.slice(0, -1).slice(0, MOST);
  const answers = below.map((one) => {
    const url = ocspUrl(one);
    const answer =
      url === undefined
        ? undefined
        : (responder?.({ url, serial: one.serialHex, issuer: one.issuer.rfc2253 }) ?? 'error');
    return { one, answer };
  });
  const [leaf, ...intermediates] = answers.map(({ one, answer = 'error' }) => ({
    method: 'OCSP',
    status: STATUS[answer],
    ...(answer === 'error' ? { errorType: 'ResponderUnreachable' } : {}),
    serialNumber: one.serialHex,
  }));
  const said = answers.map(({ answer }) => answer);
  const chain = said.includes(undefined)
    ? 'no-url'
    : said.includes('revoked')
      ? 'Invalid'
      : said.every((answer) => answer === 'good')
        ? 'Valid'
        : 'Unknown';
  return { chain, status: { chainValidity: chain, certificates: { leaf, intermediates } } };
}

/** The OCSP URL of a certificate, if it has one. */
export function ocspUrl(one: CertificateInfo): string | undefined {
  const { infoAccess } = new X509Certificate(Buffer.from(one.der));
  return /OCSP - URI:(\S+)/.exec(infoAccess ?? '')?.[1];
}
