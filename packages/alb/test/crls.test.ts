import { revocationSet, type Trust } from '@trustloom/core';
import { outputOf } from '@trustloom/core/adapter';
import {
  type CrlOptions,
  createTestCa,
  type IssuedCrl,
  type TestCa,
  trustOf,
  withdrawn,
} from '@trustloom/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import type { StoredCrl } from '../src/model.ts';
import { albInfo } from '../src/service.ts';
import { ofKind, planOf, storedCrlOf, storeOf } from './support/scenario.ts';

const now = Math.floor(Date.now() / 1000) * 1000;
const hour = 3_600_000;
let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa({ subject: 'CN=CA' });
});

/** The nth issue of the CA's CRL, an hour after the one before. */
const issue = (number: number, serials: readonly string[], more: CrlOptions = {}, by = ca): IssuedCrl =>
  by.issueCrl({
    number,
    thisUpdate: now - 24 * hour + number * hour,
    entries: serials.map((serial) => ({ serial })),
    ...more,
  });

/** What is planned when a CRL is wanted and others stand in the store. */
const move = (wanted: IssuedCrl, held: readonly StoredCrl[]) =>
  planOf(trustOf({ cas: [ca], crls: [{ issuer: ca, crl: wanted }] }), { stores: [storeOf([ca], held)] });

describe('a CRL moves on', () => {
  test('the newer is added, seen whole, and only then the older goes', () => {
    const newer = issue(2, ['01', '02']);
    const plan = move(newer, [storedCrlOf(7, issue(1, ['01']))]);
    expect(plan.reported).toEqual(['revoke add-crl', 'revoke remove-crls']);
    expect(plan.step('add-crl')).toMatchObject({
      revocation: { added: 1, removed: 0, entries: 2, serials: ['2'] },
    });
    expect(plan.step('add-crl').after).toBeUndefined();
    expect(plan.step('remove-crls')).toMatchObject({
      after: [plan.step('add-crl').id],
      input: { ids: [7], newer: { id: outputOf(ofKind('add-crl', plan.step('add-crl')), 'id'), entries: 2 } },
    });
  });

  test('serials that the CA itself has dropped need no consent', () => {
    const plan = move(issue(2, ['02']), [storedCrlOf(1, issue(1, ['01']))]);
    expect(plan.reported).toEqual(['revoke add-crl', 'revoke remove-crls']);
  });

  test('a run that was killed in between only removes', () => {
    const newer = issue(2, ['01', '02']);
    const plan = move(newer, [storedCrlOf(1, issue(1, ['01'])), storedCrlOf(2, newer)]);
    expect(plan.reported).toEqual(['revoke remove-crls']);
    expect(plan.steps[0]?.input).toMatchObject({ ids: [1], newer: { id: 2, entries: 2 } });
  });

  test('never more than two CRLs of one key: what is superseded already goes first', () => {
    const plan = move(issue(3, ['03']), [storedCrlOf(1, issue(1, ['01'])), storedCrlOf(2, issue(2, ['02']))]);
    expect(plan.reported).toEqual(['revoke drop-crls', 'revoke add-crl', 'revoke remove-crls']);
    expect(plan.steps.map((step) => step.kind === 'remove-crls' && step.input.ids)).toEqual([
      [1],
      false,
      [2],
    ]);
    expect(plan.step('add-crl').after).toEqual([plan.step('drop-crls').id]);
    expect(plan.step('drop-crls')).toMatchObject({ input: { newer: { id: 2, entries: 1 } } });
  });

  test('the CRL of a re-keyed CA of the same name stays', async () => {
    const rekeyed = await ca.rekey();
    const other = issue(1, ['09'], {}, rekeyed);
    const newer = issue(2, ['01']);
    const trust = trustOf({
      cas: [ca, rekeyed],
      crls: [
        { issuer: ca, crl: newer },
        { issuer: rekeyed, crl: other },
      ],
    });
    const store = storeOf([ca, rekeyed], [storedCrlOf(1, issue(1, ['01'])), storedCrlOf(2, other)]);
    const plan = planOf(trust, { stores: [store] });
    expect(plan.step('remove-crls')).toMatchObject({ input: { ids: [1] } });
    expect(plan.reported).toEqual(['revoke add-crl', 'revoke remove-crls']);
  });

  test('a CRL that was removed by hand comes back; one of which nothing newer is known stays', () => {
    expect(move(issue(1, ['01']), []).reported).toEqual(['revoke add-crl']);
    const store = storeOf([ca], [storedCrlOf(1, issue(1, ['01']))]);
    expect(planOf(trustOf({ cas: [ca] }), { stores: [store] }).steps).toEqual([]);
  });

  test('a count that the service does not share keeps the older CRL', () => {
    const newer = issue(2, ['01', '02']);
    const plan = move(newer, [storedCrlOf(1, issue(1, ['01'])), storedCrlOf(2, newer, 1)]);
    expect(plan.steps).toEqual([]);
    expect(plan.codes).toEqual(['crl-count-differs warning']);
  });
});

describe('nothing is readmitted unasked', () => {
  test.each([
    ['by time', issue.bind(undefined, 2, ['01', '02'])],
    ['by number, of two CRLs of one second', () => issue(2, ['01', '02'], { thisUpdate: now - 23 * hour })],
  ])('an earlier issue is taken only by consent: %s', (_, newer) => {
    const older = issue(1, ['01']);
    const plan = move(older, [storedCrlOf(4, newer())]);
    expect(plan.reported).toEqual(['readmit add-crl', 'readmit readmit-crls']);
    expect(plan.steps.map(({ affects }) => affects)).toEqual([[older.sha256], [older.sha256]]);
    expect(plan.codes).toEqual(['crl-older warning']);
  });

  test.each<[string, () => IssuedCrl]>([
    ['a delta', () => issue(1, ['0a'], { deltaOf: 1 })],
    ['a partition', () => issue(1, ['0a'], { partition: 'http://crl.example/1' })],
    ['one with a bad signature', () => spoiled(issue(1, ['0a']))],
  ])('%s added by hand goes freely only when every serial stays revoked', (_, foreign) => {
    const wanted = issue(2, ['01']);
    const crl = storedCrlOf(2, foreign());
    const uncovered = move(wanted, [storedCrlOf(1, wanted), crl]);
    expect(uncovered.reported).toEqual(['readmit readmit-crls']);
    expect(uncovered.steps[0]?.affects).toEqual([crl.crl?.sha256]);
    const covering = issue(2, ['01', '0a']);
    expect(move(covering, [storedCrlOf(1, covering), crl]).reported).toEqual(['revoke remove-crls']);
  });

  test('a CRL of an unknown CA goes by consent; one without entries does nothing', async () => {
    const unknownCa = await createTestCa({ subject: 'CN=Unknown CA' });
    const wanted = issue(1, ['01']);
    const held = (serials: readonly string[]) => [
      storedCrlOf(1, wanted),
      storedCrlOf(2, issue(1, serials, {}, unknownCa)),
    ];
    const full = move(wanted, held(['05']));
    expect(full.reported).toEqual(['readmit readmit-crl:2']);
    expect(full.steps[0]?.summary).toContain('CN=Unknown CA');
    expect(move(wanted, held([])).reported).toEqual(['cleanup clean-up-crls']);
  });

  test('a CRL that cannot be read stays', () => {
    const wanted = issue(1, ['01']);
    expect(move(wanted, [storedCrlOf(1, wanted), { id: 2, entries: 9, crl: undefined }]).steps).toEqual([]);
  });
});

describe('CRLs of CAs that go', () => {
  test('cleaned once nobody is admitted through them, after the removal', async () => {
    const gone = await createTestCa({ subject: 'CN=Gone' });
    const wanted = issue(1, ['01']);
    const store = storeOf([ca, gone], [storedCrlOf(1, wanted), storedCrlOf(2, issue(1, ['07'], {}, gone))]);
    const trust = trustOf({ cas: [ca], known: [gone], crls: [{ issuer: ca, crl: wanted }] });
    const plan = planOf(trust, { stores: [store] });
    expect(plan.reported).toEqual(['remove remove-cas', 'cleanup clean-up-crls']);
    expect(plan.step('clean-up-crls')).toMatchObject({ after: ['remove-cas'], input: { ids: [2] } });
  });

  test('refreshed as long as their CA waits for its removal', async () => {
    const gone = await createTestCa({ subject: 'CN=Gone' });
    const newer = issue(2, ['07', '08'], {}, gone);
    const store = storeOf([ca, gone], [storedCrlOf(2, issue(1, ['07'], {}, gone))]);
    const plan = planOf(trustOf({ cas: [ca], known: [gone], crls: [{ issuer: gone, crl: newer }] }), {
      stores: [store],
    });
    expect(plan.reported).toEqual([
      'remove remove-cas',
      'revoke add-crl',
      'revoke remove-crls',
      'cleanup clean-up-crls',
    ]);
    const add = plan.step('add-crl');
    expect(plan.step('clean-up-crls')).toMatchObject({
      after: ['remove-cas', add.id],
      input: { ids: [outputOf(ofKind('add-crl', add), 'id')] },
    });
  });
});

describe('room in the store', () => {
  const { crls, crlEntries } = albInfo.limits;

  test('CRLs are replaced one by one where old and new do not fit together', async () => {
    const cas = await Promise.all(
      Array.from({ length: 16 }, (_, index) => createTestCa({ subject: `CN=CA ${index}`, key: 'P-256' })),
    );
    const reported = (count: number) => {
      const some = cas.slice(0, count);
      const crls = some.map((issuer) => ({ issuer, crl: issue(2, [], {}, issuer) }));
      const held = some.map((issuer, index) => storedCrlOf(index + 1, issue(1, [], {}, issuer)));
      return planOf(trustOf({ cas: some, crls }), { stores: [storeOf(some, held)] }).reported.map(
        (one) => one.split(' ')[1],
      );
    };
    expect(crls.max).toBe(30);
    expect(reported(15)).toEqual([...Array(15).fill('add-crl'), ...Array(15).fill('remove-crls')]);
    expect(reported(16)).toEqual(Array(16).fill(['add-crl', 'remove-crls']).flat());
  });

  test('one that does not fit even beside its own older issue is reported, and the older stays', () => {
    const older = issue(1, ['01']);
    const fits = move(issue(2, ['01']), [storedCrlOf(1, older, crlEntries.max - 1)]);
    expect(fits.reported).toEqual(['revoke add-crl', 'revoke remove-crls']);
    const full = move(issue(2, ['01']), [storedCrlOf(1, older, crlEntries.max)]);
    expect(full.steps).toEqual([]);
    expect(full.codes).toEqual(['crl-too-many-entries error']);
  });
});

/** The same CRL with the last byte of its signature changed. */
function spoiled(crl: IssuedCrl): IssuedCrl {
  const der = Uint8Array.from(crl.der);
  der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
  return { ...crl, der };
}

describe('a CRL whose enforcement was withdrawn', () => {
  /** A CA of which nothing but a CRL whose enforcement was withdrawn is known. */
  const without = (crl: IssuedCrl): Trust => {
    const trust = trustOf({ cas: [ca] });
    return { ...trust, revocation: revocationSet({ withdrawn: [withdrawn(ca, crl)] }) };
  };

  test('goes by its consent, and an earlier one of the same CA with it; a later one stays', () => {
    const gone = issue(2, ['01', '02']);
    const held = [storedCrlOf(1, issue(1, ['01'])), storedCrlOf(2, gone), storedCrlOf(3, issue(3, ['03']))];
    const plan = planOf(without(gone), { stores: [storeOf([ca], held)] });
    expect(plan.reported).toEqual(['readmit withdraw:1', 'readmit withdraw:2']);
    expect(plan.steps).toMatchObject([
      { affects: [gone.sha256], input: { ids: [1] } },
      { affects: [gone.sha256], input: { ids: [2] } },
    ]);
  });

  test('is of no more account once the CA has issued another', () => {
    const newer = issue(3, ['03']);
    const trust = trustOf({ cas: [ca], crls: [{ issuer: ca, crl: newer }] });
    const gone = issue(2, ['01']);
    const revocation = { ...trust.revocation, withdrawn: [withdrawn(ca, gone)] };
    const plan = planOf({ ...trust, revocation }, { stores: [storeOf([ca], [storedCrlOf(2, gone)])] });
    expect(plan.reported).toEqual(['revoke add-crl', 'revoke remove-crls']);
  });

  test('of a CA that comes to a store anew takes the consent to that', () => {
    const plan = planOf(without(issue(2, ['01'])), { stores: [] });
    expect(plan.step('create-store').consents).toEqual(['relax:edge']);
    expect(plan.codes).toEqual(['crl-unusable warning']);
  });
});

describe('a CRL that stands is judged by its own content, not by its date alone', () => {
  const many = Array.from({ length: 12 }, (_, index) => `a${index}`);
  const moveIn = (wanted: IssuedCrl, held: IssuedCrl, terms: { now?: number; stateLost?: boolean }) =>
    planOf(trustOf({ cas: [ca], crls: [{ issuer: ca, crl: wanted }] }), {
      stores: [storeOf([ca], [storedCrlOf(1, held)])],
      terms,
    });
  const ahead = { thisUpdate: now + 30 * 24 * hour, nextUpdate: now + 31 * 24 * hour };

  test('one dated ahead gives way to an honest one that names all its serials', () => {
    const plan = moveIn(issue(2, ['01', '02']), issue(3, ['01'], ahead), { now });
    expect(plan.reported).toEqual(['revoke add-crl', 'revoke remove-crls']);
  });

  test('the other direction: where the honest one lost a serial it stays beside it, until that is consented to', () => {
    const held = issue(3, ['01', '09'], ahead);
    const plan = moveIn(issue(2, ['01', '02']), held, { now });
    expect(plan.reported).toEqual(['revoke add-crl', 'readmit readmit-crls']);
    expect(plan.step('readmit-crls').affects).toEqual([held.sha256]);
  });

  test('the state is lost: a newer CRL that lost much without a reason comes beside the one that stands', () => {
    const held = issue(1, many);
    const plan = moveIn(issue(2, ['01']), held, { now, stateLost: true });
    expect(plan.reported).toEqual(['revoke add-crl', 'readmit readmit-crls']);
    expect(plan.step('readmit-crls').affects).toEqual([held.sha256]);
    expect(moveIn(issue(2, ['01']), held, { now }).reported).toEqual([
      'revoke add-crl',
      'revoke remove-crls',
    ]);
  });

  test('the state is lost: a newer one that explains itself takes its place, an older one never does', () => {
    expect(moveIn(issue(2, [...many, 'b0']), issue(1, many), { now, stateLost: true }).reported).toEqual([
      'revoke add-crl',
      'revoke remove-crls',
    ]);
    expect(moveIn(issue(1, many), issue(2, many), { now, stateLost: true }).reported).toEqual([
      'readmit add-crl',
      'readmit readmit-crls',
    ]);
  });
});
