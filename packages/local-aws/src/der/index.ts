export {
  type KeyKind,
  keyKind,
  publicKey,
  type SignatureAlgorithm,
  type Signed,
  type Verification,
  verifySigned,
} from './algorithm.ts';
export { type CertificateInfo, readCertificate } from './certificate.ts';
export { type CrlInfo, readCrl } from './crl.ts';
export type { Extensions, GeneralName, KeyUsage } from './extensions.ts';
export { attribute, type Name } from './name.ts';
export { type PemBlock, readPem, writePem } from './pem.ts';
export { DerError } from './reader.ts';
