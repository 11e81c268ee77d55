// The X.509 library needs this before it (in the same file), and is known only here.
import 'reflect-metadata';
import { createHash, X509Certificate as NodeCertificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { sha256Hex } from '../base/bytes.ts';
import {
  checkInteger,
  childrenOf,
  DerError,
  integerHex,
  readTlv,
  type Tlv,
  tags,
  timeOf,
} from '../base/der.ts';
import { TrustloomError } from '../errors/error.ts';
import { signatureAlgorithm } from './algorithm.ts';
import type { Certificate, PublicKeyFacts } from './certificate.ts';
import { extensionsOf } from './extensions.ts';
import { readName } from './name.ts';
import { strictOid } from './oid.ts';
import { writePem } from './pem.ts';

/**
 * Reads one certificate from its DER. The frame is read by our own strict reader (the library lets trailing bytes and odd encodings
 * pass), the extensions by the library, key and self-signature by Node.
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

function read(der: Uint8Array): Certificate {
  const frame = readFrame(der);
  const parsed = new x509.X509Certificate(der);
  const node = new NodeCertificate(der);
  const subject = readName(der, frame.subject);
  const issuer = readName(der, frame.issuer);
  const { name, hash } = signatureAlgorithm(der, frame.algorithm);
  return Object.freeze({
    sha256: sha256Hex(der),
    der,
    pem: writePem('CERTIFICATE', der),
    version: frame.version,
    subject,
    issuer,
    serial: integerHex(der, frame.serial.content, frame.serial.end),
    notBefore: frame.notBefore,
    notAfter: frame.notAfter,
    keySha256: createHash('sha256').update(der.subarray(frame.spki.start, frame.spki.end)).digest('hex'),
    key: Object.freeze(keyFacts(der, frame.spki, node)),
    signature: Object.freeze({ name, ...(hash === undefined ? {} : { hash }) }),
    selfSigned: subject.der === issuer.der && verifiesItself(node),
    ...extensionFacts(parsed),
  });
}

interface Frame {
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
  checkOptional(der, version, optional);
  checkInteger(der, serial);
  const [notBefore, notAfter, more] = childrenOf(der, validity);
  if (notBefore === undefined || notAfter === undefined || more !== undefined)
    throw new DerError('no validity');
  if (
    Buffer.compare(der.subarray(inner.start, inner.end), der.subarray(algorithm.start, algorithm.end)) !== 0
  ) {
    throw new DerError('the two signature algorithms differ');
  }
  return {
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

/** What may stand behind the key: unique identifiers [1], [2] and extensions [3], each once, in this order, in their versions. */
function checkOptional(der: Uint8Array, version: number, fields: readonly Tlv[]): void {
  let before = 0;
  for (const { tag, start, content, end } of fields) {
    const place = [0x81, 0x82, 0xa3].indexOf(tag) + 1;
    if (place <= before || version < (place === 3 ? 3 : 2))
      throw new DerError(`unexpected field at byte ${start}`);
    before = place;
    if (place !== 3) continue;
    const list = readTlv(der, content, end, tags.sequence);
    if (list.end !== end) throw new DerError(`bytes after the extensions at ${list.end}`);
    extensionsOf(der, list);
  }
}

/** Names for people of keys that Node 20 does not know. */
const otherKeys: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.3.17': 'ML-DSA-44',
  '2.16.840.1.101.3.4.3.18': 'ML-DSA-65',
  '2.16.840.1.101.3.4.3.19': 'ML-DSA-87',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
};

const curves: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

function keyFacts(der: Uint8Array, spki: Tlv, node: NodeCertificate): PublicKeyFacts {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = node.publicKey;
    if (asymmetricKeyType === 'rsa' || asymmetricKeyType === 'rsa-pss') {
      const bits = asymmetricKeyDetails?.modulusLength ?? 0;
      return { kind: 'rsa', bits, name: `RSA ${bits}` };
    }
    if (asymmetricKeyType === 'ec') {
      const curve =
        curves[asymmetricKeyDetails?.namedCurve ?? ''] ?? asymmetricKeyDetails?.namedCurve ?? 'unknown curve';
      return { kind: 'ec', curve, name: curve };
    }
  } catch {
    // A kind of key that this Node cannot use: told by its OID below.
  }
  const algorithm = readTlv(der, spki.content, spki.end, tags.sequence);
  const oid = strictOid(der, readTlv(der, algorithm.content, algorithm.end, tags.oid));
  return { kind: 'other', name: otherKeys[oid] ?? oid };
}

function verifiesItself(node: NodeCertificate): boolean {
  try {
    return node.verify(node.publicKey);
  } catch {
    return false;
  }
}

const usageNames = [
  ['digitalSignature', x509.KeyUsageFlags.digitalSignature],
  ['nonRepudiation', x509.KeyUsageFlags.nonRepudiation],
  ['keyEncipherment', x509.KeyUsageFlags.keyEncipherment],
  ['dataEncipherment', x509.KeyUsageFlags.dataEncipherment],
  ['keyAgreement', x509.KeyUsageFlags.keyAgreement],
  ['keyCertSign', x509.KeyUsageFlags.keyCertSign],
  ['cRLSign', x509.KeyUsageFlags.cRLSign],
  ['encipherOnly', x509.KeyUsageFlags.encipherOnly],
  ['decipherOnly', x509.KeyUsageFlags.decipherOnly],
] as const;

/** Extensions that path checks of the services act on, or that may be passed over when critical (RFC 5280, 4.2). */
const understood = new Set([
  '2.5.29.15',
  '2.5.29.17',
  '2.5.29.19',
  '2.5.29.30',
  '2.5.29.32',
  '2.5.29.36',
  '2.5.29.37',
  '2.5.29.54',
]);

function extensionFacts(
  parsed: x509.X509Certificate,
): Pick<
  Certificate,
  | 'isCa'
  | 'pathLength'
  | 'keyUsage'
  | 'extendedKeyUsage'
  | 'subjectKeyId'
  | 'authorityKeyId'
  | 'unknownCritical'
  | 'ocspUrls'
> {
  const basic = parsed.getExtension(x509.BasicConstraintsExtension);
  const usage = parsed.getExtension(x509.KeyUsagesExtension);
  const extended = parsed.getExtension(x509.ExtendedKeyUsageExtension);
  const subjectKeyId = parsed.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
  const authorityKeyId = parsed.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId;
  const access = parsed.getExtension(x509.AuthorityInfoAccessExtension);
  return {
    isCa: basic?.ca ?? false,
    ...(basic?.pathLength === undefined ? {} : { pathLength: basic.pathLength }),
    ...(usage === null
      ? {}
      : { keyUsage: usageNames.filter(([, flag]) => (usage.usages & flag) !== 0).map(([name]) => name) }),
    ...(extended === null ? {} : { extendedKeyUsage: extended.usages.map(String) }),
    ...(subjectKeyId === undefined ? {} : { subjectKeyId: subjectKeyId.toLowerCase() }),
    ...(authorityKeyId === undefined ? {} : { authorityKeyId: authorityKeyId.toLowerCase() }),
    unknownCritical: [...parsed.extensions]
      .filter(({ critical, type }) => critical && !understood.has(type))
      .map(({ type }) => type),
    ocspUrls: (access?.ocsp ?? []).filter(({ type }) => type === 'url').map(({ value }) => value),
  };
}
