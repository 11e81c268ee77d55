export type { TestClients } from './ca/clients.ts';
export { makeClients } from './ca/clients.ts';
export type { CrlEntry, CrlRequest, IssuedCrl } from './ca/crl.ts';
export { crlReasons, writeCrl } from './ca/crl.ts';
export type { HashName, KeyKind, TestKey } from './ca/keys.ts';
export { createTestKey } from './ca/keys.ts';
export type { ServerlessCa, ServerlessCaKeys, ServerlessCaOptions } from './ca/serverless-ca.ts';
export { serverlessCaBucket, serverlessCaKeys, startServerlessCa } from './ca/serverless-ca.ts';
export type { CertificateOptions, CrlOptions, TestCa, TestCaOptions, TestLeaf } from './ca/test-ca.ts';
export { createTestCa } from './ca/test-ca.ts';
export type { TestClock } from './clock.ts';
export { createTestClock } from './clock.ts';
export type { ContextParts } from './context.ts';
export { contextOf } from './context.ts';
export type { Edits } from './contract/edits.ts';
export { albEdits, apiGatewayEdits, rolesAnywhereEdits } from './contract/edits.ts';
export { cloudFrontEdits } from './contract/edits-cloudfront.ts';
export type { Fixtures } from './contract/fixtures.ts';
export { makeFixtures } from './contract/fixtures.ts';
export type { LawId } from './contract/law-id.ts';
export type { Law } from './contract/laws/index.ts';
export { contractLaws, HookMissing } from './contract/laws/index.ts';
export { type LocalAwsOptions, onLocalAws } from './contract/local-aws.ts';
export type { Held, Oracle } from './contract/oracle.ts';
export { crlDigest, pemDigests } from './contract/oracle.ts';
export { albOracle, apiGatewayOracle, cloudFrontOracle, rolesAnywhereOracle } from './contract/oracles.ts';
export { outsideAws } from './contract/outside-aws.ts';
export type { Stage } from './contract/stage.ts';
export type { TestContext, TestRunner } from './contract/suite.ts';
export { runAdapterContract } from './contract/suite.ts';
export type {
  Call,
  CallName,
  ContractOptions,
  ContractWorld,
  FailureCode,
  Faults,
  Hook,
  ProcessIo,
  Reading,
  Subject,
  World,
  Worlds,
} from './contract/world.ts';
export { openWorld } from './contract/world.ts';
export type { TestAlb } from './environment/alb.ts';
export { makeAlb } from './environment/alb.ts';
export type { ApiKind, TestApiGateway, TestAuthorizer } from './environment/api-gateway.ts';
export { closeDefaultEndpoint, makeApiGateway, putAuthorizer } from './environment/api-gateway.ts';
export type { TestCloudFront } from './environment/cloudfront.ts';
export { makeCloudFront } from './environment/cloudfront.ts';
export { distributionDocument, editDistribution } from './environment/distribution-document.ts';
export type { TestEnvironment } from './environment/environment.ts';
export { makeEnvironment } from './environment/environment.ts';
export type { TestRolesAnywhere } from './environment/roles-anywhere.ts';
export { makeRolesAnywhere } from './environment/roles-anywhere.ts';
export type { Where } from './environment/where.ts';
export { makeBucket } from './environment/where.ts';
export type { IssuedCertificate, IssueRequest, KeyUsage } from './issue-certificate.ts';
export { issueCertificate } from './issue-certificate.ts';
export { type Knocking, knock } from './knock.ts';
export { seedCertificates } from './seed.ts';
export type { TestCrl, TrustParts } from './trust.ts';
export { certificateOf, crlOf, trustOf, withdrawn } from './trust.ts';
export { everyUnknown } from './unknowns.ts';
