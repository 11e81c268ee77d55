import type { Trust } from '@trustloom/core';
import type { IssuedCrl } from '../ca/crl.ts';
import { createTestCa, type TestLeaf } from '../ca/test-ca.ts';
import { certificateOf, type TestCrl, trustOf } from '../trust.ts';

/** The trust that the laws put on a target, one after the other. */
export interface Fixtures {
  /** One root with one issuing CA, a CRL of each. */
  readonly one: Trust;
  /** The same, with one more client revoked by the issuing CA. */
  readonly revokedMore: Trust;
  /** A second root and issuing CA beside the first. */
  readonly two: Trust;
  /**
   * Serials by the digest of their list: what is revoked when that CRL is in force. `<key of
   * issuer> <serial>`.
   */
  readonly revokedBy: ReadonlyMap<string, readonly string[]>;
  /**
   * Clients to knock with: two that no CRL names, and one for each serial that a CRL of an
   * issuing CA names.
   */
  readonly clients: readonly FixtureClient[];
}

/** A client of an issuing CA. */
export interface FixtureClient extends TestLeaf {
  readonly keySha256: string;
}

/** Makes the certificates and CRLs of a suite. Laws only read them. */
export async function makeFixtures(): Promise<Fixtures> {
  const rootA = await createTestCa({ subject: 'CN=Contract Root A,O=Contract', key: 'P-256' });
  const issuingA = await rootA.intermediate('CN=Contract Issuing A,O=Contract');
  const rootB = await createTestCa({ subject: 'CN=Contract Root B,O=Contract', key: 'RSA-2048' });
  const issuingB = await rootB.intermediate('CN=Contract Issuing B,O=Contract');
  const revokedBy = new Map<string, readonly string[]>();
  const crlOf = (issuer: typeof rootA, number: number, serials: readonly string[]): TestCrl => {
    const crl: IssuedCrl = issuer.issueCrl({ number, entries: serials.map((serial) => ({ serial })) });
    revokedBy.set(
      crl.sha256,
      serials.map((serial) => `${issuer.sha256} ${serial}`),
    );
    return { issuer, crl };
  };
  const crlA = crlOf(rootA, 1, ['10d1c0ffee5e41a1']);
  const crlIssuingA = crlOf(issuingA, 1, ['20d1c0ffee5e41a1']);
  const newerIssuingA = crlOf(issuingA, 2, ['20d1c0ffee5e41a1', '20d1c0ffee5e41a2']);
  const crlB = crlOf(rootB, 1, ['30d1c0ffee5e41a1']);
  const crlIssuingB = crlOf(issuingB, 1, ['40d1c0ffee5e41a1']);
  const a = [rootA, issuingA];
  const all = [...a, rootB, issuingB];
  const client = async (issuer: typeof rootA, serial: string): Promise<FixtureClient> => ({
    ...(await issuer.issue(`CN=client ${serial}`, { serial })),
    keySha256: certificateOf(issuer).keySha256,
  });
  const clients = await Promise.all([
    client(issuingA, '20d1c0ffee5e41a0'),
    client(issuingA, '20d1c0ffee5e41a1'),
    client(issuingA, '20d1c0ffee5e41a2'),
    client(issuingB, '40d1c0ffee5e41a0'),
    client(issuingB, '40d1c0ffee5e41a1'),
  ]);
  return Object.freeze({
    clients,
    one: trustOf({ cas: a, known: all, crls: [crlA, crlIssuingA] }),
    revokedMore: trustOf({ cas: a, known: all, crls: [crlA, newerIssuingA] }),
    two: trustOf({ cas: all, crls: [crlA, crlIssuingA, crlB, crlIssuingB] }),
    revokedBy,
  });
}
