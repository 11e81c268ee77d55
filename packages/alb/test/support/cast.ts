import type { Trust } from '@trustloom/core';
import { createTestCa, type IssuedCrl, type TestCa, trustOf } from '@trustloom/testkit';
import type { StoredStore } from '../../src/state.ts';
import { heldList, storeOf } from './story.ts';

/** Two CAs, each with a list of one entry. */
export interface Cast {
  readonly old: TestCa;
  readonly fresh: TestCa;
  /** The list of one of the two. */
  listed(ca: TestCa): IssuedCrl;
  /** Trust in some of them, with their lists. */
  trustIn(...cas: readonly TestCa[]): Trust;
  /** A store with one of them, by default the old one, and its list, as a run of ours leaves it. */
  settled(ca?: TestCa, more?: Partial<StoredStore>): StoredStore;
}

export async function makeCast(): Promise<Cast> {
  const [old, fresh] = [
    await createTestCa({ subject: 'CN=Old' }),
    await createTestCa({ subject: 'CN=Fresh' }),
  ];
  const entries = [{ serial: '1001' }];
  const lists = new Map([old, fresh].map((ca) => [ca.sha256, ca.issueCrl({ entries })]));
  const listed = (ca: TestCa): IssuedCrl => {
    const crl = lists.get(ca.sha256);
    if (crl === undefined) throw new TypeError(`${ca.subject} has no list here`);
    return crl;
  };
  return {
    old,
    fresh,
    listed,
    trustIn: (...cas) =>
      trustOf({ cas, known: [old, fresh], lists: cas.map((issuer) => ({ issuer, crl: listed(issuer) })) }),
    settled: (ca = old, more) => storeOf([ca], [heldList(1, listed(ca))], more),
  };
}
