import { revocationSet } from '@trustloom/core';
import { certificateOf, createTestCa, type IssuedCrl, trustOf, withdrawn } from '@trustloom/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { planRolesAnywhere } from '../src/plan/index.ts';
import { anchorOf, context, heldCrl, idsOf, inShort, keyOf, makeFamily, planOf } from './fixtures.ts';

const day = 86_400_000;
const entries = [{ serial: '1001' }];
let family: Awaited<ReturnType<typeof makeFamily>>;
beforeAll(async () => {
  family = await makeFamily();
});

/** One issuing CA, with its CRL. */
function one(crl = family.one.issueCrl({ entries })) {
  const { one: ca } = family;
  return { ca, crl, trust: trustOf({ cas: [ca], crls: [{ issuer: ca, crl }] }) };
}

/** The same trust, with its CRL refused or expired. */
function unusable(trust: ReturnType<typeof trustOf>, why = 'crl-bad-signature' as const) {
  return { ...trust, revocation: revocationSet({ unread: new Map([[keyOf(family.one), why]]) }) };
}

describe('from nothing', () => {
  test('created disabled, given its CRL, then enabled', () => {
    const { trust, ca, crl } = one();
    const { steps, findings } = planOf(trust, []);
    expect(inShort(steps)).toEqual(['tag create-anchor', 'revoke import-crl', 'grant enable-anchor']);
    const [create, imported, enable] = steps;
    expect(imported).toMatchObject({ after: [create?.id], affects: [crl.sha256], revocation: { added: 1 } });
    expect(enable).toMatchObject({ after: [create?.id, imported?.id], affects: [ca.sha256] });
    expect(imported?.input).toMatchObject({
      anchorArn: { outputOf: create?.id, field: 'arn' },
      tags: { 'trustloom:definition': 'acme', 'trustloom:target': 'jobs', 'trustloom:key': keyOf(ca) },
    });
    const name = `One [${ca.sha256.slice(0, 8)}]`;
    expect(steps.map(({ summary, reason }) => `${summary}: ${reason}`)).toEqual([
      `create trust anchor of ${name}, disabled: there is none yet`,
      `import CRL of ${name}, 1 entry: it is not in force yet`,
      `enable trust anchor of ${name}: a disabled anchor admits no client`,
    ]);
    expect(findings).toEqual([]);
  });

  test('a CRL without entries counts as in place', () => {
    const { trust } = one(family.one.issueCrl());
    expect(inShort(planOf(trust, []).steps)).toEqual(['tag create-anchor', 'grant enable-anchor']);
  });

  test('nobody is trusted while a CRL is unusable', () => {
    const { steps, codes } = planOf(unusable(one().trust), []);
    expect(steps).toEqual([]);
    expect(codes).toEqual(['anchor-crl-missing error']);
  });

  test('a CRL that another CA signed is never bound, whatever stands beside it', () => {
    const { ca } = one();
    const trust = trustOf({ cas: [ca], crls: [{ issuer: ca, crl: family.two.issueCrl({ entries }) }] });
    const { steps, codes } = planOf(trust, []);
    expect(steps).toEqual([]);
    expect(codes).toEqual(['crl-bad-signature error', 'anchor-crl-missing error']);
  });
});

describe('certificates of an anchor', () => {
  test('what is in sync needs nothing', () => {
    const { trust, ca, crl } = one();
    expect(planOf(trust, [anchorOf([ca], { crls: [heldCrl(ca, crl)] })])).toMatchObject({
      steps: [],
      findings: [],
    });
  });

  test('a renewed CA comes before the old one goes', async () => {
    const { ca, crl } = one();
    const renewed = await ca.renew();
    const { steps } = planOf(trustOf({ cas: [renewed], known: [ca], crls: [{ issuer: ca, crl }] }), [
      anchorOf([ca], { crls: [heldCrl(ca, crl)] }),
    ]);
    expect(steps.map(({ effect, affects }) => [effect, ...affects])).toEqual([
      ['grant', renewed.sha256],
      ['remove', ca.sha256],
    ]);
    expect(steps[1]?.after).toEqual([steps[0]?.id]);
  });

  test('where both slots are taken, the one that is wanted no more goes first, by consent', async () => {
    const { ca, crl } = one();
    const [second, third] = [await ca.renew(), await ca.renew()];
    const trust = trustOf({ cas: [second, third], known: [ca], crls: [{ issuer: ca, crl }] });
    const { steps } = planOf(trust, [anchorOf([ca, second], { crls: [heldCrl(ca, crl)] })]);
    expect(steps.map(({ effect, affects }) => [effect, ...affects])).toEqual([
      ['remove', ca.sha256],
      ['grant', third.sha256],
    ]);
    expect(steps[1]?.after).toContain(steps[0]?.id);
  });

  test('two foreign CAs in both slots go one by one, and the anchor is never empty', async () => {
    const { trust, ca, crl } = one();
    const planted = [await createTestCa({ subject: 'CN=X' }), await createTestCa({ subject: 'CN=Y' })];
    const { steps } = planOf(trust, [anchorOf(planted, { key: keyOf(ca), crls: [heldCrl(ca, crl)] })]);
    expect(inShort(steps)).toEqual(['remove update-anchor', 'grant update-anchor', 'remove update-anchor']);
    const pem = expect.stringContaining('BEGIN CERTIFICATE');
    for (const { input } of steps) expect(input).toMatchObject({ pem });
    expect(steps.at(-1)?.input).toMatchObject({ pem: certificateOf(ca).pem });
  });

  test('a bundle that cannot be read is replaced by consent', () => {
    const { trust, ca, crl } = one();
    const held = anchorOf([], { key: keyOf(ca), unreadable: 'ab'.repeat(32), crls: [heldCrl(ca, crl)] });
    expect(planOf(trust, [held]).steps).toEqual([
      expect.objectContaining({ effect: 'remove', affects: ['ab'.repeat(32)] }),
    ]);
  });

  test('a foreign CA in an anchor whose CRL is unusable: the anchor is disabled', async () => {
    const planted = await createTestCa({ subject: 'CN=X' });
    const { ca, trust } = one();
    const { steps, codes } = planOf(unusable(trust), [anchorOf([planted], { key: keyOf(ca) })]);
    expect(steps).toEqual([expect.objectContaining({ effect: 'remove', affects: [planted.sha256] })]);
    expect(inShort(steps)).toEqual(['remove disable-anchor']);
    expect(codes).toEqual(['anchor-crl-missing error']);
  });

  test('an anchor disabled by hand is enabled once its CRL is in force', () => {
    const { trust, ca, crl } = one();
    const held = anchorOf([ca], { enabled: false, crls: [heldCrl(ca, crl, { enabled: false })] });
    const { steps } = planOf(trust, [held]);
    expect(inShort(steps)).toEqual(['revoke enable-crl', 'grant enable-anchor']);
    expect(steps[1]?.after).toEqual([steps[0]?.id]);
  });

  test('a renewed CA is added although its CRL is unusable: it admits nobody more', async () => {
    const { ca } = one();
    const renewed = await ca.renew();
    const trust = unusable(trustOf({ cas: [ca, renewed] }));
    expect(inShort(planOf(trust, [anchorOf([ca])]).steps)).toEqual(['grant update-anchor']);
    // Once the old one has ended, nobody is admitted: then it would.
    const later = Math.max(...[ca].map((each) => certificateOf(each).notAfter)) + 1;
    expect(inShort(planOf(trust, [anchorOf([ca])], later).steps)).toEqual([]);
  });
});

describe('CRLs of an anchor', () => {
  test('a newer one is put in place of the older, by its id', () => {
    const { ca } = one();
    const older = ca.issueCrl({ number: 1, thisUpdate: context.now - day / 2, entries });
    const newer = ca.issueCrl({ number: 2, entries: [...entries, { serial: '1002' }] });
    const { steps } = planOf(one(newer).trust, [anchorOf([ca], { crls: [heldCrl(ca, older)] })]);
    expect(steps).toEqual([
      expect.objectContaining({
        effect: 'revoke',
        action: 'rolesanywhere:UpdateCrl',
        revocation: { issuer: 'CN=One', added: 1, removed: 0, entries: 2, serials: ['1002'] },
      }),
    ]);
  });

  test('an older one takes the consent to readmit', () => {
    const { ca } = one();
    const older = ca.issueCrl({ number: 1, thisUpdate: context.now - day / 2, entries });
    const newer = ca.issueCrl({ number: 2, entries: [...entries, { serial: '1002' }] });
    const { steps } = planOf(one(older).trust, [anchorOf([ca], { crls: [heldCrl(ca, newer)] })]);
    expect(steps).toEqual([expect.objectContaining({ effect: 'readmit', affects: [older.sha256] })]);
  });

  test('the last entry goes: the CRL is disabled; the first comes back: updated, then enabled', () => {
    const { ca, crl } = one(family.one.issueCrl({ thisUpdate: context.now - day / 2, entries }));
    const empty = ca.issueCrl({ number: 2 });
    const off = planOf(one(empty).trust, [anchorOf([ca], { crls: [heldCrl(ca, crl)] })]);
    expect(inShort(off.steps)).toEqual(['revoke disable-crl']);
    const back = ca.issueCrl({ number: 3, entries });
    const on = planOf(one(back).trust, [anchorOf([ca], { crls: [heldCrl(ca, crl, { enabled: false })] })]);
    expect(inShort(on.steps)).toEqual(['revoke update-crl', 'revoke enable-crl']);
    expect(on.steps[1]?.after).toEqual([on.steps[0]?.id]);
  });

  test('what is in force stays when the newest is refused, and comes back when somebody disabled it', () => {
    const { ca, crl, trust } = one();
    const held = heldCrl(ca, crl);
    expect(planOf(unusable(trust), [anchorOf([ca], { crls: [held] })])).toMatchObject({
      steps: [],
      findings: [],
    });
    const off = planOf(unusable(trust), [anchorOf([ca], { crls: [{ ...held, enabled: false }] })]);
    expect(inShort(off.steps)).toEqual(['revoke enable-crl']);
  });

  test('a CRL of the same name and another key is not what was in force', async () => {
    const { ca, trust } = one();
    const rekeyed = await ca.rekey();
    const wrong = heldCrl(ca, rekeyed.issueCrl({ entries }), { enabled: false });
    const { steps, codes } = planOf(unusable(trust), [anchorOf([ca], { crls: [wrong] })]);
    expect(steps).toEqual([]);
    expect(codes).toEqual(['anchor-crl-missing warning']);
  });

  test('content of another CA in a CRL of ours is replaced', () => {
    const { ca, trust } = one();
    const wrong = heldCrl(ca, family.two.issueCrl({ thisUpdate: context.now + 60_000, entries }));
    expect(inShort(planOf(trust, [anchorOf([ca], { crls: [wrong] })]).steps)).toEqual(['revoke update-crl']);
  });

  test('a duplicate goes only after the right one is in force', () => {
    const { ca, crl, trust } = one();
    const crls = [
      heldCrl(ca, crl, { id: 'b', enabled: false }),
      heldCrl(ca, ca.issueCrl({ thisUpdate: context.now - day / 2, entries }), { id: 'a' }),
    ];
    const { steps } = planOf(trust, [anchorOf([ca], { crls })]);
    expect(inShort(steps)).toEqual(['revoke update-crl', 'cleanup delete-crl']);
    expect(idsOf(steps)).toEqual(['a', 'b']);
    expect(steps[1]?.after).toEqual([steps[0]?.id]);
  });

  test('a CRL of somebody else is never touched; ours comes beside it', () => {
    const { ca, crl, trust } = one();
    const foreign = heldCrl(ca, crl, { id: 'theirs', taggedKey: undefined });
    const { steps, codes } = planOf(trust, [anchorOf([ca], { crls: [foreign] })]);
    expect(inShort(steps)).toEqual(['revoke import-crl']);
    expect(codes).toEqual(['anchor-foreign-crl warning']);
  });

  test('CRLs of somebody else in both places: an error, and nobody new is trusted', () => {
    const { ca, crl, trust } = one();
    const crls = ['x', 'y'].map((id) => heldCrl(ca, crl, { id, taggedKey: undefined }));
    const { steps, codes } = planOf(trust, [anchorOf([ca], { crls, enabled: false })]);
    expect(steps).toEqual([]);
    expect(codes).toEqual([
      'anchor-foreign-crl error',
      'anchor-foreign-crl error',
      'anchor-crl-missing error',
    ]);
  });

  test('a CRL of ours that is of no use makes room for one that is needed', () => {
    const { ca, crl, trust } = one();
    const crls = [
      heldCrl(ca, crl, { id: 'theirs', taggedKey: undefined }),
      heldCrl(family.two, family.two.issueCrl({ entries }), { id: 'idle' }),
    ];
    const { steps } = planOf(trust, [anchorOf([ca], { crls })]);
    expect(inShort(steps)).toEqual(['revoke delete-crl', 'revoke import-crl']);
    expect(idsOf(steps)[0]).toBe('idle');
    expect(steps[1]?.after).toEqual([steps[0]?.id]);
  });

  test('one that is to be enabled again makes no room, although an issue of it was withdrawn', () => {
    const { root, one: ca, two } = family;
    const older = ca.issueCrl({ number: 1, thisUpdate: context.now - day / 2, entries });
    const trust = trustOf({
      cas: [two],
      known: [root, ca],
      crls: [
        { issuer: ca, crl: ca.issueCrl({ number: 2, entries }) },
        { issuer: two, crl: two.issueCrl({ entries }) },
      ],
    });
    const revocation = { ...trust.revocation, withdrawn: [withdrawn(ca, older)] };
    // Through the root both are reached; somebody else's CRL stands beside ours.
    const crls = [
      heldCrl(ca, older, { id: 'ours', enabled: false }),
      heldCrl(two, two.issueCrl({ entries }), { id: 'theirs', taggedKey: undefined }),
    ];
    const { steps } = planOf({ ...trust, revocation }, [anchorOf([root], { crls })]);
    const owned = steps.filter(
      ({ effect, input }) => effect === 'revoke' && 'id' in input && input.id === 'ours',
    );
    expect(inShort(owned)).toEqual(['revoke update-crl', 'revoke enable-crl']);
  });

  test('a CRL that merely lost its source stays', () => {
    const { ca, crl } = one();
    const plan = planOf(trustOf({ cas: [ca] }), [anchorOf([ca], { crls: [heldCrl(ca, crl)] })]);
    expect(plan.steps).toEqual([]);
  });
});

describe('anchors that go', () => {
  test('disabled by consent, then its CRLs, then itself', () => {
    const { trust, ca, crl } = one();
    const { two } = family;
    const remaining = anchorOf([ca], { crls: [heldCrl(ca, crl)] });
    const gone = anchorOf([two], { crls: [heldCrl(two, two.issueCrl({ entries }))] });
    const { steps } = planOf(trust, [remaining, gone]);
    expect(inShort(steps)).toEqual(['remove disable-anchor', 'cleanup delete-crl', 'cleanup delete-anchor']);
    expect(steps[0]?.affects).toEqual([two.sha256]);
    expect(steps[2]?.after).toEqual([steps[0]?.id, steps[1]?.id]);
  });

  test('while the consent is missing, it follows its CRL', () => {
    const { ca, crl } = one();
    const { two } = family;
    const crlOfTwo = two.issueCrl({ number: 2, entries: [...entries, { serial: '1002' }] });
    const trust = trustOf({
      cas: [ca],
      known: [two],
      crls: [
        { issuer: ca, crl },
        { issuer: two, crl: crlOfTwo },
      ],
    });
    const older = heldCrl(two, two.issueCrl({ thisUpdate: context.now - day / 2, entries }));
    const remaining = anchorOf([ca], { crls: [heldCrl(ca, crl)] });
    const { steps } = planOf(trust, [remaining, anchorOf([two], { crls: [older] })]);
    expect(inShort(steps)).toEqual([
      'revoke update-crl',
      'remove disable-anchor',
      'cleanup delete-crl',
      'cleanup delete-anchor',
    ]);
    expect(steps[0]?.after).toEqual([]);
    // One imported on the way goes with the others.
    const bare = planOf(trust, [remaining, anchorOf([two])]).steps;
    expect(inShort(bare)).toEqual([
      'revoke import-crl',
      'remove disable-anchor',
      'cleanup delete-crl',
      'cleanup delete-anchor',
    ]);
    expect(idsOf(bare)[2]).toEqual({ outputOf: bare[0]?.id, field: 'id' });
  });

  test('a duplicate is disabled before its CRLs go, and only once the other is enabled', () => {
    const { trust, ca, crl } = one();
    const remaining = anchorOf([ca], { id: 'old', crls: [heldCrl(ca, crl)] });
    const duplicate = anchorOf([ca], { id: 'new', createdAt: 1, crls: [heldCrl(ca, crl, { id: 'l2' })] });
    const { steps } = planOf(trust, [remaining, duplicate]);
    expect(inShort(steps)).toEqual(['cleanup disable-anchor', 'cleanup delete-crl', 'cleanup delete-anchor']);
    expect(idsOf(steps)).toEqual(['new', 'l2', 'new']);
    expect(steps.map(({ after }) => after)).toEqual([[], [steps[0]?.id], [steps[0]?.id, steps[1]?.id]]);
    const off = planOf(trust, [
      { ...remaining, enabled: false },
      { ...duplicate, enabled: false },
    ]).steps;
    expect(inShort(off)).toEqual(['grant enable-anchor', 'cleanup delete-crl', 'cleanup delete-anchor']);
    expect(off[1]?.after).toEqual([off[0]?.id]);
    const planted = planOf(trust, [remaining, { ...duplicate, cas: [certificateOf(family.two)] }]).steps;
    expect(inShort(planted)[0]).toBe('remove disable-anchor');
  });

  test('a CRL of somebody else on an anchor that goes takes a consent to adopt', () => {
    const { two } = family;
    const foreign = heldCrl(two, two.issueCrl({ entries }), { id: 'theirs', taggedKey: undefined });
    const { steps } = planRolesAnywhere(
      undefined,
      { anchors: [anchorOf([two], { crls: [foreign] })] },
      context,
    );
    expect(steps).toEqual([
      expect.objectContaining({ effect: 'remove', wholeTarget: true }),
      expect.objectContaining({ effect: 'cleanup', consents: ['adopt:theirs'] }),
      expect.objectContaining({ action: 'rolesanywhere:DeleteTrustAnchor' }),
    ]);
  });
});

describe('a CRL whose enforcement was withdrawn', () => {
  const gone = () => {
    const { ca, crl } = one();
    const trust = trustOf({ cas: [ca] });
    return { ca, crl, trust: { ...trust, revocation: revocationSet({ withdrawn: [withdrawn(ca, crl)] }) } };
  };

  test('is disabled by its consent, and needs nothing then', () => {
    const { ca, crl, trust } = gone();
    const { steps } = planOf(trust, [anchorOf([ca], { crls: [heldCrl(ca, crl)] })]);
    expect(inShort(steps)).toEqual(['readmit disable-crl']);
    expect(steps[0]).toMatchObject({ affects: [crl.sha256], kind: 'disable-crl' });
    const off = heldCrl(ca, crl, { enabled: false });
    expect(planOf(trust, [anchorOf([ca], { crls: [off] })])).toMatchObject({ steps: [], findings: [] });
  });

  test('leaves one in force that the CA issued later', () => {
    const { ca, trust } = gone();
    const later = family.one.issueCrl({ entries, number: 9, thisUpdate: context.now + 60_000 });
    expect(planOf(trust, [anchorOf([ca], { crls: [heldCrl(ca, later)] })]).steps).toEqual([]);
  });

  test('of an anchor that is not in force yet takes the consent once more', () => {
    const { crl, trust } = gone();
    const { steps } = planOf(trust, []);
    expect(inShort(steps)).toEqual(['tag create-anchor', 'grant enable-anchor']);
    expect(steps[1]?.consents).toEqual([`readmit:${crl.sha256}`]);
  });
});

describe('a CRL that stands is judged by its own content, not by its date alone', () => {
  const hour = day / 24;
  const issue = (ago: number, serials: readonly string[], number: number) =>
    family.one.issueCrl({
      number,
      entries: serials.map((serial) => ({ serial })),
      thisUpdate: context.now - ago,
      nextUpdate: context.now - ago + day,
    });
  const many = Array.from({ length: 12 }, (_, index) => `a${index}`);
  const moveIn = (wanted: IssuedCrl, held: IssuedCrl, terms: { stateLost?: boolean } = {}) =>
    planOf(
      trustOf({ cas: [family.one], crls: [{ issuer: family.one, crl: wanted }] }),
      [anchorOf([family.one], { crls: [heldCrl(family.one, held)] })],
      context.now,
      terms,
    ).steps;

  test('one dated ahead gives way to an honest one that names all its serials', () => {
    expect(inShort(moveIn(issue(hour, ['a1', 'b2'], 2), issue(-30 * day, ['a1'], 3)))).toEqual([
      'revoke update-crl',
    ]);
  });

  test('the other direction: where the honest one lost a serial it stays beside it, until that is consented to', () => {
    const wanted = issue(hour, ['b2'], 2);
    const steps = moveIn(wanted, issue(-30 * day, ['a1'], 3));
    expect(inShort(steps)).toEqual(['revoke import-crl', 'readmit delete-crl']);
    expect(steps[1]).toMatchObject({ affects: [wanted.sha256], after: [steps[0]?.id] });
  });

  test('the state is lost: a newer CRL that lost much without a reason comes beside the one that stands', () => {
    const [wanted, held] = [issue(hour, ['b2'], 2), issue(2 * hour, many, 1)];
    expect(inShort(moveIn(wanted, held, { stateLost: true }))).toEqual([
      'revoke import-crl',
      'readmit delete-crl',
    ]);
    expect(inShort(moveIn(wanted, held))).toEqual(['revoke update-crl']);
  });

  test('the state is lost: once both stand, the one that is kept still goes by consent only', () => {
    const [wanted, held] = [issue(hour, ['b2'], 2), issue(2 * hour, many, 1)];
    const crls = [heldCrl(family.one, wanted, { id: 'new' }), heldCrl(family.one, held, { id: 'old' })];
    const trust = trustOf({ cas: [family.one], crls: [{ issuer: family.one, crl: wanted }] });
    const { steps } = planOf(trust, [anchorOf([family.one], { crls })], context.now, { stateLost: true });
    expect(inShort(steps)).toEqual(['readmit delete-crl']);
    expect(idsOf(steps)).toEqual(['old']);
  });

  test('the state is lost: an older one never replaces it', () => {
    const steps = moveIn(issue(2 * hour, many, 1), issue(hour, many, 2), { stateLost: true });
    expect(inShort(steps)).toEqual(['readmit update-crl']);
  });
});

describe('an anchor of a CA that its issuer revoked', () => {
  const revokedTrust = () => {
    const { one: ca, two } = family;
    const trust = trustOf({
      cas: [two],
      known: [ca],
      crls: [{ issuer: two, crl: two.issueCrl({ entries }) }],
    });
    const revokedCas = [certificateOf(ca)];
    return { ca, trust: { ...trust, revocation: { ...trust.revocation, revokedCas } }, revokedCas };
  };
  const about = (steps: ReturnType<typeof planOf>['steps'], id: string) =>
    steps.filter(({ input }) => 'id' in input && input.id === id);

  test('is disabled as a revocation, so that a refresh does it, and stays while the lock trusts the CA', () => {
    const { ca, trust, revokedCas } = revokedTrust();
    const suspended = { ...trust, revoked: revokedCas };
    expect(inShort(about(planOf(suspended, [anchorOf([ca], { id: 'a' })]).steps, 'a'))).toEqual([
      'revoke disable-anchor',
    ]);
    const off = planOf(suspended, [anchorOf([ca], { id: 'a', enabled: false })]);
    expect(about(off.steps, 'a')).toEqual([]);
  });

  test('goes once it is disabled and the lock trusts the CA no longer', () => {
    const { ca, trust } = revokedTrust();
    expect(inShort(about(planOf(trust, [anchorOf([ca], { id: 'a' })]).steps, 'a'))).toEqual([
      'revoke disable-anchor',
    ]);
    const off = planOf(trust, [anchorOf([ca], { id: 'a', enabled: false })]);
    expect(inShort(about(off.steps, 'a'))).toEqual(['cleanup delete-anchor']);
  });

  test('is enabled again when the issuer takes it back', () => {
    const { one: ca } = family;
    const trust = trustOf({ cas: [ca], crls: [{ issuer: ca, crl: ca.issueCrl({ entries }) }] });
    const { steps } = planOf(trust, [anchorOf([ca], { id: 'a', enabled: false })]);
    expect(inShort(about(steps, 'a'))).toEqual(['grant enable-anchor']);
  });
});
