export { keyKind, publicKey, type SignatureAlgorithm, type Verification, verifySigned } from './algorithm.ts';
export { type CertificateInfo, readCertificate } from './certificate.ts';
export { type CrlInfo, readCrl } from './crl.ts';
export type { GeneralName } from './extensions.ts';
export { attribute } from './name.ts';
export { type PemBlock, readPem, writePem } from './pem.ts';
export { DerError } from './reader.ts';
