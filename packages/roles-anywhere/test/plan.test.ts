import { revocationSet } from '@trustloom/core';
import { certificateOf, createTestCa, letGo, trustOf } from '@trustloom/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { planRolesAnywhere } from '../src/plan.ts';
import { anchorOf, context, heldList, keyOf, makeFamily, planOf, told } from './story.ts';

const day = 86_400_000;
const entries = [{ serial: '1001' }];
let family: Awaited<ReturnType<typeof makeFamily>>;
beforeAll(async () => {
  family = await makeFamily();
});

/** One issuing CA, with the list that goes with it. */
function one(crl = family.one.issueCrl({ entries })) {
  const { one: ca } = family;
  return { ca, crl, trust: trustOf({ cas: [ca], lists: [{ issuer: ca, crl }] }) };
}

/** The same trust, with its list refused or expired. */
function withheld(trust: ReturnType<typeof trustOf>, why = 'crl-bad-signature' as const) {
  return { ...trust, revocation: revocationSet({ kept: new Map([[keyOf(family.one), why]]) }) };
}

describe('from nothing', () => {
  test('made disabled, given its list, then enabled', () => {
    const { trust, ca, crl } = one();
    const { steps, findings } = planOf(trust, []);
    expect(told(steps)).toEqual(['label create-anchor', 'revoke import-list', 'grant enable-anchor']);
    const [create, list, enable] = steps;
    expect(list).toMatchObject({ after: [create?.id], things: [crl.sha256], revocation: { added: 1 } });
    expect(enable).toMatchObject({ after: [create?.id, list?.id], things: [ca.sha256] });
    expect(list?.input.tags).toEqual({
      'trustloom:definition': 'acme',
      'trustloom:target': 'jobs',
      'trustloom:key': keyOf(ca),
    });
    expect(findings).toEqual([]);
  });

  test('a list without entries counts as in place', () => {
    const { trust } = one(family.one.issueCrl());
    expect(told(planOf(trust, []).steps)).toEqual(['label create-anchor', 'grant enable-anchor']);
  });

  test('nobody is trusted while a list is withheld', () => {
    const { steps, codes } = planOf(withheld(one().trust), []);
    expect(steps).toEqual([]);
    expect(codes).toEqual(['anchor-list-missing error']);
  });

  test('a list that another CA signed is never bound, whatever stands beside it', () => {
    const { ca } = one();
    const trust = trustOf({ cas: [ca], lists: [{ issuer: ca, crl: family.two.issueCrl({ entries }) }] });
    const { steps, codes } = planOf(trust, []);
    expect(steps).toEqual([]);
    expect(codes).toEqual(['crl-bad-signature error', 'anchor-list-missing error']);
  });
});

describe('certificates of an anchor', () => {
  test('what holds needs nothing', () => {
    const { trust, ca, crl } = one();
    expect(planOf(trust, [anchorOf([ca], { lists: [heldList(ca, crl)] })])).toMatchObject({
      steps: [],
      findings: [],
    });
  });

  test('a renewed twin comes before the old one goes', async () => {
    const { ca, crl } = one();
    const renewed = await ca.renew();
    const { steps } = planOf(trustOf({ cas: [renewed], known: [ca], lists: [{ issuer: ca, crl }] }), [
      anchorOf([ca], { lists: [heldList(ca, crl)] }),
    ]);
    expect(steps.map(({ effect, things }) => [effect, ...things])).toEqual([
      ['grant', renewed.sha256],
      ['remove', ca.sha256],
    ]);
    expect(steps[1]?.after).toEqual([steps[0]?.id]);
  });

  test('where both slots are taken, the one that is wanted no more goes first, by consent', async () => {
    const { ca, crl } = one();
    const [second, third] = [await ca.renew(), await ca.renew()];
    const trust = trustOf({ cas: [second, third], known: [ca], lists: [{ issuer: ca, crl }] });
    const { steps } = planOf(trust, [anchorOf([ca, second], { lists: [heldList(ca, crl)] })]);
    expect(steps.map(({ effect, things }) => [effect, ...things])).toEqual([
      ['remove', ca.sha256],
      ['grant', third.sha256],
    ]);
    expect(steps[1]?.after).toContain(steps[0]?.id);
  });

  test('two foreign CAs in both slots go one by one, and the anchor is never empty', async () => {
    const { trust, ca, crl } = one();
    const planted = [await createTestCa({ subject: 'CN=X' }), await createTestCa({ subject: 'CN=Y' })];
    const { steps } = planOf(trust, [anchorOf(planted, { key: keyOf(ca), lists: [heldList(ca, crl)] })]);
    expect(told(steps)).toEqual(['remove update-anchor', 'grant update-anchor', 'remove update-anchor']);
    for (const { input } of steps) expect(String(input.pem)).toContain('BEGIN CERTIFICATE');
    expect(steps.at(-1)?.input.pem).toBe(certificateOf(ca).pem);
  });

  test('a bundle that cannot be read is replaced by consent', () => {
    const { trust, ca, crl } = one();
    const held = anchorOf([], { key: keyOf(ca), unreadable: 'ab'.repeat(32), lists: [heldList(ca, crl)] });
    expect(planOf(trust, [held]).steps).toEqual([
      expect.objectContaining({ effect: 'remove', things: ['ab'.repeat(32)] }),
    ]);
  });

  test('a foreign CA in an anchor whose list is withheld: the anchor is disabled', async () => {
    const planted = await createTestCa({ subject: 'CN=X' });
    const { ca, trust } = one();
    const { steps, codes } = planOf(withheld(trust), [anchorOf([planted], { key: keyOf(ca) })]);
    expect(steps).toEqual([expect.objectContaining({ effect: 'remove', things: [planted.sha256] })]);
    expect(told(steps)).toEqual(['remove disable-anchor']);
    expect(codes).toEqual(['anchor-list-missing error']);
  });

  test('an anchor disabled by hand is enabled once its list is in force', () => {
    const { trust, ca, crl } = one();
    const held = anchorOf([ca], { enabled: false, lists: [heldList(ca, crl, { enabled: false })] });
    const { steps } = planOf(trust, [held]);
    expect(told(steps)).toEqual(['revoke enable-list', 'grant enable-anchor']);
    expect(steps[1]?.after).toEqual([steps[0]?.id]);
  });

  test('a renewed twin is let in although the list is withheld: it lets in nobody more', async () => {
    const { ca } = one();
    const renewed = await ca.renew();
    const trust = withheld(trustOf({ cas: [ca, renewed] }));
    expect(told(planOf(trust, [anchorOf([ca])]).steps)).toEqual(['grant update-anchor']);
    // Once the old one has ended, nobody gets in: then it would.
    const later = Math.max(...[ca].map((each) => certificateOf(each).notAfter)) + 1;
    expect(told(planOf(trust, [anchorOf([ca])], later).steps)).toEqual([]);
  });
});

describe('lists of an anchor', () => {
  test('a newer one is put in place of the older, by its id', () => {
    const { ca } = one();
    const older = ca.issueCrl({ number: 1, thisUpdate: context.now - day / 2, entries });
    const newer = ca.issueCrl({ number: 2, entries: [...entries, { serial: '1002' }] });
    const { steps } = planOf(one(newer).trust, [anchorOf([ca], { lists: [heldList(ca, older)] })]);
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
    const { steps } = planOf(one(older).trust, [anchorOf([ca], { lists: [heldList(ca, newer)] })]);
    expect(steps).toEqual([expect.objectContaining({ effect: 'readmit', things: [older.sha256] })]);
  });

  test('the last entry goes: the list is disabled; the first comes back: updated, then enabled', () => {
    const { ca, crl } = one(family.one.issueCrl({ thisUpdate: context.now - day / 2, entries }));
    const empty = ca.issueCrl({ number: 2 });
    const off = planOf(one(empty).trust, [anchorOf([ca], { lists: [heldList(ca, crl)] })]);
    expect(told(off.steps)).toEqual(['revoke disable-list']);
    const back = ca.issueCrl({ number: 3, entries });
    const on = planOf(one(back).trust, [anchorOf([ca], { lists: [heldList(ca, crl, { enabled: false })] })]);
    expect(told(on.steps)).toEqual(['revoke update-list', 'revoke enable-list']);
    expect(on.steps[1]?.after).toEqual([on.steps[0]?.id]);
  });

  test('what is in force stays when the newest is refused, and comes back when somebody disabled it', () => {
    const { ca, crl, trust } = one();
    const held = heldList(ca, crl);
    expect(planOf(withheld(trust), [anchorOf([ca], { lists: [held] })])).toMatchObject({
      steps: [],
      findings: [],
    });
    const off = planOf(withheld(trust), [anchorOf([ca], { lists: [{ ...held, enabled: false }] })]);
    expect(told(off.steps)).toEqual(['revoke enable-list']);
  });

  test('a list of the same name and another key is not what was in force', async () => {
    const { ca, trust } = one();
    const rekeyed = await ca.rekey();
    const wrong = heldList(ca, rekeyed.issueCrl({ entries }), { enabled: false });
    const { steps, codes } = planOf(withheld(trust), [anchorOf([ca], { lists: [wrong] })]);
    expect(steps).toEqual([]);
    expect(codes).toEqual(['anchor-list-missing warning']);
  });

  test('content of another CA in a list of ours is replaced', () => {
    const { ca, trust } = one();
    const wrong = heldList(ca, family.two.issueCrl({ thisUpdate: context.now + 60_000, entries }));
    expect(told(planOf(trust, [anchorOf([ca], { lists: [wrong] })]).steps)).toEqual(['revoke update-list']);
  });

  test('a duplicate goes only after the right one is in force', () => {
    const { ca, crl, trust } = one();
    const lists = [
      heldList(ca, crl, { id: 'b', enabled: false }),
      heldList(ca, ca.issueCrl({ thisUpdate: context.now - day / 2, entries }), { id: 'a' }),
    ];
    const { steps } = planOf(trust, [anchorOf([ca], { lists })]);
    expect(steps.map(({ effect, input }) => [effect, input.do, input.id])).toEqual([
      ['revoke', 'update-list', 'a'],
      ['clean', 'delete-list', 'b'],
    ]);
    expect(steps[1]?.after).toEqual([steps[0]?.id]);
  });

  test('a list of somebody else is never touched; ours comes beside it', () => {
    const { ca, crl, trust } = one();
    const foreign = heldList(ca, crl, { id: 'theirs', mark: undefined });
    const { steps, codes } = planOf(trust, [anchorOf([ca], { lists: [foreign] })]);
    expect(told(steps)).toEqual(['revoke import-list']);
    expect(codes).toEqual(['anchor-foreign-list warning']);
  });

  test('lists of somebody else in both places: an error, and nobody new is trusted', () => {
    const { ca, crl, trust } = one();
    const lists = ['x', 'y'].map((id) => heldList(ca, crl, { id, mark: undefined }));
    const { steps, codes } = planOf(trust, [anchorOf([ca], { lists, enabled: false })]);
    expect(steps).toEqual([]);
    expect(codes).toEqual([
      'anchor-foreign-list error',
      'anchor-foreign-list error',
      'anchor-list-missing error',
    ]);
  });

  test('a list of ours that is of no use makes room for one that is needed', () => {
    const { ca, crl, trust } = one();
    const lists = [
      heldList(ca, crl, { id: 'theirs', mark: undefined }),
      heldList(family.two, family.two.issueCrl({ entries }), { id: 'idle' }),
    ];
    const { steps } = planOf(trust, [anchorOf([ca], { lists })]);
    expect(told(steps)).toEqual(['revoke delete-list', 'revoke import-list']);
    expect(steps[0]?.input.id).toBe('idle');
    expect(steps[1]?.after).toEqual([steps[0]?.id]);
  });

  test('a list that merely lost its source stays', () => {
    const { ca, crl } = one();
    const plan = planOf(trustOf({ cas: [ca] }), [anchorOf([ca], { lists: [heldList(ca, crl)] })]);
    expect(plan.steps).toEqual([]);
    expect(plan.rendered.map(({ code }) => code)).toEqual(['anchor-no-list']);
  });
});

describe('anchors that go', () => {
  test('disabled by consent, then its lists, then itself', () => {
    const { trust, ca, crl } = one();
    const { two } = family;
    const kept = anchorOf([ca], { lists: [heldList(ca, crl)] });
    const gone = anchorOf([two], { lists: [heldList(two, two.issueCrl({ entries }))] });
    const { steps } = planOf(trust, [kept, gone]);
    expect(told(steps)).toEqual(['remove disable-anchor', 'clean delete-list', 'clean delete-anchor']);
    expect(steps[0]?.things).toEqual([two.sha256]);
    expect(steps[2]?.after).toEqual([steps[0]?.id, steps[1]?.id]);
  });

  test('while the consent is missing, it follows its list', () => {
    const { ca, crl } = one();
    const { two } = family;
    const listOfTwo = two.issueCrl({ number: 2, entries: [...entries, { serial: '1002' }] });
    const trust = trustOf({
      cas: [ca],
      known: [two],
      lists: [
        { issuer: ca, crl },
        { issuer: two, crl: listOfTwo },
      ],
    });
    const older = heldList(two, two.issueCrl({ thisUpdate: context.now - day / 2, entries }));
    const kept = anchorOf([ca], { lists: [heldList(ca, crl)] });
    const { steps } = planOf(trust, [kept, anchorOf([two], { lists: [older] })]);
    expect(told(steps)).toEqual([
      'revoke update-list',
      'remove disable-anchor',
      'clean delete-list',
      'clean delete-anchor',
    ]);
    expect(steps[0]?.after).toEqual([]);
    // One imported on the way goes with the others.
    const bare = planOf(trust, [kept, anchorOf([two])]).steps;
    expect(told(bare)).toEqual([
      'revoke import-list',
      'remove disable-anchor',
      'clean delete-list',
      'clean delete-anchor',
    ]);
    expect(bare[2]?.input.id).toEqual({ $ref: bare[0]?.id, get: 'id' });
  });

  test('a duplicate is disabled before its lists go, and only once the other is enabled', () => {
    const { trust, ca, crl } = one();
    const kept = anchorOf([ca], { id: 'old', lists: [heldList(ca, crl)] });
    const duplicate = anchorOf([ca], { id: 'new', createdAt: 1, lists: [heldList(ca, crl, { id: 'l2' })] });
    const { steps } = planOf(trust, [kept, duplicate]);
    expect(told(steps)).toEqual(['clean disable-anchor', 'clean delete-list', 'clean delete-anchor']);
    expect(steps.map(({ input }) => input.id)).toEqual(['new', 'l2', 'new']);
    expect(steps.map(({ after }) => after)).toEqual([[], [steps[0]?.id], [steps[0]?.id, steps[1]?.id]]);
    const off = planOf(trust, [
      { ...kept, enabled: false },
      { ...duplicate, enabled: false },
    ]).steps;
    expect(told(off)).toEqual(['grant enable-anchor', 'clean delete-list', 'clean delete-anchor']);
    expect(off[1]?.after).toEqual([off[0]?.id]);
    const planted = planOf(trust, [kept, { ...duplicate, cas: [certificateOf(family.two)] }]).steps;
    expect(told(planted)[0]).toBe('remove disable-anchor');
  });

  test('a list of somebody else on an anchor that goes takes a consent to adopt', () => {
    const { two } = family;
    const foreign = heldList(two, two.issueCrl({ entries }), { id: 'theirs', mark: undefined });
    const { steps } = planRolesAnywhere(
      undefined,
      { anchors: [anchorOf([two], { lists: [foreign] })] },
      context,
    );
    expect(steps).toEqual([
      expect.objectContaining({ effect: 'remove', wholeTarget: true }),
      expect.objectContaining({ effect: 'clean', consents: ['adopt:theirs'] }),
      expect.objectContaining({ action: 'rolesanywhere:DeleteTrustAnchor' }),
    ]);
  });
});

describe('a list that was let go', () => {
  const gone = () => {
    const { ca, crl } = one();
    const trust = trustOf({ cas: [ca] });
    return { ca, crl, trust: { ...trust, revocation: revocationSet({ letGo: [letGo(ca, crl)] }) } };
  };

  test('is disabled by its consent, and needs nothing then', () => {
    const { ca, crl, trust } = gone();
    const { steps } = planOf(trust, [anchorOf([ca], { lists: [heldList(ca, crl)] })]);
    expect(told(steps)).toEqual(['readmit disable-list']);
    expect(steps[0]).toMatchObject({ things: [crl.sha256], input: { do: 'disable-list' } });
    const off = heldList(ca, crl, { enabled: false });
    expect(planOf(trust, [anchorOf([ca], { lists: [off] })])).toMatchObject({ steps: [], findings: [] });
  });

  test('leaves one in force that the CA issued later', () => {
    const { ca, trust } = gone();
    const later = family.one.issueCrl({ entries, number: 9, thisUpdate: context.now + 60_000 });
    expect(planOf(trust, [anchorOf([ca], { lists: [heldList(ca, later)] })]).steps).toEqual([]);
  });

  test('of an anchor that is not in force yet takes the consent once more', () => {
    const { crl, trust } = gone();
    const { steps } = planOf(trust, []);
    expect(told(steps)).toEqual(['label create-anchor', 'grant enable-anchor']);
    expect(steps[1]?.consents).toEqual([`readmit:${crl.sha256}`]);
  });
});
