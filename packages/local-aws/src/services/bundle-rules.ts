/**
 * What a service accepts in a file of certificates or CRLs. The rules differ in numbers and in the
 * treatment of blank lines; each service has its own table. The outcome is data: how a refusal
 * shows is the service's matter.
 */
import {
  type CertificateInfo,
  type CrlInfo,
  DerError,
  keyKind,
  readCertificate,
  readCrl,
  readPem,
} from '../der/index.ts';

type PemBlock = ReturnType<typeof readPem>[number];

/** A limit of a service, with where it is written and when that was checked. */
export interface Limit {
  readonly max: number;
  readonly source: string;
  readonly checked: string;
}

/** Rules for a bundle of CA certificates. */
export interface BundleRules {
  /** `none`: nowhere in the file; `not-between`: not between certificates. */
  readonly blankLines: 'none' | 'not-between';
  readonly certificates: Limit;
  /** Bytes of the whole file, where limited. */
  readonly bundleBytes?: Limit;
  /** Bytes of one certificate. */
  readonly certificateBytes: Limit;
  /** Bytes of all subjects together, where limited. */
  readonly subjectBytes?: Limit;
  readonly rsaBits: readonly number[] | { readonly min: number; readonly max: number };
  readonly curves: readonly string[];
}

/** What came of reading a file: its parts, or the reason of the refusal. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

const refused = (reason: string) => ({ ok: false, reason }) as const;

/** Reads a bundle by a service's rules. */
export function readBundle(file: Uint8Array, rules: BundleRules): Reading<readonly CertificateInfo[]> {
  if (rules.bundleBytes && file.length > rules.bundleBytes.max) {
    return refused(`The CA certificates bundle is larger than ${rules.bundleBytes.max} bytes`);
  }
  const pem = pemOf(file, rules.blankLines);
  if (!pem.ok) return pem;
  if (pem.value.length === 0) return refused('The CA certificates bundle has no certificates');
  if (pem.value.length > rules.certificates.max) {
    return refused(`The CA certificates bundle has more than ${rules.certificates.max} certificates`);
  }
  const certificates: CertificateInfo[] = [];
  for (const [index, block] of pem.value.entries()) {
    const read = readOne(block, rules);
    if (!read.ok) return refused(`Certificate ${index + 1}: ${read.reason}`);
    certificates.push(read.value);
  }
  const subjects = certificates.reduce((sum, one) => sum + one.subject.der.length, 0);
  if (rules.subjectBytes && subjects > rules.subjectBytes.max) {
    return refused(
      `The subjects of the certificates are larger than ${rules.subjectBytes.max} bytes together`,
    );
  }
  return { ok: true, value: certificates };
}

function readOne(block: PemBlock, rules: BundleRules): Reading<CertificateInfo> {
  if (block.label !== 'CERTIFICATE') return refused('The PEM block is not a certificate');
  if (block.der.length > rules.certificateBytes.max) {
    return refused(`The certificate is larger than ${rules.certificateBytes.max} bytes`);
  }
  try {
    const certificate = readCertificate(block.der);
    if (certificate.version !== 3) return refused('The certificate version is not supported');
    if (certificate.basicConstraints?.ca !== true) return refused('The certificate is not a CA certificate');
    if (!algorithmFits(certificate.signatureAlgorithm))
      return refused('The signature algorithm is not supported');
    if (!keyFits(certificate, rules)) return refused('The key algorithm or size is not supported');
    return { ok: true, value: certificate };
  } catch (error) {
    if (error instanceof DerError) return refused('The certificate cannot be parsed');
    throw error;
  }
}

/** SHA-256, 384 and 512 with RSA, RSASSA-PSS and ECDSA: the same on CloudFront and ALB. */
export function algorithmFits({ kind, hash }: CertificateInfo['signatureAlgorithm']): boolean {
  return ['rsa', 'rsa-pss', 'ecdsa'].includes(kind) && ['sha256', 'sha384', 'sha512'].includes(hash ?? '');
}

function keyFits(certificate: CertificateInfo, rules: BundleRules): boolean {
  const key = keyKind(certificate.spki);
  if (key.type === 'ec') return rules.curves.includes(key.curve);
  if (key.type !== 'rsa') return false;
  if ('min' in rules.rsaBits) return key.bits >= rules.rsaBits.min && key.bits <= rules.rsaBits.max;
  return rules.rsaBits.includes(key.bits);
}

/** Reads a file that holds exactly one CRL, in PEM. */
export function readCrlFile(file: Uint8Array): Reading<CrlInfo> {
  const pem = pemOf(file, 'not-between');
  if (!pem.ok) return pem;
  const [block, ...more] = pem.value;
  if (!block) return refused('The revocation file has no CRL');
  if (more.length > 0) return refused('More than one CRL objects in the revocation file');
  if (block.label !== 'X509 CRL') return refused('The PEM block is not a CRL');
  try {
    return { ok: true, value: readCrl(block.der) };
  } catch (error) {
    if (error instanceof DerError) return refused('The CRL cannot be parsed');
    throw error;
  }
}

/** PEM text: boundaries, and comments that start with `#` and have no `-`. */
function pemOf(file: Uint8Array, blankLines: BundleRules['blankLines']): Reading<readonly PemBlock[]> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    return refused('The file is not PEM');
  }
  const lines = text.split('\n').map((line) => line.trimEnd());
  if (lines.at(-1) === '') lines.pop();
  const first = lines.findIndex((line) => line.startsWith('-----BEGIN'));
  const last = lines.findLastIndex((line) => line.startsWith('-----END'));
  const blank = lines.some(
    (line, index) => line === '' && (blankLines === 'none' || (index > first && index < last)),
  );
  if (blank) return refused('Blank lines are not allowed');
  if (lines.some((line) => line.startsWith('#') && line.includes('-'))) {
    return refused('Comments must not contain a hyphen');
  }
  try {
    return { ok: true, value: readPem(text) };
  } catch (error) {
    if (error instanceof DerError) return refused('The file is not PEM');
    throw error;
  }
}
