import type { Trust } from '@trustloom/core/adapter';
import { createTestCa, type IssuedCrl, type TestCa, trustOf } from '@trustloom/testkit';
import type { StoredStore } from '../../src/model.ts';
import { storedCrlOf, storeOf } from './scenario.ts';

/** Two CAs, each with a CRL of one entry. */
export interface Fixtures {
  readonly old: TestCa;
  readonly fresh: TestCa;
  /** The CRL of one of the two. */
  crlFrom(ca: TestCa): IssuedCrl;
  /** Trust in some of them, with their CRLs. */
  trustIn(...cas: readonly TestCa[]): Trust;
  /** A store with one of them, by default the old one, and its CRL, as a run of ours leaves it. */
  settled(ca?: TestCa, more?: Partial<StoredStore>): StoredStore;
}

export async function makeFixtures(): Promise<Fixtures> {
  const [old, fresh] = [
    await createTestCa({ subject: 'CN=Old' }),
    await createTestCa({ subject: 'CN=Fresh' }),
  ];
  const entries = [{ serial: '1001' }];
  const crls = new Map([old, fresh].map((ca) => [ca.sha256, ca.issueCrl({ entries })]));
  const crlFrom = (ca: TestCa): IssuedCrl => {
    const crl = crls.get(ca.sha256);
    if (crl === undefined) throw new TypeError(`${ca.subject} has no CRL here`);
    return crl;
  };
  return {
    old,
    fresh,
    crlFrom,
    trustIn: (...cas) =>
      trustOf({ cas, known: [old, fresh], crls: cas.map((issuer) => ({ issuer, crl: crlFrom(issuer) })) }),
    settled: (ca = old, more) => storeOf([ca], [storedCrlOf(1, crlFrom(ca))], more),
  };
}
