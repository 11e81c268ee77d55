import { createTestCa, createTestClock, trustOf } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { explainTarget } from '../src/admission/explain.ts';
import { readCertificate, type ServiceInfo, type Trust } from '../src/index.ts';
import { caName } from '../src/kit/ca-words.ts';
import { infoOf } from './support/services.ts';

const hour = 3_600_000;
const clock = createTestClock('2026-11-24T10:00:00Z');
const now = clock.now();
const root = await createTestCa({ subject: 'CN=Root', clock });
const issuing = await root.intermediate('CN=Issuing');
const unknownCa = await createTestCa({ subject: 'CN=Unknown CA', clock });
const leaf = await issuing.issue('CN=device');
const certificate = (one: { readonly der: Uint8Array }) => readCertificate(one.der);
const [rootCa, issuingCa] = [certificate(root), certificate(issuing)];
const crlOf = (...serials: string[]) => ({
  issuer: issuing,
  crl: issuing.issueCrl({ entries: serials.map((serial) => ({ serial })), nextUpdate: now + hour }),
});
const any = infoOf('alb', {}, { chain: 'any-anchor', crlIssuerInStore: false });
const inside = infoOf('api-gateway', {}, { chain: 'complete-in-store', revocation: 'enforced-by-us' });

function explain(
  one: { readonly der: Uint8Array },
  {
    info = any,
    anchors = [rootCa],
    ...more
  }: Partial<Parameters<typeof explainTarget>[0]> & {
    trust?: Trust;
    info?: ServiceInfo;
  } = {},
) {
  const trust = trustOf({ cas: [root, issuing], crls: [crlOf('a1')] });
  const explained = explainTarget({
    leaf: certificate(one),
    target: 'edge',
    info,
    trust,
    anchors,
    ignoresExpiry: false,
    revocationEnforced: true,
    now,
    ...more,
  });
  const not = explained.reasons
    .filter(({ says }) => says !== 'yes')
    .map(({ says, what }) => `${says} ${what}`);
  return { verdict: explained.verdict, not, chain: explained.chain, reasons: explained.reasons };
}

describe('a client certificate', () => {
  test('is admitted through a root when the client sends its issuing CA, and that is said', () => {
    const { verdict, chain, reasons } = explain(leaf);
    expect([verdict, ...chain]).toEqual(['admitted', caName(issuingCa), caName(rootCa)]);
    expect(reasons[0]?.text).toContain(`the client has to send ${caName(issuingCa)}`);
  });

  test('is admitted nowhere that its CA does not reach', async () => {
    const other = await unknownCa.issue('CN=other');
    expect(explain(other)).toMatchObject({ verdict: 'refused', not: ['no chain'], chain: [] });
  });

  test('needs its whole chain in the store where the service builds it there', () => {
    expect(explain(leaf, { info: inside, anchors: [issuingCa] }).verdict).toBe('refused');
    expect(explain(leaf, { info: inside, anchors: [issuingCa, rootCa] }).verdict).toBe('admitted');
  });

  test('is refused when it has ended, unless the target ignores that', async () => {
    const old = await issuing.issue('CN=old', { notBefore: now - 9 * hour, notAfter: now - hour });
    expect(explain(old)).toMatchObject({ verdict: 'refused', not: ['no validity'] });
    expect(explain(old, { ignoresExpiry: true }).verdict).toBe('admitted');
    const early = await issuing.issue('CN=early', { notBefore: now + hour, notAfter: now + 9 * hour });
    expect(explain(early, { ignoresExpiry: true })).toMatchObject({ verdict: 'refused' });
  });

  test.each([
    ['for servers only', { extendedKeyUsage: ['serverAuth'] }, 'no purpose'],
    ['that may not sign', { keyUsage: ['keyEncipherment'] as const }, 'no purpose'],
    ['with a weak signature', { hash: 'SHA-1' as const }, 'no key'],
  ])('%s is refused', async (_name, options, why) => {
    const one = await issuing.issue('CN=one', options);
    expect(explain(one)).toMatchObject({ verdict: 'refused', not: [why] });
  });

  test('whose chain is longer than the service follows is refused', () => {
    const info = infoOf('alb', { chainDepth: 1 });
    expect(explain(leaf, { info }).not).toEqual(['no limits']);
  });
});

describe('a revoked client', () => {
  const serial = certificate(leaf).serial;
  const revoked = trustOf({ cas: [root, issuing], crls: [crlOf(serial)] });

  test('is refused where revocation is enforced, and admitted, with the reason, where it is not', () => {
    expect(explain(leaf, { trust: revoked })).toMatchObject({ verdict: 'refused', not: ['no revocation'] });
    const open = explain(leaf, { trust: revoked, revocationEnforced: false });
    expect(open.verdict).toBe('admitted');
    expect(open.reasons.map(({ text }) => text).join()).toContain(
      'nothing refuses the revoked on this target',
    );
  });

  test('is refused by the deny list and by what left a CRL only where Trustloom owns the check', () => {
    const key = issuingCa.keySha256;
    const base = trustOf({ cas: [root, issuing], crls: [crlOf()] });
    const entry = {
      serial,
      caKey: key,
      ca: 'CN=Issuing',
      by: 'ann',
      why: 'lost',
      since: '2026-11-24T09:00:00Z',
    };
    const denied = { ...base, revocation: { ...base.revocation, denied: [entry] } };
    const retained = { ...base, revocation: { ...base.revocation, retained: new Map([[key, [serial]]]) } };
    const stores = { info: inside, anchors: [issuingCa, rootCa] };
    expect(explain(leaf, { trust: denied, ...stores }).verdict).toBe('refused');
    expect(explain(leaf, { trust: retained, ...stores }).verdict).toBe('refused');
    const followed = explain(leaf, { trust: denied });
    expect(followed.verdict).toBe('admitted');
    expect(followed.reasons.map(({ text }) => text).join()).toContain('follows only CRLs of the CA');
  });

  test('is admitted where the service takes no CRL of a CA that does not stand in its store, and that is said', () => {
    const info = infoOf('alb', {}, { crlIssuerInStore: true });
    const open = explain(leaf, { trust: revoked, info });
    expect([open.verdict, open.reasons.map(({ text }) => text).join()]).toEqual([
      'admitted',
      expect.stringContaining('not in its store'),
    ]);
    expect(explain(leaf, { trust: revoked, info, anchors: [rootCa, issuingCa] }).verdict).toBe('refused');
  });

  test('through a CA that its own issuer revoked: refused by a check of ours; it is not documented what a service does', () => {
    const rootCrl = { issuer: root, crl: root.issueCrl({ entries: [{ serial: issuingCa.serial }] }) };
    const trust = trustOf({ cas: [root, issuing], crls: [rootCrl, crlOf()] });
    expect(explain(leaf, { trust })).toMatchObject({ verdict: 'unknown', not: ['unknown revocation'] });
    const stores = { info: inside, anchors: [issuingCa, rootCa] };
    expect(explain(leaf, { trust, ...stores })).toMatchObject({ verdict: 'refused', not: ['no revocation'] });
  });

  test('a CRL past its end: unknown where the service decides; refused after grace where Trustloom does', () => {
    const stale = {
      issuer: issuing,
      crl: issuing.issueCrl({ thisUpdate: now - 9 * hour, nextUpdate: now - 2 * hour }),
    };
    const made = trustOf({ cas: [root, issuing], crls: [stale] });
    const crls = made.revocation.crls.map((one) => ({ ...one, expired: true }));
    const trust = (graceMs: number) => ({ ...made, revocation: { ...made.revocation, crls, graceMs } });
    expect(explain(leaf, { trust: trust(0) })).toMatchObject({
      verdict: 'unknown',
      not: ['unknown revocation'],
    });
    const stores = { info: inside, anchors: [issuingCa, rootCa] };
    expect(explain(leaf, { trust: trust(3 * hour), ...stores }).verdict).toBe('admitted');
    expect(explain(leaf, { trust: trust(hour), ...stores }).verdict).toBe('refused');
  });
});
