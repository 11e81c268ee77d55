import { bundleArtifact, type Certificate } from '@trustloom/core/adapter';
import { certificateOf, contextOf, createTestCa } from '@trustloom/testkit';
import { beforeAll, expect, test } from 'vitest';
import type { ObservedTrustStore } from '../src/model/index.ts';
import { planBundle } from '../src/plan/ca-bundle.ts';
import { cloudfrontTarget } from '../src/target.ts';

const context = contextOf({ name: 'web', region: 'us-east-1', now: Date.now });
const target = cloudfrontTarget().parse({ distributions: ['E2EXAMPLE'] });

/** Three CAs, of which a store takes two: their PEM is as long as no real one is. */
let old: Certificate;
let kept: Certificate;
let fresh: Certificate;
beforeAll(async () => {
  const made = ['CN=Old', 'CN=Kept', 'CN=Fresh'].map((subject) => createTestCa({ subject, key: 'P-256' }));
  const [a, b, c] = await Promise.all(made);
  if (a === undefined || b === undefined || c === undefined) throw new TypeError('three CAs are made');
  const long = (ca: Parameters<typeof certificateOf>[0]): Certificate => ({
    ...certificateOf(ca),
    pem: `${certificateOf(ca).sha256}${'x'.repeat(30_000)}`,
  });
  [old, kept, fresh] = [long(a), long(b), long(c)];
});

function planned(
  wanted: readonly Certificate[],
  held: readonly Certificate[],
  more: Partial<ObservedTrustStore> = {},
) {
  const bundle = bundleArtifact(wanted).sha256;
  const store: ObservedTrustStore = {
    id: 'store',
    arn: 'arn',
    name: 'acme-web',
    etag: 'E1',
    owned: true,
    taggedBundle: bundleArtifact(held).sha256,
    ocsp: false,
    cas: held,
    doubt: undefined,
    unnoted: false,
    count: held.length,
    ...more,
  };
  const observed = { store, keyValueStores: [], distributions: [], copies: { old: [], noted: [] } };
  return planBundle({ cas: wanted, bundle, managed: true }, observed, target, context);
}

test('where old and new do not fit together, the CAs that go come first, and the tag follows', () => {
  const { steps, grants, artifacts } = planned([kept, fresh], [old, kept]);
  expect(steps.map(({ id, effect, after }) => [id, effect, after])).toEqual([
    ['remove-cas', 'remove', []],
    ['tag-union', 'tag', ['remove-cas']],
    ['grant-cas', 'grant', ['remove-cas']],
    ['tag-store', 'tag', ['remove-cas', 'grant-cas']],
  ]);
  expect(steps[0]).toMatchObject({ affects: [old.sha256], input: { bundle: bundleArtifact([kept]).sha256 } });
  expect(steps[0]?.reason).toContain('does not take the old and the new CAs together');
  expect(steps[2]?.affects).toEqual([fresh.sha256]);
  expect(grants).toEqual(['grant-cas']);
  expect(artifacts.map(({ sha256 }) => sha256)).toEqual(
    [[kept], [kept, fresh]].map((cas) => bundleArtifact(cas).sha256),
  );
});

test('where nothing could stay between, one write replaces them, by the consent to what goes', () => {
  const { steps, grants } = planned([kept, fresh], [old]);
  expect(steps.map(({ id, effect }) => [id, effect])).toEqual([
    ['remove-cas', 'remove'],
    ['tag-store', 'tag'],
  ]);
  expect(steps[0]?.affects).toEqual([old.sha256]);
  expect(steps[0]?.summary).toMatch(/^replace Old .* by /);
  expect(grants).toEqual(['remove-cas']);
});

test('adopting a store whose content cannot be read takes away what is unknown: by a consent that names it', () => {
  const doubt = 'the state does not name what was put there';
  for (const owned of [true, false]) {
    const { steps } = planned([kept], [old], { cas: undefined, doubt, unnoted: true, owned });
    expect(steps.map(({ id, effect, after }) => [id, effect, after])).toEqual([
      ['replace-cas', 'remove', []],
      ['tag-store', 'tag', ['replace-cas']],
    ]);
    expect(steps[0]).toMatchObject({
      affects: ['acme-web@E1'],
      summary: expect.stringMatching(/^replace what trust store acme-web holds by Kept /),
    });
  }
});
