import { createTestCa, createTestClock } from '@trustloom/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Certificate, isIssuedBy, issuingCas, reach, readCertificate } from '../src/index.ts';
import { incompleteChains } from '../src/x509/reach.ts';

const clock = createTestClock('2026-11-24T10:00:00Z');
const make = (subject: string) => createTestCa({ subject, key: 'P-256', clock });
const read = (ca: { readonly der: Uint8Array }) => readCertificate(ca.der);
const names = (cas: readonly { readonly ca: Certificate }[]) => cas.map(({ ca }) => ca.subject.text).sort();

/** Eight CAs without a root among them: each is signed by each of the others, by none of itself. */
const members = await Promise.all(Array.from({ length: 8 }, (_, index) => make(`CN=Member ${index}`)));
const bridges = await Promise.all(
  members.flatMap((by) => members.filter((other) => other !== by).map((other) => by.crossSign(other))),
);
const circle = bridges.map(read);

describe('CAs that cross-signed each other', () => {
  // There are more ways up than could ever be walked one by one.
  test('without a root: each chain is open, and nobody is admitted where chains end in the store', () => {
    expect(incompleteChains(circle).map(({ ca }) => ca)).toEqual(circle);
    expect(reach({ anchors: circle, known: circle, chain: 'complete-in-store' })).toEqual([]);
  });

  test('one root closes all of them', () => {
    const closed = [...circle, read(members[0] ?? expect.unreachable())];
    expect(incompleteChains(closed)).toEqual([]);
    expect(reach({ anchors: closed, known: closed, chain: 'complete-in-store' })).toHaveLength(
      members.length,
    );
  });

  test('one of them as anchor admits all of them', () => {
    const [anchor] = circle;
    const reached = reach({ anchors: [anchor ?? expect.unreachable()], known: circle, chain: 'any-anchor' });
    expect(reached).toHaveLength(members.length);
    expect(reached.filter(({ direct }) => direct).map(({ ca }) => ca)).toEqual([anchor]);
    expect(reached.every(({ via }) => via === anchor)).toBe(true);
  });
});

describe('re-keyed, renewed and cross-signed CAs', async () => {
  const root = await make('CN=Root');
  const issuing = await root.intermediate('CN=Issuing');
  const rekeyed = await issuing.rekey();
  const renewed = await issuing.renew();
  const newRoot = await make('CN=New Root');
  const crossed = await newRoot.crossSign(root);
  const below = await rekeyed.intermediate('CN=Below');
  const [R, I, K, N, W, X, B] = [root, issuing, rekeyed, renewed, newRoot, crossed, below].map(read) as [
    Certificate,
    Certificate,
    Certificate,
    Certificate,
    Certificate,
    Certificate,
    Certificate,
  ];

  test('a name is not a key: what the re-keyed CA issued is not the older one’s', () => {
    expect(I.subject.der).toBe(K.subject.der);
    expect([isIssuedBy(B, K), isIssuedBy(B, I), isIssuedBy(I, R), isIssuedBy(R, I)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test('an anchor admits what its key issued, and not what the other key of its name issued', () => {
    const known = [R, I, K, N, W, X, B];
    expect(names(reach({ anchors: [I], known, chain: 'any-anchor' }))).toEqual(['CN=Issuing']);
    expect(names(reach({ anchors: [K], known, chain: 'any-anchor' }))).toEqual(['CN=Below', 'CN=Issuing']);
  });

  test('a renewed certificate is one key, once, whichever stands there first', () => {
    for (const anchors of [
      [I, N],
      [N, I],
    ])
      expect(reach({ anchors, known: [I, N], chain: 'any-anchor' }).map(({ ca }) => ca)).toEqual([
        anchors[0],
      ]);
  });

  test('a cross-signed copy is a way in, but closes no chain without its own root', () => {
    expect(names(reach({ anchors: [W], known: [X, I, K], chain: 'any-anchor' }))).toEqual([
      'CN=Issuing',
      'CN=Issuing',
      'CN=New Root',
      'CN=Root',
    ]);
    expect(incompleteChains([X, I]).map(({ missingIssuer }) => missingIssuer)).toEqual([
      'CN=New Root',
      'CN=New Root',
    ]);
    expect(incompleteChains([X, I, W])).toEqual([]);
  });

  test('a CA that renewed itself is still one that issues', () => {
    expect(issuingCas([I, N], [I, N, R])).toEqual([I, N]);
    expect(issuingCas([R, K, B], [])).toEqual([B]);
  });

  test('neither the order of the anchors nor that of what is known changes what is reached', () => {
    const all = [R, I, K, N, W, X, B];
    const keys = (
      anchors: readonly Certificate[],
      known: readonly Certificate[],
      chain: 'any-anchor' | 'complete-in-store',
    ) =>
      reach({ anchors, known, chain })
        .map(({ ca }) => ca.keySha256)
        .sort();
    fc.assert(
      fc.property(
        fc.subarray(all),
        fc.shuffledSubarray(all, { minLength: all.length }),
        (anchors, shuffled) => {
          const again = shuffled.filter((ca) => anchors.includes(ca));
          for (const chain of ['any-anchor', 'complete-in-store'] as const)
            expect(keys(again, shuffled, chain)).toEqual(keys(anchors, all, chain));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('more anchors never admit fewer', () => {
    const all = [R, I, K, N, W, X, B];
    fc.assert(
      fc.property(fc.subarray(all), fc.constantFrom(...all), (anchors, more) => {
        for (const chain of ['any-anchor', 'complete-in-store'] as const) {
          const keys = (cas: readonly Certificate[]) =>
            reach({ anchors: cas, known: all, chain }).map(({ ca }) => ca.keySha256);
          expect(keys([...anchors, more])).toEqual(expect.arrayContaining(keys(anchors)));
        }
      }),
      { numRuns: 150 },
    );
  });
});
