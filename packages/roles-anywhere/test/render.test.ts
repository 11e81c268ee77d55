import { createTestCa, trustOf } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { renderRolesAnywhere } from '../src/render.ts';
import { context, keyOf, makeFamily } from './fixtures.ts';

const day = 86_400_000;
const render = (trust: ReturnType<typeof trustOf>) => renderRolesAnywhere(trust, context);

describe('which CAs become anchors', () => {
  test('the issuing CAs, one anchor a key; the root above them is none', async () => {
    const { root, one, two } = await makeFamily();
    const { desired, anchors } = render(trustOf({ cas: [root, one, two] }));
    expect(desired.anchors.map(({ key }) => key)).toEqual([keyOf(one), keyOf(two)].sort());
    expect(anchors.map(({ sha256 }) => sha256)).toEqual([one.sha256, two.sha256].sort());
  });

  test('a root that issues clients itself is one', async () => {
    const root = await createTestCa();
    expect(render(trustOf({ cas: [root] })).desired.anchors.map(({ key }) => key)).toEqual([keyOf(root)]);
  });

  test('a renewed CA shares the anchor of its key; a third certificate is refused', async () => {
    const { one } = await makeFamily();
    const [renewed, again] = [await one.renew(), await one.renew()];
    const both = render(trustOf({ cas: [one, renewed] }));
    expect(both.desired.anchors.map(({ cas }) => cas.length)).toEqual([2]);
    expect(both.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const three = render(trustOf({ cas: [one, renewed, again] }));
    expect(three.findings).toContainEqual(
      expect.objectContaining({ code: 'anchor-certificate-limit', severity: 'error' }),
    );
  });

  test('a re-keyed CA has an anchor of its own', async () => {
    const { one } = await makeFamily();
    expect(render(trustOf({ cas: [one, await one.rekey()] })).desired.anchors).toHaveLength(2);
  });
});

describe('which CRLs an anchor carries', () => {
  test('its own, and none of the root above it or of its sister', async () => {
    const { root, one, two } = await makeFamily();
    const entries = [{ serial: '1001' }];
    const crls = [root, one, two].map((issuer) => ({ issuer, crl: issuer.issueCrl({ entries }) }));
    const { desired } = render(trustOf({ cas: [root, one, two], crls }));
    for (const { key, usable: carried } of desired.anchors)
      expect(carried.map(({ issuer }) => issuer.keySha256)).toEqual([key]);
  });

  test('re-keyed CAs share a name, but not a CRL', async () => {
    const { one } = await makeFamily();
    const rekeyed = await one.rekey();
    const crls = [one, rekeyed].map((issuer) => ({
      issuer,
      crl: issuer.issueCrl({ entries: [{ serial: '1001' }] }),
    }));
    const { desired } = render(trustOf({ cas: [one, rekeyed], crls }));
    for (const { key, usable: carried } of desired.anchors)
      expect(carried.map(({ issuer }) => issuer.keySha256)).toEqual([key]);
  });

  test('one that is expired is unusable, and so is one whose newest issue was refused', async () => {
    const { one, two } = await makeFamily();
    const crl = one.issueCrl({ thisUpdate: context.now - 2 * day, entries: [{ serial: '1001' }] });
    const trust = trustOf({ cas: [one, two], crls: [{ issuer: one, crl }] });
    const { desired } = render({
      ...trust,
      revocation: { ...trust.revocation, unread: new Map([[keyOf(two), 'crl-bad-signature']]) },
    });
    const why = new Map(desired.anchors.map(({ key, unusable }) => [key, unusable.map((one) => one.why)]));
    expect(why).toEqual(
      new Map([
        [keyOf(one), ['crl-expired']],
        [keyOf(two), ['crl-bad-signature']],
      ]),
    );
    expect(desired.anchors.flatMap(({ usable }) => usable)).toEqual([]);
  });

  test('one that does not fit is unusable, and said', async () => {
    const { one } = await makeFamily();
    const crlOf = (count: number) => {
      const entries = Array.from({ length: count }, (_, index) => ({
        serial: (0x100000 + index).toString(16),
      }));
      const crl = one.issueCrl({ entries });
      return render(trustOf({ cas: [one], crls: [{ issuer: one, crl }] }));
    };
    const small = crlOf(10_000);
    expect(small.desired.anchors[0]?.unusable).toEqual([]);
    const large = crlOf(12_000);
    expect(large.desired.anchors[0]?.unusable.map(({ why }) => why)).toEqual(['crl-too-large']);
    expect(large.findings).toContainEqual(
      expect.objectContaining({ code: 'crl-too-large', severity: 'error' }),
    );
  });
});
