import { constants, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { TrustloomError } from '../errors/error.ts';
import { bufferOf, sha256Hex } from '../util/bytes.ts';
import { defined } from '../util/defined.ts';
import {
  checkInteger,
  childrenOf,
  DerError,
  hexOf,
  integerHex,
  readTlv,
  type Tlv,
  tags,
  timeOf,
} from '../util/der.ts';
import { publicKeyInfo, publicKeyOf, type SignatureAlgorithm, signatureAlgorithm } from './algorithm.ts';
import type { Certificate } from './certificate.ts';
import { certificateExtensions } from './extensions.ts';
import { readName } from './name.ts';
import { writePem } from './pem.ts';

/**
 * Reads one certificate from its DER in one strict pass; the usual libraries let trailing bytes and
 * odd encodings pass. Its own signature is checked when `selfSigned` is first asked for.
 *
 * @param der exactly one certificate
 * @param file for the message only
 * @throws TrustloomError `certificate-malformed`
 * @see RFC 5280, 4.1
 */
export function readCertificate(der: Uint8Array, file = 'certificate'): Certificate {
  try {
    return read(Uint8Array.from(der));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const what = error instanceof DerError ? error.message : 'not a certificate';
    throw new TrustloomError('certificate-malformed', `${file}: ${what}`, { context: { file } });
  }
}

function read(own: Uint8Array): Certificate {
  const der = bufferOf(own);
  const frame = readFrame(der);
  const subject = readName(der, frame.subject);
  const issuer = readName(der, frame.issuer);
  const algorithm = signatureAlgorithm(der, frame.algorithm);
  const { name, hash } = algorithm;
  let pem: string | undefined;
  let selfSigned: boolean | undefined;
  return Object.freeze({
    sha256: sha256Hex(der),
    der: own,
    get pem() {
      pem ??= writePem('CERTIFICATE', der);
      return pem;
    },
    version: frame.version,
    subject,
    issuer,
    serial: integerHex(der, frame.serial.content, frame.serial.end),
    notBefore: frame.notBefore,
    notAfter: frame.notAfter,
    keySha256: sha256Hex(der.subarray(frame.spki.start, frame.spki.end)),
    key: Object.freeze(publicKeyInfo(der, frame.spki)),
    signature: Object.freeze({ name, ...defined({ hash }) }),
    get selfSigned() {
      selfSigned ??= subject.der === issuer.der && verifiesItself(der, frame, algorithm);
      return selfSigned;
    },
    ...certificateExtensions(der, frame.extensions),
  });
}

/**
 * The key of a certificate, for Node to verify with. @throws Error when Node does not know such
 * keys
 */
export function verificationKey(certificate: Pick<Certificate, 'der'>): KeyObject {
  const der = bufferOf(certificate.der);
  return publicKeyOf(der, readFrame(der).spki);
}

interface Frame {
  readonly tbs: Tlv;
  readonly signature: Tlv;
  readonly extensions?: Tlv;
  readonly version: number;
  readonly serial: Tlv;
  readonly algorithm: Tlv;
  readonly issuer: Tlv;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly subject: Tlv;
  readonly spki: Tlv;
}

function readFrame(der: Uint8Array): Frame {
  const outer = readTlv(der, 0, der.length, tags.sequence);
  if (outer.end !== der.length) throw new DerError(`${der.length - outer.end} bytes after the certificate`);
  const [tbs, algorithm, signature, ...rest] = childrenOf(der, outer);
  if (tbs === undefined || algorithm === undefined || signature?.tag !== tags.bitString || rest.length > 0) {
    throw new DerError('not the three parts of a certificate');
  }
  const fields = childrenOf(der, tbs);
  const versioned = fields[0]?.tag === 0xa0 ? fields[0] : undefined;
  const version = versioned === undefined ? 1 : versionOf(der, versioned);
  const [serial, inner, issuer, validity, subject, spki, ...optional] = fields.slice(
    versioned === undefined ? 0 : 1,
  );
  if (
    serial === undefined ||
    inner === undefined ||
    issuer === undefined ||
    validity === undefined ||
    subject === undefined ||
    spki === undefined
  ) {
    throw new DerError('fields of the certificate are missing');
  }
  const extensions = optionalFields(der, version, optional);
  checkInteger(der, serial);
  const [notBefore, notAfter, more] = childrenOf(der, validity);
  if (notBefore === undefined || notAfter === undefined || more !== undefined)
    throw new DerError('no validity');
  if (hexOf(der, inner.start, inner.end) !== hexOf(der, algorithm.start, algorithm.end))
    throw new DerError('the two signature algorithms differ');
  if (der[signature.content] !== 0) throw new DerError('a signature is whole bytes');
  return {
    tbs,
    signature,
    ...defined({ extensions }),
    version,
    serial,
    algorithm,
    issuer,
    notBefore: timeOf(der, notBefore),
    notAfter: timeOf(der, notAfter),
    subject,
    spki,
  };
}

/** Version 2 or 3 as [0]; version 1 is the default and not written in DER. */
function versionOf(der: Uint8Array, wrapper: Tlv): number {
  const number = readTlv(der, wrapper.content, wrapper.end, tags.integer);
  const value = der[number.content];
  if (number.end !== wrapper.end || number.end !== number.content + 1 || (value !== 1 && value !== 2))
    throw new DerError('neither version 1 nor 2 nor 3');
  return 1 + value;
}

/**
 * What may stand behind the key: unique identifiers [1], [2] and extensions [3], each once, in this
 * order, in their versions. Gives the list of extensions.
 */
function optionalFields(der: Uint8Array, version: number, fields: readonly Tlv[]): Tlv | undefined {
  let before = 0;
  let extensions: Tlv | undefined;
  for (const { tag, start, content, end } of fields) {
    const position = [0x81, 0x82, 0xa3].indexOf(tag) + 1;
    if (position <= before || version < (position === 3 ? 3 : 2))
      throw new DerError(`unexpected field at byte ${start}`);
    before = position;
    if (position !== 3) continue;
    extensions = readTlv(der, content, end, tags.sequence);
    if (extensions.end !== end) throw new DerError(`bytes after the extensions at ${extensions.end}`);
  }
  return extensions;
}

function verifiesItself(
  der: Uint8Array,
  { tbs, spki, signature }: Frame,
  algorithm: SignatureAlgorithm,
): boolean {
  try {
    // What is not of the usual algorithms is left to Node, which knows more of them.
    if (algorithm.scheme === 'other' || algorithm.hash === undefined) {
      const node = new X509Certificate(der);
      return node.verify(node.publicKey);
    }
    const key = publicKeyOf(der, spki);
    const pss =
      algorithm.scheme === 'pss'
        ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithm.saltLength ?? 20 }
        : {};
    const signed = der.subarray(tbs.start, tbs.end);
    const bytes = der.subarray(signature.content + 1, signature.end);
    return verify(algorithm.hash.replace('-', ''), signed, { key, ...pss }, bytes);
  } catch {
    return false;
  }
}
