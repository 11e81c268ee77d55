import type { Trust } from '@trustloom/core';
import { bundleArtifact } from '@trustloom/core/adapter';
import { certificateOf, createTestCa, type TestCa, trustOf } from '@trustloom/testkit';
import { beforeAll, expect, test } from 'vitest';
import { planCaBundle } from '../src/plan/ca-bundle.ts';
import { planCrls } from '../src/plan/crls/index.ts';
import { desiredManifest } from '../src/revocation/index.ts';
import type { Published } from '../src/revocation/published.ts';
import { context, memoryBucket, target } from './support/memory.ts';

const now = Date.parse('2026-11-26T12:00:00Z');
const hour = 3_600_000;

let ca: TestCa;
let name: string;
beforeAll(async () => {
  ca = await createTestCa({ subject: 'CN=Acme', key: 'P-256', clock: { now: () => now } });
  name = `Acme [${ca.sha256.slice(0, 8)}]`;
});

/** The CA, with a CRL of so many entries that was issued so many hours ago. */
function trusting(count: number, hoursAgo: number): Trust {
  const entries = Array.from({ length: count }, (_, index) => ({ serial: BigInt(index + 1) }));
  const crl = ca.issueCrl({ entries, thisUpdate: now - hoursAgo * hour, nextUpdate: now + 24 * hour });
  return trustOf({ cas: [ca], crls: [{ issuer: ca, crl }] });
}

const planned = (trust: Trust, published?: Published) =>
  planCrls({ manifest: desiredManifest(trust) }, published, new Set(), target, context);
const words = ({ steps }: ReturnType<typeof planned>) =>
  steps.map(({ id, effect, summary, reason }) => [id, effect, summary, reason]);

/** What lies in S3 once the trust was published. */
async function afterPublishing(trust: Trust): Promise<Published> {
  const bucket = memoryBucket(new Map());
  await bucket.perform(planned(trust));
  return bucket.published();
}

test('a summary says what is published, and the reason why', async () => {
  const trust = trusting(2, 2);
  expect(words(planned(trust))).toEqual([
    [
      'publish',
      'revoke',
      `publish for the authorizer: CRL of ${name}, 2 entries`,
      'nothing is published for it',
    ],
  ]);
  const published = await afterPublishing(trust);
  expect(words(planned(trust, published))).toEqual([]);
  expect(words(planned(trusting(1, 1), published))).toEqual([
    [
      'publish',
      'revoke',
      `publish for the authorizer: CRL of ${name}, 1 entry`,
      'what is published is older',
    ],
  ]);
});

test('a set that is gone from S3 is uploaded again, and the reason names its CA', async () => {
  const published = await afterPublishing(trusting(2, 2));
  const lost = published.manifest?.keys.flatMap(({ sets }) => sets.map(({ sha256 }) => sha256)) ?? [];
  const plan = planned(trusting(2, 2), { ...published, sets: new Map() });
  expect(words(plan).map(([, , , reason]) => reason)).toEqual([`what it reads of ${name} is gone from S3`]);
  expect(plan.steps.map(({ files }) => files?.map(({ sha256 }) => sha256))).toEqual([lost]);
});

test('an older CRL waits for the consent to readmit, and the newer stays until then', async () => {
  const published = await afterPublishing(trusting(2, 1));
  const plan = planned(trusting(1, 2), published);
  expect(words(plan)).toEqual([
    [
      'readmit',
      'readmit',
      `go back for the authorizer to: CRL of ${name}, 1 entry`,
      'what is published is newer, and refuses more than the definition says',
    ],
  ]);
  expect(plan.steps.map(({ input }) => input.replaces)).toEqual([published.etag]);
});

test('where old and new do not fit together, the CAs that go come first', async () => {
  const made = ['CN=Old', 'CN=Kept', 'CN=Fresh'].map((subject) => createTestCa({ subject, key: 'P-256' }));
  // Of three such a truststore takes two: their PEM is as long as no real one is.
  const [old, kept, fresh] = (await Promise.all(made))
    .map(certificateOf)
    .map((one) => ({ ...one, pem: `${one.sha256}${'x'.repeat(400_000)}` }));
  if (old === undefined || kept === undefined || fresh === undefined) throw new TypeError('three are made');
  const plan = (cas: readonly (typeof old)[], held: readonly (typeof old)[]) =>
    planCaBundle(
      { cas, known: [old, kept, fresh], bundle: bundleArtifact(cas).sha256, managed: true },
      { owner: 'us', truststore: { bucket: 'acme', key: 'theirs.pem', version: '1' }, cas: held },
      { api: 'rest', domain: 'api.example.com' },
      { now },
    ).steps.map(({ id, affects, after, input }) => [id, affects, after, input.bundle.sha256]);
  expect(plan([kept, fresh], [old, kept])).toEqual([
    ['remove-cas', [old.sha256], [], bundleArtifact([kept]).sha256],
    ['grant-cas', [fresh.sha256], ['remove-cas'], bundleArtifact([kept, fresh]).sha256],
  ]);
  expect(plan([kept, fresh], [old])).toEqual([
    ['remove-cas', [old.sha256], [], bundleArtifact([kept, fresh]).sha256],
  ]);
});
