import 'reflect-metadata';
import { createHash, createPublicKey, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { HashName, TestKey } from './ca/keys.ts';
import { usualHash } from './ca/keys.ts';
import { bytesFor } from './seed.ts';

/** What a certificate shall say. Instants in milliseconds since 1970. */
export interface IssueRequest {
  /** RFC 4514, most specific first: `CN=Acme Root,O=Acme`. */
  readonly subject: string;
  readonly key: TestKey;
  /** Who signs; absent: the key itself. */
  readonly issuer?: { readonly der: Uint8Array; readonly key: TestKey };
  readonly notBefore: number;
  readonly notAfter: number;
  /** Hex digits; default 16 random bytes, from the seed if there is one. */
  readonly serial?: string;
  /** basicConstraints, critical; absent: no such extension. */
  readonly ca?: boolean;
  readonly pathLength?: number;
  /** RFC 5280 names; absent or empty: no such extension. */
  readonly keyUsage?: readonly KeyUsage[];
  /** OIDs, or `clientAuth`, `serverAuth`; absent or empty: no such extension. */
  readonly extendedKeyUsage?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly ocspUrl?: string;
  readonly crlUrl?: string;
  /** Certificate policy OID. */
  readonly policy?: string;
  /** Default the one that goes with the signer's key. */
  readonly hash?: HashName;
  /** RSASSA-PSS instead of PKCS #1 v1.5. */
  readonly pss?: boolean;
  /** Further extensions as they stand. */
  readonly extensions?: readonly {
    readonly oid: string;
    readonly critical: boolean;
    readonly value: Uint8Array;
  }[];
}

/** Names of keyUsage bits (RFC 5280, 4.2.1.3). */
export type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly';

/** A certificate that was made. */
export interface IssuedCertificate {
  readonly der: Uint8Array;
  /** 64 columns, LF, one newline at the end. */
  readonly pem: string;
  /** SHA-256 of the DER, lower-case hex. */
  readonly sha256: string;
  /** Lower-case hex without leading zeros. */
  readonly serial: string;
  /** The subject's DER. */
  readonly subjectDer: Uint8Array;
  /** subjectKeyIdentifier, as it stands in the certificate. */
  readonly keyId: Uint8Array;
}

const purposes: Readonly<Record<string, string>> = {
  clientAuth: '1.3.6.1.5.5.7.3.2',
  serverAuth: '1.3.6.1.5.5.7.3.1',
};

/** Signs one certificate. Nothing is judged: tests need wrong ones too. */
export async function issueCertificate(request: IssueRequest): Promise<IssuedCertificate> {
  const signer = request.issuer?.key ?? request.key;
  const algorithm = signingAlgorithm(signer, request.hash ?? usualHash(signer.kind), request.pss ?? false);
  const issuer = request.issuer === undefined ? undefined : new x509.X509Certificate(request.issuer.der);
  const publicKey = new x509.PublicKey(request.key.publicKey.export({ type: 'spki', format: 'der' }));
  const serial = trimmed(
    request.serial ?? randomSerial(`serial of ${request.subject} by ${issuer?.subject ?? request.subject}`),
  );
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: name(request.subject),
      // As it stands in the issuer's certificate, so that both are equal byte for byte.
      issuer: issuer?.subjectName ?? name(request.subject),
      serialNumber: serial.length % 2 === 0 ? serial : `0${serial}`,
      notBefore: new Date(request.notBefore),
      notAfter: new Date(request.notAfter),
      signingAlgorithm: algorithm,
      publicKey,
      signingKey: await webcrypto.subtle.importKey(
        'pkcs8',
        signer.privateKey.export({ type: 'pkcs8', format: 'der' }),
        algorithm,
        false,
        ['sign'],
      ),
      extensions: await extensionsOf(request, publicKey, signer),
    },
    webcrypto,
  );
  return described(new Uint8Array(certificate.rawData), serial);
}

/**
 * The SHA-1 of the public key's bits: how key identifiers are made (RFC 5280, 4.2.1.2, method 1).
 */
async function keyIdOf(key: TestKey): Promise<Uint8Array> {
  const spki = new x509.PublicKey(createPublicKey(key.privateKey).export({ type: 'spki', format: 'der' }));
  return new Uint8Array(await spki.getKeyIdentifier(webcrypto));
}

function described(der: Uint8Array, serial: string): IssuedCertificate {
  const read = new x509.X509Certificate(der);
  const keyId = read.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId ?? '';
  return Object.freeze({
    der,
    pem: `${read.toString('pem').trim()}\n`,
    sha256: createHash('sha256').update(der).digest('hex'),
    serial,
    subjectDer: new Uint8Array(read.subjectName.toArrayBuffer()),
    keyId: new Uint8Array(Buffer.from(keyId, 'hex')),
  });
}

async function extensionsOf(
  request: IssueRequest,
  publicKey: x509.PublicKey,
  signer: TestKey,
): Promise<x509.Extension[]> {
  const extensions: x509.Extension[] = [];
  if (request.ca !== undefined)
    extensions.push(new x509.BasicConstraintsExtension(request.ca, request.pathLength, true));
  if (request.keyUsage !== undefined && request.keyUsage.length > 0) {
    const bits = request.keyUsage.reduce((flags, bit) => flags | x509.KeyUsageFlags[bit], 0);
    extensions.push(new x509.KeyUsagesExtension(bits, true));
  }
  if (request.extendedKeyUsage !== undefined && request.extendedKeyUsage.length > 0)
    extensions.push(
      new x509.ExtendedKeyUsageExtension(request.extendedKeyUsage.map((one) => purposes[one] ?? one)),
    );
  extensions.push(await x509.SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto));
  const issuerId = Buffer.from(await keyIdOf(signer)).toString('hex');
  extensions.push(new x509.AuthorityKeyIdentifierExtension(issuerId));
  if (request.dnsNames !== undefined)
    extensions.push(
      new x509.SubjectAlternativeNameExtension(request.dnsNames.map((value) => ({ type: 'dns', value }))),
    );
  if (request.policy !== undefined) extensions.push(new x509.CertificatePolicyExtension([request.policy]));
  if (request.crlUrl !== undefined)
    extensions.push(new x509.CRLDistributionPointsExtension([request.crlUrl]));
  if (request.ocspUrl !== undefined)
    extensions.push(new x509.AuthorityInfoAccessExtension({ ocsp: [request.ocspUrl] }));
  for (const { oid, critical, value } of request.extensions ?? [])
    extensions.push(new x509.Extension(oid, critical, value));
  return extensions;
}

function signingAlgorithm(key: TestKey, hash: HashName, pss: boolean) {
  if (!key.kind.startsWith('RSA-')) return { name: 'ECDSA', namedCurve: key.kind, hash };
  return pss
    ? { name: 'RSA-PSS', hash, saltLength: Number(hash.slice(4)) / 8 }
    : { name: 'RSASSA-PKCS1-v1_5', hash };
}

/**
 * The text has the most specific part first, the encoding has it last (RFC 4514, 2.1); the library
 * does not turn it round.
 */
const name = (text: string): x509.Name => new x509.Name(new x509.Name(text).toJSON().reverse());

/** Positive, and at most 20 bytes (RFC 5280, 4.1.2.2). */
function randomSerial(purpose: string): string {
  const bytes = bytesFor(purpose, 16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

const trimmed = (hex: string): string => hex.toLowerCase().replace(/^0+(?=.)/, '');
