import { systemClock } from '@trustloom/aws';
import { type CertificateOptions, createTestCa, type TestLeaf } from './test-ca.ts';

/** Clients to knock with, one for each column of a probe. */
export interface TestClients {
  readonly rsa: TestLeaf;
  readonly ec: TestLeaf;
  /** By an unknown CA. */
  readonly untrusted: TestLeaf;
  readonly expired: TestLeaf;
  /** Good but for its serial: put it on a list. */
  readonly revoked: TestLeaf;
}

const day = 86_400_000;

/**
 * Makes one client of each kind. To be kept in memory, or in files that only their owner can read.
 *
 * @param ca who issues: a test CA, or a Serverless CA
 * @param clock what time it is; default the machine's
 */
export async function makeClients(
  ca: { issue(subject: string, options?: CertificateOptions): Promise<TestLeaf> },
  clock: { now(): number } = systemClock,
): Promise<TestClients> {
  const now = Math.floor(clock.now() / 1000) * 1000;
  const unknownCa = await createTestCa({ subject: 'CN=Unknown CA', key: 'P-256', clock });
  return Object.freeze({
    rsa: await ca.issue('CN=good-rsa', { key: 'RSA-2048' }),
    ec: await ca.issue('CN=good-ec'),
    untrusted: await unknownCa.issue('CN=untrusted'),
    expired: await ca.issue('CN=expired', { notBefore: now - 40 * day, notAfter: now - 10 * day }),
    revoked: await ca.issue('CN=revoked'),
  });
}
