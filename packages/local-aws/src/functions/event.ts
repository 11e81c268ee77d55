import { X509Certificate } from 'node:crypto';
import type { CertificateInfo } from '../der/index.ts';
import { hex } from '../der/reader.ts';
import { defined } from '../util/defined.ts';

/** What a function is given about one connection. */
export interface ConnectionDetails {
  readonly connectionId: string;
  readonly clientIp: string;
  readonly distributionId: string;
  readonly endpoint: string;
  /** Leaf first; empty without a certificate. */
  readonly certificates: readonly CertificateInfo[];
  readonly revocationStatus?: object;
}

const colons = (bytes: Uint8Array) => hex(bytes).replace(/..(?=.)/g, '$&:');

/**
 * The event as the newest page of the developer guide has it ("Associate a CloudFront Connection
 * Function", checked 2026-11); older samples read `clientCertInfo`, which is not sent here. The
 * serial is the DER integer, lower-case hex with colons.
 */
export function connectionEvent(details: ConnectionDetails): object {
  const { certificates, revocationStatus, ...rest } = details;
  const [leaf, ...intermediates] = certificates.map(describe);
  if (leaf === undefined) return rest;
  return {
    ...rest,
    clientCertificate: {
      certificates: { leaf, intermediates },
      ...defined({ revocationStatus }),
    },
  };
}

function describe(one: CertificateInfo): object {
  const node = new X509Certificate(Buffer.from(one.der));
  return {
    serialNumber: colons(one.serialBytes),
    issuer: one.issuer.encodedOrder.replaceAll(',', ', '),
    subject: one.subject.encodedOrder.replaceAll(',', ', '),
    validity: {
      notBefore: new Date(one.notBefore).toISOString(),
      notAfter: new Date(one.notAfter).toISOString(),
    },
    sha256Fingerprint: one.sha256,
    ocspEndpoint: /OCSP - URI:(\S+)/.exec(node.infoAccess ?? '')?.[1] ?? '',
    san: node.subjectAltName ?? '',
  };
}
