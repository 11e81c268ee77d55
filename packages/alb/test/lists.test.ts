import { revocationSet, type Trust } from '@trustloom/core';
import {
  type CrlOptions,
  createTestCa,
  type IssuedCrl,
  letGo,
  type TestCa,
  trustOf,
} from '@trustloom/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { albFacts } from '../src/facts.ts';
import type { StoredList } from '../src/state.ts';
import { heldList, planOf, storeOf } from './support/story.ts';

const now = Math.floor(Date.now() / 1000) * 1000;
const hour = 3_600_000;
let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa({ subject: 'CN=CA' });
});

/** The nth issue of the CA's list, an hour after the one before. */
const issue = (number: number, serials: readonly string[], more: CrlOptions = {}, by = ca): IssuedCrl =>
  by.issueCrl({
    number,
    thisUpdate: now - 24 * hour + number * hour,
    entries: serials.map((serial) => ({ serial })),
    ...more,
  });

/** What is planned when a list is wanted and others stand in the store. */
const move = (wanted: IssuedCrl, held: readonly StoredList[]) =>
  planOf(trustOf({ cas: [ca], lists: [{ issuer: ca, crl: wanted }] }), { stores: [storeOf([ca], held)] });

describe('a list moves on', () => {
  test('the newer is added, seen whole, and only then the older goes', () => {
    const newer = issue(2, ['01', '02']);
    const plan = move(newer, [heldList(7, issue(1, ['01']))]);
    expect(plan.told).toEqual(['revoke add-list', 'revoke remove-lists']);
    expect(plan.step('add-list')).toMatchObject({
      revocation: { added: 1, removed: 0, entries: 2, serials: ['2'] },
    });
    expect(plan.step('add-list').after).toBeUndefined();
    expect(plan.step('remove-lists')).toMatchObject({
      after: [plan.step('add-list').id],
      input: { ids: [7], verify: { id: { $ref: plan.step('add-list').id, get: 'id' }, entries: 2 } },
    });
  });

  test('serials that the CA itself has dropped need no consent', () => {
    const plan = move(issue(2, ['02']), [heldList(1, issue(1, ['01']))]);
    expect(plan.told).toEqual(['revoke add-list', 'revoke remove-lists']);
  });

  test('a run that was killed in between only removes', () => {
    const newer = issue(2, ['01', '02']);
    const plan = move(newer, [heldList(1, issue(1, ['01'])), heldList(2, newer)]);
    expect(plan.told).toEqual(['revoke remove-lists']);
    expect(plan.steps[0]?.input).toMatchObject({ ids: [1], verify: { id: 2, entries: 2 } });
  });

  test('never more than two lists of one key: what is superseded already goes first', () => {
    const plan = move(issue(3, ['03']), [heldList(1, issue(1, ['01'])), heldList(2, issue(2, ['02']))]);
    expect(plan.told).toEqual(['revoke drop-lists', 'revoke add-list', 'revoke remove-lists']);
    expect(plan.steps.map(({ input }) => input.ids)).toEqual([[1], undefined, [2]]);
    expect(plan.step('add-list').after).toEqual([plan.step('drop-lists').id]);
    expect(plan.step('drop-lists').input.verify).toEqual({ id: 2, entries: 1 });
  });

  test('the list of a re-keyed CA of the same name stays', async () => {
    const rekeyed = await ca.rekey();
    const other = issue(1, ['09'], {}, rekeyed);
    const newer = issue(2, ['01']);
    const trust = trustOf({
      cas: [ca, rekeyed],
      lists: [
        { issuer: ca, crl: newer },
        { issuer: rekeyed, crl: other },
      ],
    });
    const store = storeOf([ca, rekeyed], [heldList(1, issue(1, ['01'])), heldList(2, other)]);
    const plan = planOf(trust, { stores: [store] });
    expect(plan.step('remove-lists').input.ids).toEqual([1]);
    expect(plan.told).toEqual(['revoke add-list', 'revoke remove-lists']);
  });

  test('a list that was removed by hand comes back; one of which nothing newer is known stays', () => {
    expect(move(issue(1, ['01']), []).told).toEqual(['revoke add-list']);
    const store = storeOf([ca], [heldList(1, issue(1, ['01']))]);
    expect(planOf(trustOf({ cas: [ca] }), { stores: [store] }).steps).toEqual([]);
  });

  test('a count that the service does not share keeps the older list', () => {
    const newer = issue(2, ['01', '02']);
    const plan = move(newer, [heldList(1, issue(1, ['01'])), heldList(2, newer, 1)]);
    expect(plan.steps).toEqual([]);
    expect(plan.codes).toEqual(['list-count-differs warning']);
  });
});

describe('nothing is readmitted unasked', () => {
  test.each([
    ['by time', issue.bind(undefined, 2, ['01', '02'])],
    ['by number, of two lists of one second', () => issue(2, ['01', '02'], { thisUpdate: now - 23 * hour })],
  ])('an earlier issue is taken only by consent: %s', (_, newer) => {
    const older = issue(1, ['01']);
    const plan = move(older, [heldList(4, newer())]);
    expect(plan.told).toEqual(['readmit add-list', 'readmit readmit-lists']);
    expect(plan.steps.map(({ things }) => things)).toEqual([[older.sha256], [older.sha256]]);
    expect(plan.codes).toEqual(['crl-older warning']);
  });

  test.each<[string, () => IssuedCrl]>([
    ['a delta', () => issue(1, ['0a'], { deltaOf: 1 })],
    ['a partition', () => issue(1, ['0a'], { partition: 'http://crl.example/1' })],
    ['one with a bad signature', () => spoiled(issue(1, ['0a']))],
  ])('%s added by hand goes freely only when every serial stays revoked', (_, foreign) => {
    const wanted = issue(2, ['01']);
    const list = heldList(2, foreign());
    const uncovered = move(wanted, [heldList(1, wanted), list]);
    expect(uncovered.told).toEqual(['readmit readmit-lists']);
    expect(uncovered.steps[0]?.things).toEqual([list.crl?.sha256]);
    const covering = issue(2, ['01', '0a']);
    expect(move(covering, [heldList(1, covering), list]).told).toEqual(['revoke remove-lists']);
  });

  test('a list of a CA that nobody knows goes by consent; one without entries does nothing', async () => {
    const stranger = await createTestCa({ subject: 'CN=Stranger' });
    const wanted = issue(1, ['01']);
    const held = (serials: readonly string[]) => [
      heldList(1, wanted),
      heldList(2, issue(1, serials, {}, stranger)),
    ];
    const full = move(wanted, held(['05']));
    expect(full.told).toEqual(['readmit readmit-list:2']);
    expect(full.steps[0]?.mends).toContain('CN=Stranger');
    expect(move(wanted, held([])).told).toEqual(['clean clean-lists']);
  });

  test('a list that cannot be read stays', () => {
    const wanted = issue(1, ['01']);
    expect(move(wanted, [heldList(1, wanted), { id: 2, entries: 9, crl: undefined }]).steps).toEqual([]);
  });
});

describe('lists of CAs that go', () => {
  test('cleaned once nobody gets in through them, after the removal', async () => {
    const gone = await createTestCa({ subject: 'CN=Gone' });
    const wanted = issue(1, ['01']);
    const store = storeOf([ca, gone], [heldList(1, wanted), heldList(2, issue(1, ['07'], {}, gone))]);
    const trust = trustOf({ cas: [ca], known: [gone], lists: [{ issuer: ca, crl: wanted }] });
    const plan = planOf(trust, { stores: [store] });
    expect(plan.told).toEqual(['remove remove-cas', 'clean clean-lists']);
    expect(plan.step('clean-lists')).toMatchObject({ after: ['remove-cas'], input: { ids: [2] } });
  });

  test('refreshed as long as their CA waits for its removal', async () => {
    const gone = await createTestCa({ subject: 'CN=Gone' });
    const newer = issue(2, ['07', '08'], {}, gone);
    const store = storeOf([ca, gone], [heldList(2, issue(1, ['07'], {}, gone))]);
    const plan = planOf(trustOf({ cas: [ca], known: [gone], lists: [{ issuer: gone, crl: newer }] }), {
      stores: [store],
    });
    expect(plan.told).toEqual([
      'remove remove-cas',
      'revoke add-list',
      'revoke remove-lists',
      'clean clean-lists',
    ]);
    const add = plan.step('add-list');
    expect(plan.step('clean-lists')).toMatchObject({
      after: ['remove-cas', add.id],
      input: { ids: [{ $ref: add.id, get: 'id' }] },
    });
  });
});

describe('room in the store', () => {
  const { crlLists, crlEntries } = albFacts.limits;

  test('lists are replaced one by one where old and new do not fit together', async () => {
    const cas = await Promise.all(
      Array.from({ length: 16 }, (_, index) => createTestCa({ subject: `CN=CA ${index}`, key: 'P-256' })),
    );
    const told = (count: number) => {
      const some = cas.slice(0, count);
      const lists = some.map((issuer) => ({ issuer, crl: issue(2, [], {}, issuer) }));
      const held = some.map((issuer, index) => heldList(index + 1, issue(1, [], {}, issuer)));
      return planOf(trustOf({ cas: some, lists }), { stores: [storeOf(some, held)] }).told.map(
        (one) => one.split(' ')[1],
      );
    };
    expect(crlLists.max).toBe(30);
    expect(told(15)).toEqual([...Array(15).fill('add-list'), ...Array(15).fill('remove-lists')]);
    expect(told(16)).toEqual(Array(16).fill(['add-list', 'remove-lists']).flat());
  });

  test('one that does not fit even beside its own older issue is told, and the older stays', () => {
    const older = issue(1, ['01']);
    const fits = move(issue(2, ['01']), [heldList(1, older, crlEntries.max - 1)]);
    expect(fits.told).toEqual(['revoke add-list', 'revoke remove-lists']);
    const full = move(issue(2, ['01']), [heldList(1, older, crlEntries.max)]);
    expect(full.steps).toEqual([]);
    expect(full.codes).toEqual(['crl-too-many-entries error']);
  });
});

/** The same list with the last byte of its signature changed. */
function spoiled(crl: IssuedCrl): IssuedCrl {
  const der = Uint8Array.from(crl.der);
  der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
  return { ...crl, der };
}

describe('a list that was let go', () => {
  /** A CA of which nothing but a list that was let go is known. */
  const without = (crl: IssuedCrl): Trust => {
    const trust = trustOf({ cas: [ca] });
    return { ...trust, revocation: revocationSet({ letGo: [letGo(ca, crl)] }) };
  };

  test('goes by its consent, and an earlier one of the same CA with it; a later one stays', () => {
    const gone = issue(2, ['01', '02']);
    const held = [heldList(1, issue(1, ['01'])), heldList(2, gone), heldList(3, issue(3, ['03']))];
    const plan = planOf(without(gone), { stores: [storeOf([ca], held)] });
    expect(plan.told).toEqual(['readmit let-go:1', 'readmit let-go:2']);
    expect(plan.steps.map(({ things, input }) => [things, input.ids])).toEqual([
      [[gone.sha256], [1]],
      [[gone.sha256], [2]],
    ]);
  });

  test('is of no more account once the CA has issued another', () => {
    const newer = issue(3, ['03']);
    const trust = trustOf({ cas: [ca], lists: [{ issuer: ca, crl: newer }] });
    const gone = issue(2, ['01']);
    const revocation = { ...trust.revocation, letGo: [letGo(ca, gone)] };
    const plan = planOf({ ...trust, revocation }, { stores: [storeOf([ca], [heldList(2, gone)])] });
    expect(plan.told).toEqual(['revoke add-list', 'revoke remove-lists']);
  });

  test('of a CA that comes to a store anew takes the consent to that', () => {
    const plan = planOf(without(issue(2, ['01'])), { stores: [] });
    expect(plan.step('create-store').consents).toEqual(['open:edge']);
    expect(plan.codes).toEqual(['list-withheld warning']);
  });
});
