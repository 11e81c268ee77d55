// base

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
  Io,
  Observation,
  Rendering,
  SdkClient,
  SdkClientClass,
  Service,
} from './adapter/contract.ts';
// record
export type {
  Address,
  Artifact,
  Fetched,
  FileVersion,
  ObjectLocation,
  OwnFiles,
  SourceKind,
  Sources,
  Uploads,
} from './adapter/ports.ts';
export { createRateLimiters, type RateLimiters } from './adapter/rate-limit.ts';
export type * from './adapter/service-info.ts';
export type { Effect, RevocationChange } from './adapter/step.ts';
export type { TargetContext, Trust, TrustedGroup } from './adapter/target.ts';
export type { VersionedStore } from './adapter/versioned-store.ts';
export type { Explanation } from './admission/explain.ts';
export type { Reason } from './admission/path-reasons.ts';
export type { DenyRequest } from './apply/deny.ts';
export type { DeniedTarget, DenyReport } from './apply/deny-report.ts';
export type { ApplyEvent, OnEvent } from './apply/events.ts';
export type { Report, TargetReport } from './apply/report.ts';
// plan, apply, report
export {
  type ApplyOptions,
  createTrustloom,
  type ExplainOptions,
  type RefreshOptions,
  type Trustloom,
  type TrustloomParts,
} from './create.ts';
export {
  type Crl,
  type IssuerCrl,
  type RevocationSet,
  revocationSet,
  type WithdrawnCrl,
} from './crl/crl.ts';
export type { DenyEntry, ReleasedSerial } from './crl/deny-list.ts';
export { type CrlDiff, diffCrls } from './crl/diff.ts';
export { type HeldDenial, unexplainedDenials } from './crl/held-denial.ts';
export { type Inventory, parseInventory } from './crl/inventory.ts';
export { crlPem, parseCrl, readCrl } from './crl/read-crl.ts';
export { crlIssuer, verifyCrl } from './crl/verify-crl.ts';
export { didYouMean } from './definition/complain.ts';
// definition
export type {
  AccountDefinition,
  Definition,
  GroupDefinition,
  SourceAddress,
  TargetDefinition,
} from './definition/definition.ts';
// schema of definitions
export {
  definitionJsonSchema,
  definitionReference,
  type JsonSchema,
  type SchemaKind,
} from './definition/json-schema.ts';
export {
  acceptCas,
  emptyLock,
  formatLock,
  type Lock,
  type LockChange,
  type LockEntry,
  type LockOffer,
  type LockState,
  parseLock,
  retireCa,
} from './definition/lock.ts';
export {
  definitionFromObject,
  kindsIn,
  kindsOf,
  type ParseOptions,
  parseDefinition,
} from './definition/parse.ts';
export { readYaml } from './definition/read-yaml.ts';
// errors
export { serviceError } from './errors/aws-error.ts';
export type { CodeInfo, CodeKind } from './errors/code-info.ts';
export type { Code } from './errors/codes.ts';
export { codes } from './errors/codes.ts';
export type { ErrorContext } from './errors/error.ts';
export { isTrustloomError, TrustloomError } from './errors/error.ts';
export type { Finding, Location, Severity } from './errors/finding.ts';
export { isBlocking, isRefusal, sortFindings } from './errors/finding.ts';
// adapter
export { bundleArtifact, caDigests, caNames } from './kit/ca-words.ts';
export { type CheckedKey, checkedKeys } from './kit/checked-keys.ts';
// crl
export { isAhead, isOlderIssue, judgeCrl } from './kit/judge-crl.ts';
export type { PlannedStep, SkipReason } from './plan/consent.ts';
export type { ContentSummary } from './plan/content-summary.ts';
export type { Offer } from './plan/load.ts';
export type { CaChange, Plan, PlannedTarget } from './plan/plan.ts';
export type { PlanOptions } from './plan/prepare.ts';
// rules
export { notEnforced } from './preflight/crl-rules.ts';
export { checkBundle, checkCertificate, checkCrl, type RuleFinding, rules } from './preflight/index.ts';
export { checkMatrix, type Matrix, type MatrixCell } from './preflight/matrix.ts';
export { verdictOf } from './preflight/rule.ts';
export { type CheckReport, checkFiles, checkText, matrixText } from './report/check.ts';
export { denyText } from './report/deny-text.ts';
export type { TargetExplanation } from './report/explain.ts';
export { explainText } from './report/explain.ts';
export { findingsText } from './report/fold.ts';
export {
  escapeMarkdown,
  layout,
  markdownTable,
  type Paint,
  plain,
  type Row,
  sections,
  type TextOptions,
  textTable,
  visibleLength,
} from './report/layout.ts';
export { planMarkdown } from './report/plan-markdown.ts';
export { type PlanWithSummary, planText } from './report/plan-text.ts';
export { problemsText } from './report/problems.ts';
export { refreshText, reportText } from './report/report-text.ts';
export { deniedText, rebuildText } from './report/state-text.ts';
export type { RevocationStatus, Status, TargetStatus } from './report/status.ts';
export { failingOn } from './report/status.ts';
export { statusText } from './report/status-text.ts';
export type { CommandOptions } from './report/step-rows.ts';
export { asDone, caWords, counted, nameWords } from './report/words.ts';
export type { CrlFreshness } from './state/freshness.ts';
export { openState } from './state/state.ts';
export type { AccountRegion } from './util/account-region.ts';
export { sha256Hex } from './util/bytes.ts';
export { count } from './util/count.ts';
export { defined } from './util/defined.ts';
export type { Json, JsonObject } from './util/json.ts';
export { isJsonObject } from './util/json.ts';
export type { AbortOptions } from './util/signal.ts';
export type { StandardSchemaV1 } from './util/standard-schema.ts';
export type { Clock, Instant } from './util/time.ts';
export { isoTime } from './util/time.ts';
// bundle
export type { Certificate } from './x509/certificate.ts';
export { readPem } from './x509/pem.ts';
export { isIssuedBy, issuingCas, reach } from './x509/reach.ts';
export { bundlePem, parseBundle, sortCertificates } from './x509/trust-bundle.ts';
export { readCertificate } from './x509/x509.ts';
