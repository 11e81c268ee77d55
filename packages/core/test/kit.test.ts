import { certificateOf, createTestCa, crlOf, withdrawn } from '@trustloom/testkit';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ServiceInfo } from '../src/adapter/service-info.ts';
import type { Trust } from '../src/adapter/target.ts';
import { type Crl, type IssuerCrl, revocationSet, type WithdrawnCrl } from '../src/crl/crl.ts';
import { planCaSet } from '../src/kit/ca-set-plan.ts';
import { isOwned, ownerOf, ownershipTags, readTag } from '../src/kit/ownership.ts';
import { usableCrls } from '../src/kit/usable-crls.ts';
import type { Certificate } from '../src/x509/certificate.ts';

const now = Date.now();
const refused = { severity: 'error', source: 'made up' } as const;
const limit = (max: number) => ({ max, unit: '', adjustable: false, source: 'made up', checked: '2026-11' });

/** A service that takes complete CRLs of two entries, and three CAs in one store. */
const info: ServiceInfo = {
  service: 'made-up',
  title: 'Made Up',
  capabilities: {
    chain: 'any-anchor',
    intermediateAnchors: true,
    revocation: 'crl',
    emptyCrl: true,
    crlIssuerInStore: false,
    bundleReadable: true,
    modes: ['on'],
  },
  verdicts: {
    'crl-expired': refused,
    'crl-partial': refused,
    'crl-too-many-entries': refused,
    'too-many-certificates': refused,
  },
  limits: { crlEntries: limit(2), certificates: limit(3) },
  rates: {},
  permissions: { observe: [], refresh: [], apply: [] },
  residualAccess: [],
  settle: { everyMs: 1, expectMs: 1, limitMs: 1, source: 'made up' },
};

/** Five CAs; the last two share a key. */
let cas: readonly Certificate[];
let crls: readonly Crl[];
let gone: readonly WithdrawnCrl[];
beforeAll(async () => {
  const root = await createTestCa({ subject: 'CN=Root' });
  const [one, two] = [await root.intermediate('CN=One'), await root.intermediate('CN=Two')];
  const tests = [root, await createTestCa({ subject: 'CN=Other' }), one, two, await two.renew()];
  const issued = tests.map((ca) => ({ ca, crl: ca.issueCrl() }));
  cas = tests.map(certificateOf);
  crls = issued.map(({ crl }) => crlOf(crl));
  gone = issued.map(({ ca, crl }) => withdrawn(ca, crl));
});

const index = fc.nat(4);
const some = fc.uniqueArray(index);
const at = <T>(of: readonly T[], indices: readonly number[]): readonly T[] =>
  indices.flatMap((one) => of[one] ?? []);
const digests = (of: readonly Certificate[]) => of.map(({ sha256 }) => sha256).sort();

describe('which CRLs may be attached', () => {
  const row = fc.record({
    ca: index,
    number: fc.nat(9),
    expired: fc.boolean(),
    scope: fc.constantFrom('complete', 'complete', 'delta', 'partition'),
    entryCount: fc.nat(3),
  });
  const input = fc.record({ rows: fc.array(row, { maxLength: 6 }), unread: some, withdrawn: some });
  type Input = typeof input extends fc.Arbitrary<infer V> ? V : never;
  /** What the definition says; each CRL has a digest of its own. */
  const trustOf = ({ rows, unread, withdrawn: left }: Input): Trust => {
    const made = rows.flatMap(({ ca, number, ...row }): readonly IssuerCrl[] => {
      const [issuer, crl] = [cas[ca], crls[ca]];
      if (issuer === undefined || crl === undefined) return [];
      return [{ issuer, expired: row.expired, crl: { ...crl, ...row, sha256: `${ca}${number}` } }];
    });
    const refusals = at(cas, unread).map(({ keySha256 }) => [keySha256, 'crl-bad-signature'] as const);
    return {
      cas,
      known: cas,
      revoked: [],
      groups: [],
      revocation: revocationSet({ crls: made, unread: new Map(refusals), withdrawn: at(gone, left) }),
    };
  };
  const keys = (rows: readonly { readonly issuer: Certificate }[]) =>
    new Set(rows.map(({ issuer }) => issuer.keySha256));
  const always = (law: (trust: Trust, found: ReturnType<typeof usableCrls>) => void) =>
    fc.assert(
      fc.property(input, (made) => {
        const trust = trustOf(made);
        law(trust, usableCrls(trust, info, now));
      }),
    );

  test('what is attached is complete, fits, has not expired, and is never of another issuer', () =>
    always((trust, { usable }) => {
      for (const { issuer, crl } of usable) {
        expect([crl.scope, crl.entryCount <= 2]).toEqual(['complete', true]);
        const given = trust.revocation.crls.filter((one) => one.crl === crl);
        expect(given.map((one) => [one.issuer, one.expired])).toEqual([[issuer, false]]);
      }
    }));

  test('a CA has usable CRLs, or one row that says why not, or a withdrawn one, or none is known', () =>
    always(({ revocation }, { usable, unusable, withdrawn: left }) => {
      const [yes, no, off] = [keys(usable), keys(unusable), new Set(left.map(({ keySha256 }) => keySha256))];
      expect(no.size).toBe(unusable.length);
      for (const key of [...yes, ...no, ...off])
        expect([yes, no, off].filter((set) => set.has(key))).toHaveLength(1);
      const heard = [
        ...keys(revocation.crls),
        ...revocation.unread.keys(),
        ...revocation.withdrawn.map(({ keySha256 }) => keySha256),
      ];
      expect(new Set(heard)).toEqual(new Set([...yes, ...no, ...off]));
    }));

  test('a CA with a CRL that is not available is never said to have revoked nobody', () =>
    always(({ revocation }, { unusable }) => {
      for (const { issuer, entries } of unusable)
        expect(entries === undefined).toBe(revocation.unread.has(issuer.keySha256));
    }));

  test('the order of the input does not matter', () =>
    fc.assert(
      fc.property(fc.uniqueArray(row, { selector: ({ ca, number }) => `${ca}${number}` }), (rows) => {
        const [one, other] = [rows, [...rows].reverse()].map((order) =>
          usableCrls(trustOf({ rows: order, unread: [], withdrawn: [] }), info, now),
        );
        expect(one).toEqual(other);
      }),
    ));

  test('a partition is an error where no complete CRL of its CA is named, else a warning', () => {
    const base = { ca: 0, number: 1, expired: false, entryCount: 1, scope: 'complete' } as const;
    const partition = { ...base, number: 2, scope: 'partition' } as const;
    const severityOf = (...rows: Input['rows']) =>
      [...usableCrls(trustOf({ rows: [...rows], unread: [], withdrawn: [] }), info, now).findings.values()]
        .flat()
        .filter(({ code }) => code === 'crl-partial')
        .map(({ severity }) => severity);
    expect(severityOf(partition)).toEqual(['error']);
    expect(severityOf(partition, base)).toEqual(['warning']);
    expect(severityOf(partition, { ...base, expired: true })).toEqual(['warning']);
  });
});

describe('from the CAs that are held to those that are wanted', () => {
  const always = (law: (wanted: readonly Certificate[], held: readonly Certificate[]) => void) =>
    fc.assert(
      fc.property(fc.uniqueArray(index, { minLength: 1 }), some, (wanted, held) =>
        law(at(cas, wanted), at(cas, held)),
      ),
    );
  const plan = (wanted: readonly Certificate[], held: readonly Certificate[]) =>
    planCaSet(wanted, held, { info, now });

  test('the last write leaves exactly what is wanted, and equal sets need none', () =>
    always((wanted, held) => {
      const last = plan(wanted, held).writes.at(-1)?.content ?? held;
      expect(digests(last)).toEqual(digests(wanted));
      expect(plan(wanted, last).writes).toEqual([]);
    }));

  test('where both sets fit together, the union comes first and contains both, then only CAs go', () =>
    always((wanted, held) => {
      const { writes, union, unionFits } = plan(wanted, held);
      expect(digests(union)).toEqual([...new Set([...digests(wanted), ...digests(held)])].sort());
      if (!unionFits) return;
      for (const { effect, added, removed } of writes)
        expect([added.length > 0, removed.length > 0]).toEqual([effect === 'grant', effect === 'remove']);
      const [first] = writes;
      if (first?.effect === 'grant') expect(digests(first.content)).toEqual(digests(union));
    }));

  test('each write says all that it does, and a removal alone never grows the set', () =>
    always((wanted, held) => {
      let before = held;
      for (const { added, removed, content } of plan(wanted, held).writes) {
        const [had, has] = [digests(before), digests(content)];
        expect(digests(added)).toEqual(has.filter((one) => !had.includes(one)));
        expect(digests(removed)).toEqual(had.filter((one) => !has.includes(one)));
        before = content;
      }
    }));

  test('no write leaves nothing, and none but the last more than the service takes', () =>
    always((wanted, held) => {
      const { writes } = plan(wanted, held);
      for (const { content } of writes) expect(content).not.toEqual([]);
      if (held.length > 3) return;
      for (const { content } of writes.slice(0, -1)) expect(content.length).toBeLessThanOrEqual(3);
    }));
});

describe('whose an object is', () => {
  const word = fc.string({ minLength: 1 });
  const whose = fc.record({ definition: word, id: word });

  test('tags that were set are read back as ours, with what they tell besides', () =>
    fc.assert(
      fc.property(whose, word, (us, digest) => {
        const tags = ownershipTags(us, { bundle: digest });
        expect([ownerOf(tags, us), readTag(tags, 'bundle')]).toEqual(['us', digest]);
      }),
    ));

  test('tags of another target or definition are never ours, and no tags are nobody’s', () =>
    fc.assert(
      fc.property(whose, whose, (us, them) => {
        const same = us.definition === them.definition && us.id === them.id;
        expect(ownerOf(ownershipTags(them), us)).toBe(same ? 'us' : 'another');
        expect(isOwned(ownershipTags(them), us)).toBe(same);
        // Two definitions of one name are told apart by the ids of their locks, and one that was
        // renamed is known again by it.
        const [one, other] = ['1', '2'].map((definitionId) => ({ ...us, definitionId }));
        if (one === undefined || other === undefined) throw new TypeError('two were made');
        expect(ownerOf(ownershipTags(one), other)).toBe('another');
        expect(ownerOf(ownershipTags({ ...one, definition: them.definition }), one)).toBe('us');
        expect(ownerOf({ 'trustloom:target': us.id }, us)).toBe('none');
      }),
    ));
});
