// base

// adapter
export type * from './adapter/contract.ts';
export { defineAdapter } from './adapter/define-adapter.ts';
export type * from './adapter/facts.ts';
export type * from './adapter/step.ts';
export { sameBytes, sha256Hex, toHex } from './base/bytes.ts';
export type { Json, JsonObject } from './base/json.ts';
export { isJsonObject } from './base/json.ts';
export type { Place } from './base/place.ts';
export { placeText } from './base/place.ts';
export type { StandardResult, StandardSchemaV1 } from './base/standard-schema.ts';
export type { Clock, Instant } from './base/time.ts';
export { isoTime } from './base/time.ts';
// bundle
export type { Certificate, DistinguishedName, PublicKeyFacts } from './bundle/certificate.ts';
export { type PemBlock, readPem, writePem } from './bundle/pem.ts';
export { incompleteChains, isIssuedBy, issuingCas, type ReachedCa, reach } from './bundle/reach.ts';
export { bundlePem, parseBundle, sortCertificates } from './bundle/trust-bundle.ts';
export { readCertificate } from './bundle/x509.ts';
// crl
export { judgeCrl, type ListInForce } from './crl/accept.ts';
export type { Crl, CrlSignature, RevocationList, RevocationSet } from './crl/crl.ts';
export { type CrlDiff, diffCrls } from './crl/diff.ts';
export { crlPem, parseCrl, readCrl } from './crl/read-crl.ts';
export { crlIssuer, verifyCrl } from './crl/verify-crl.ts';
// errors
export { serviceError } from './errors/aws-error.ts';
export type { Code, CodeFacts, CodeKind } from './errors/codes.ts';
export { codes } from './errors/codes.ts';
export type { ErrorContext } from './errors/error.ts';
export { isTrustloomError, TrustloomError } from './errors/error.ts';
export type { Finding, Location, Severity } from './errors/finding.ts';
export { sortFindings } from './errors/finding.ts';
// definition
// plan, apply, record, report
export type { Address, Fetched, Sources, Uploads } from './plan/ports.ts';
export type {
  AcceptedList,
  HeldLease,
  Lease,
  RecordedTarget,
  RecordObject,
  RevocationRecord,
  TrustloomRecord,
  TrustRecord,
} from './record/record.ts';
export { leaseMs, openRecord } from './record/record.ts';
export type { VersionedStore } from './record/store.ts';
