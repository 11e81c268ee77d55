import {
  CreateTrustAnchorCommand,
  DisableTrustAnchorCommand,
  ImportCrlCommand,
} from '@aws-sdk/client-rolesanywhere';
import type { Trust } from '@trustloom/core/adapter';
import {
  createTestCa,
  everyUnknown,
  type IssuedCertificate,
  type IssuedCrl,
  makeRolesAnywhere,
  type TestLeaf,
  trustOf,
} from '@trustloom/testkit';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { clientsOf, otherAnchors, otherBypass } from '../src/observe/other-anchors.ts';
import { createSession } from '../src/port/create-session.ts';
import { context, makeFamily } from './fixtures.ts';
import { openTarget } from './open-target.ts';

let family: Awaited<ReturnType<typeof makeFamily>>;
let stolen: TestLeaf;
let other: TestLeaf;
beforeAll(async () => {
  family = await makeFamily();
  [stolen, other] = [await family.one.issue('CN=stolen'), await family.one.issue('CN=other')];
});

/** A target that is in sync, and what another owner makes beside it. */
async function openBeside(reading: 'refuse' | 'admit' = 'refuse') {
  const target = await openTarget({}, { unknowns: everyUnknown(reading) });
  const where = await makeRolesAnywhere({ local: target.local, ...context.accountRegion });
  const { one } = family;
  return {
    ...target,
    async anchor(cas: readonly IssuedCertificate[], enabled = true, name = 'legacy') {
      const { trustAnchor } = await target.client.send(
        new CreateTrustAnchorCommand({
          name,
          enabled,
          source: {
            sourceType: 'CERTIFICATE_BUNDLE',
            sourceData: { x509CertificateData: cas.map(({ pem }) => pem).join('') },
          },
        }),
      );
      return { id: trustAnchor?.trustAnchorId ?? '', arn: trustAnchor?.trustAnchorArn ?? '' };
    },
    importCrl: (trustAnchorArn: string, { pem }: IssuedCrl, enabled = true) =>
      target.client.send(
        new ImportCrlCommand({ name: 'theirs', trustAnchorArn, enabled, crlData: Buffer.from(pem) }),
      ),
    async session(trustAnchorArn: string, leaf: TestLeaf) {
      const { status } = await createSession({
        endpoint: target.local.url,
        region: context.accountRegion.region,
        trustAnchorArn,
        ...where,
        certificatePem: leaf.pem,
        privateKeyPem: leaf.keyPem,
        intermediatesPem: [one.pem],
        now: target.clock.now(),
      });
      return status;
    },
    /** What is said of anchors of others. */
    async said(trust?: Trust) {
      const { bypasses } = (await target.observe(trust)).content;
      return bypasses.filter(({ admits }) => admits === 'revoked');
    },
    [Symbol.asyncDispose]: () => target.local.close(),
  };
}

const crlWith = (serials: readonly string[], number = 2) =>
  family.one.issueCrl({ number, entries: serials.map((serial) => ({ serial })) });

function trustWith(crl: IssuedCrl): Trust {
  const { one, root } = family;
  return trustOf({ cas: [one], known: [root], crls: [{ issuer: one, crl }] });
}

test('foreign anchors of the same CA in the account: a revoked client gets 201 through one, and it is an open bypass with its id', async () => {
  await using beside = await openBeside();
  const crl = crlWith([stolen.serial]);
  const trust = trustWith(crl);
  await beside.apply(trust);
  expect(await beside.said(trust)).toEqual([]);
  const { id, arn } = await beside.anchor([family.one]);
  expect(await beside.session(arn, stolen)).toBe(201);
  expect(await beside.said(trust)).toEqual([
    {
      id: arn,
      state: 'open',
      admits: 'revoked',
      what: `trust anchor legacy (${id}), which this target does not own, trusts One [${family.one.sha256.slice(0, 8)}] as well and has no CRL that refuses all clients that One [${family.one.sha256.slice(0, 8)}] revoked`,
    },
  ]);
  // Also where the definition grants nothing any more: what stands there tells whose clients they are.
  expect(await beside.said()).toMatchObject([{ id: arn, state: 'open' }]);
  await beside.importCrl(arn, crl);
  expect(await beside.session(arn, stolen)).toBe(403);
  expect(await beside.said(trust)).toMatchObject([{ id: arn, state: 'closed' }]);
  await beside.client.send(new DisableTrustAnchorCommand({ trustAnchorId: id }));
  expect((await beside.said(trust))[0]?.what).toContain('is disabled');
});

test('the lists that are read anyway are enough', async () => {
  await using beside = await openBeside();
  const trust = trustWith(crlWith([stolen.serial]));
  await beside.apply(trust);
  await beside.anchor([family.root]);
  expect(await beside.calls(() => beside.observe(trust))).toEqual(['ListTrustAnchors', 'ListCrls']);
});

test('an anchor of a CA above admits clients of a CA that its issuer revoked', async () => {
  await using beside = await openBeside();
  const trust = trustWith(crlWith([]));
  const { arn } = await beside.anchor([family.root]);
  expect(await beside.said(trust)).toMatchObject([{ state: 'closed' }]);
  expect(await beside.said({ ...trust, revoked: trust.cas })).toMatchObject([
    { id: arn, state: 'open', what: expect.stringContaining('which its issuer revoked') },
  ]);
});

test('an anchor of AWS Private CA, whose certificate cannot be read, is unknown', () => {
  const clients = clientsOf(trustWith(crlWith([])), []);
  const anchor = { id: 'a', arn: 'arn:a', name: 'private', enabled: true, pem: '', createdAt: 0 };
  const [other] = otherAnchors([anchor], clients);
  expect(other).toMatchObject({ id: 'a', cas: 'unknown' });
  expect(other && otherBypass(other, [], clients, 0)).toMatchObject({ state: 'unknown' });
  expect(otherAnchors([{ ...anchor, enabled: false }], clients)).toEqual([]);
});

test('which roles trust the service without a condition is said to be unknown, not to be so', async () => {
  await using beside = await openBeside();
  await beside.apply(trustWith(crlWith([stolen.serial])));
  expect((await beside.observe()).content.bypasses).toEqual([
    {
      id: 'arn:aws:iam::222222222222:role/*',
      state: 'unknown',
      what: expect.stringContaining('were not looked at'),
    },
  ]);
});

describe('law: a bypass is open exactly where a client that is revoked here gets a session there', () => {
  test.each(['refuse', 'admit'] as const)('unknowns read as %s', async (reading) => {
    await using beside = await openBeside(reading);
    const { root, one, two } = family;
    const outsider = await createTestCa({ subject: 'CN=Outsider' });
    const sources = { one: [one], root: [root], both: [root, one], two: [two], outsider: [outsider] };
    const crls = {
      same: crlWith([stolen.serial]),
      older: crlWith([other.serial], 1),
      wider: crlWith([other.serial, stolen.serial], 3),
      'of another CA': two.issueCrl({ entries: [{ serial: stolen.serial }] }),
      'of a namesake': (await createTestCa({ subject: 'CN=One' })).issueCrl({
        entries: [{ serial: stolen.serial }],
      }),
    };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(sources)),
        fc.boolean(),
        fc.array(fc.record({ crl: fc.constantFrom(...Object.keys(crls)), on: fc.boolean() }), {
          maxLength: 2,
        }),
        fc.boolean(),
        async (source, enabled, held, revokes) => {
          const { id, arn } = await beside.anchor(sources[source as keyof typeof sources]);
          for (const { crl, on } of held) await beside.importCrl(arn, crls[crl as keyof typeof crls], on);
          if (!enabled) await beside.client.send(new DisableTrustAnchorCommand({ trustAnchorId: id }));
          const trust = trustWith(crlWith(revokes ? [stolen.serial] : []));
          const gets = (await beside.session(arn, stolen)) === 201;
          const said = (await beside.said(trust)).find((bypass) => bypass.id === arn);
          expect(said?.state === 'open').toBe(gets && revokes);
          // No client of ours gets anything by it, or it is named.
          if (said === undefined) expect(await beside.session(arn, other)).not.toBe(201);
        },
      ),
      { numRuns: 40 },
    );
  });
});
