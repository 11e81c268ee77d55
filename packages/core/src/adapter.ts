/**
 * `@trustloom/core/adapter`: what adapters are made of. The contract first, then what they share.
 * Users of Trustloom need none of it: theirs is `@trustloom/core`.
 */

export type {
  Bypass,
  Content,
  Endpoint,
  ObservedAttachment,
  ObservedCa,
  ObservedCrl,
  ObservedDenial,
  ObservedEnforcement,
} from './adapter/content.ts';
export type {
  Access,
  BoundStep,
  BoundTarget,
  Handlers,
  Io,
  Observation,
  ObservedTarget,
  RenderedTarget,
  RenderedTrust,
  Rendering,
  SdkClient,
  SdkClientClass,
  Service,
  ServiceIo,
  ServicePlan,
  ServiceSpec,
  StepIo,
} from './adapter/contract.ts';
export { defineService } from './adapter/define-service.ts';
export type { Artifact, FileVersion, ObjectLocation, OwnFiles } from './adapter/ports.ts';
export type { Capabilities, Limit, LimitName, Rate, ServiceInfo, Verdict } from './adapter/service-info.ts';
export {
  type ArtifactRef,
  type Effect,
  isOutput,
  type Output,
  outputOf,
  type Receipt,
  type RevocationChange,
  type Step,
  type StepEnvelope,
  type StepKind,
  type StepTable,
  type Value,
} from './adapter/step.ts';
export type { PlanContext, TargetContext, Trust, TrustedGroup } from './adapter/target.ts';
export type { Crl, IssuerCrl, RevocationSet, UnreadReason, WithdrawnCrl } from './crl/crl.ts';
export type { DenyEntry, ReleasedSerial } from './crl/deny-list.ts';
export { type CrlDiff, diffCrls } from './crl/diff.ts';
export { type HeldDenial, unexplainedDenials } from './crl/held-denial.ts';
export type { Inventory } from './crl/inventory.ts';
export { slotOf } from './crl/merged.ts';
export { crlPem, parseCrl } from './crl/read-crl.ts';
export { crlIssuer, verifyCrl } from './crl/verify-crl.ts';
export { serviceError } from './errors/aws-error.ts';
export { type Code, codes } from './errors/codes.ts';
export { isTrustloomError, TrustloomError } from './errors/error.ts';
export { type Finding, type Severity, sortFindings } from './errors/finding.ts';
export {
  type CaSetLimits,
  type CaSetPlan,
  type CaSetWrite,
  casWithout,
  planCaSet,
} from './kit/ca-set-plan.ts';
export { bundleArtifact, caDigests, caName, caNames } from './kit/ca-words.ts';
export { type CheckedKey, checkedKeys } from './kit/checked-keys.ts';
export { goesFor } from './kit/goes-for.ts';
export { isAhead, isOlderIssue, judgeCrl } from './kit/judge-crl.ts';
export { ifReadable, observedCa, observedCrl, unlessMissing } from './kit/observed.ts';
export {
  isOwned,
  type Owner,
  type OwnershipTags,
  ownerOf,
  ownershipNote,
  ownershipTags,
  readTag,
  type Tags,
} from './kit/ownership.ts';
export {
  type AttachableCrls,
  type JudgedCrls,
  reachedKeys,
  type UnusableCrl,
  type UsableCrl,
  usableCrls,
} from './kit/usable-crls.ts';
export { notEnforced } from './preflight/crl-rules.ts';
export { checkBundle, checkCertificate, checkCrl, type RuleFinding } from './preflight/index.ts';
export type { AccountRegion } from './util/account-region.ts';
export { sha256Hex } from './util/bytes.ts';
export { count } from './util/count.ts';
export { defined } from './util/defined.ts';
export { isJsonObject, type Json, type JsonObject } from './util/json.ts';
export { zod } from './util/lazy.ts';
export type { StandardSchemaV1 } from './util/standard-schema.ts';
export { type Instant, isoTime } from './util/time.ts';
export type { Certificate } from './x509/certificate.ts';
export { type ChainBuilding, isIssuedBy, issuingCas, reach } from './x509/reach.ts';
export { bundlePem, parseBundle, sortCertificates } from './x509/trust-bundle.ts';
