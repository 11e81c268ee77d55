import { revocationSet } from '@trustloom/core';
import { createTestCa, type TestCa, trustOf } from '@trustloom/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { renderAlb } from '../src/render.ts';
import { context, listenerArn, pemOf, targetOf } from './support/scenario.ts';

const entries = [{ serial: '1001' }];
let root: TestCa;
let one: TestCa;
beforeAll(async () => {
  root = await createTestCa({ subject: 'CN=Root' });
  one = await root.intermediate('CN=One');
});

const codes = (findings: readonly { readonly code: string; readonly severity: string }[]) =>
  findings.map(({ code, severity }) => `${code} ${severity}`);

describe('what the store should hold', () => {
  test('one bundle and a file for each CRL, all in PEM, in an order of their own', () => {
    const crls = [
      { issuer: root, crl: root.issueCrl({ entries }) },
      { issuer: one, crl: one.issueCrl({ entries }) },
    ];
    const { desired, anchors, artifacts, findings } = renderAlb(
      trustOf({ cas: [one, root], crls }),
      targetOf(),
      context,
    );
    const turned = renderAlb(trustOf({ cas: [root, one], crls: [...crls].reverse() }), targetOf(), context);
    expect(findings).toEqual([]);
    expect(anchors.map(({ sha256 }) => sha256)).toEqual([one.sha256, root.sha256].sort());
    expect(artifacts.map(({ kind }) => kind)).toEqual(['bundle', 'crl', 'crl']);
    expect(artifacts[0]?.body).toBe(pemOf(root, one));
    expect(artifacts[0]?.body).not.toMatch(/\n\n/);
    expect(
      artifacts
        .slice(1)
        .map(({ body }) => body)
        .sort(),
    ).toEqual(crls.map(({ crl }) => crl.pem).sort());
    expect(desired.crls.map(({ file }) => file.sha256)).toEqual(
      artifacts.slice(1).map(({ sha256 }) => sha256),
    );
    expect(turned.artifacts).toEqual(artifacts);
  });

  test('issuing: the root is no anchor, and its other clients are not admitted', () => {
    const trust = trustOf({ cas: [root, one], crls: [] });
    const { anchors } = renderAlb(trust, targetOf(), { ...context, anchors: 'issuing' });
    expect(anchors.map(({ sha256 }) => sha256)).toEqual([one.sha256]);
  });

  test('an expired CRL is not attached, and its CA counts as one whose CRL is unusable', () => {
    const trust = trustOf({ cas: [root], crls: [{ issuer: root, crl: root.issueCrl({ entries }) }] });
    const crls = trust.revocation.crls.map((issuerCrl) => ({ ...issuerCrl, expired: true }));
    const { desired, artifacts } = renderAlb(
      { ...trust, revocation: revocationSet({ crls }) },
      targetOf(),
      context,
    );
    expect(artifacts.map(({ kind }) => kind)).toEqual(['bundle']);
    expect(desired).toMatchObject({ crls: [], unusable: [crls[0]?.issuer.keySha256] });
  });
});

describe('what it cannot hold or enforce', () => {
  test('a revoked client of a CA that is reached but not accepted', () => {
    const trust = trustOf({
      cas: [root],
      known: [one],
      crls: [{ issuer: one, crl: one.issueCrl({ entries }) }],
    });
    const { findings } = renderAlb(trust, targetOf(), context);
    expect(codes(findings)).toEqual(['crl-issuer-not-in-store warning']);
    expect(findings[0]?.message).toContain('anchors: issuing');
  });

  test('no such warning when the CA is not reached, or has revoked nobody', async () => {
    const other = await createTestCa({ subject: 'CN=Other' });
    const crls = [
      { issuer: one, crl: one.issueCrl() },
      { issuer: other, crl: other.issueCrl({ entries }) },
    ];
    expect(
      renderAlb(trustOf({ cas: [root], known: [one, other], crls }), targetOf(), context).findings,
    ).toEqual([]);
  });

  test.each([
    [25, []],
    [26, ['too-many-certificates error']],
  ])('%i CAs', async (count, expected) => {
    const cas = await Promise.all(
      Array.from({ length: count }, (_, index) => createTestCa({ subject: `CN=CA ${index}`, key: 'P-256' })),
    );
    expect(codes(renderAlb(trustOf({ cas }), targetOf(), context).findings)).toEqual(expected);
  });

  test('a third listener of one load balancer that should verify', () => {
    const arns = ['0000000000000001', '0000000000000002', '0000000000000003'].map(listenerArn);
    const trust = trustOf({ cas: [root] });
    const found = (more: Readonly<Record<string, unknown>>) =>
      codes(renderAlb(trust, targetOf(more), context).findings);
    expect(found({ listeners: arns })).toEqual(['precondition error']);
    expect(found({ listeners: arns.slice(0, 2) })).toEqual([]);
    expect(found({ listeners: arns, mode: 'passthrough' })).toEqual([]);
  });
});

describe('how a target is written', () => {
  const elsewhere = listenerArn().replace('eu-west-1', 'us-east-1');
  test.each([
    ['no listener', { listeners: [] }],
    ['one twice', { listeners: [listenerArn(), listenerArn()] }],
    ['two regions', { listeners: [listenerArn(), elsewhere] }],
    ['a listener of a Network Load Balancer', { listeners: [listenerArn().replace('/app/', '/net/')] }],
    ['an unknown key', { trustStores: 'x' }],
    ['a mode of another service', { mode: 'required' }],
  ])('%s is refused', (_, more) => {
    expect(() => targetOf(more)).toThrow();
  });
});
