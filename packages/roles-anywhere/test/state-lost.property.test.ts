import { type Crl, judgeCrl } from '@trustloom/core/adapter';
import { certificateOf, createTestCa, crlOf, type IssuedCrl, type TestCa, trustOf } from '@trustloom/testkit';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { RolesAnywhereStep, StoredCrl } from '../src/model.ts';
import { anchorOf, context, heldCrl, planOf } from './fixtures.ts';

const hour = 3_600_000;
const serials = Array.from({ length: 12 }, (_, at) => (0x1001 + at).toString(16));

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa({ subject: 'CN=One' });
});

/** An issue of the CA's CRL: which serials, how old, under which number. */
const issues = fc.record({
  entries: fc.subarray(serials),
  ageHours: fc.integer({ min: 0, max: 6 }),
  number: fc.integer({ min: 1, max: 4 }),
});
type Issue = typeof issues extends fc.Arbitrary<infer T> ? T : never;

const issue = ({ entries, ageHours, number }: Issue): IssuedCrl =>
  ca.issueCrl({
    number,
    entries: entries.map((serial) => ({ serial })),
    thisUpdate: context.now - ageHours * hour,
    nextUpdate: context.now + 24 * hour,
  });

/** Steps that need no consent, and wait for none that does. */
function withoutConsent(steps: readonly RolesAnywhereStep[]): readonly RolesAnywhereStep[] {
  const done: RolesAnywhereStep[] = [];
  const isDone = (id: string) => done.some((one) => one.id === id);
  for (const step of steps) {
    const waits = (step.after ?? []).some((id) => steps.some((one) => one.id === id) && !isDone(id));
    if (step.effect !== 'readmit' && !waits) done.push(step);
  }
  return done;
}

/** What an anchor holds once these steps are done. */
function after(held: readonly StoredCrl[], steps: readonly RolesAnywhereStep[], wanted: Crl) {
  let crls = [...held];
  const change = (id: unknown, more: Partial<StoredCrl>) => {
    crls = crls.map((one) => (one.id === id ? { ...one, ...more } : one));
  };
  for (const { kind, input } of steps) {
    const id = 'id' in input ? input.id : undefined;
    if (kind === 'import-crl') crls.push({ id: 'new', name: '', enabled: true, taggedKey: '', crl: wanted });
    else if (kind === 'update-crl') change(id, { crl: wanted });
    else if (kind === 'enable-crl') change(id, { enabled: true });
    else if (kind === 'disable-crl') change(id, { enabled: false });
    else if (kind === 'delete-crl') crls = crls.filter((one) => one.id !== id);
    else throw new TypeError(`no step of revocation: ${kind}`);
  }
  return crls.filter(({ enabled }) => enabled).flatMap(({ crl }) => crl ?? []);
}

test('law: where the state was lost, the steps without a consent admit nobody whom a CRL in force refuses, unless the CA itself took that back by the rules of `judgeCrl`', () => {
  fc.assert(
    fc.property(
      fc.array(issues, { minLength: 1, maxLength: 2 }),
      issues,
      fc.boolean(),
      (stand, want, lost) => {
        const held = stand
          .map(issue)
          .filter((crl) => crlOf(crl).entryCount > 0)
          .map((crl, at) => heldCrl(ca, crl, { id: `crl-${at}` }));
        const wanted = issue(want);
        const trust = trustOf({ cas: [ca], crls: [{ issuer: ca, crl: wanted }] });
        const { steps } = planOf(trust, [anchorOf([ca], { crls: held })], context.now, { stateLost: lost });
        const free = withoutConsent(steps);
        const left = after(held, free, crlOf(wanted));
        for (const { crl } of held) {
          if (crl === undefined) continue;
          const { sha256, thisUpdate, entryCount: entries, number } = crl;
          const inForce = { sha256, thisUpdate, entries, crl, ...(number === undefined ? {} : { number }) };
          const next = crlOf(wanted);
          const judged = judgeCrl({ crl: next, issuer: certificateOf(ca), now: context.now, inForce });
          // Whatever was accepted with a state may take its place; without one, only what the rules take.
          if (!lost || judged.outcome !== 'refused') continue;
          for (const serial of crl.serials()) expect(left.some((one) => one.has(serial))).toBe(true);
        }
        // Whoever the wanted one names is refused, whatever waits for a consent: an anchor takes two CRLs.
        const older = held.some(({ crl }) => crl !== undefined && crl.thisUpdate >= crlOf(wanted).thisUpdate);
        if (!older && held.length < 2)
          for (const serial of want.entries) expect(left.some((one) => one.has(serial))).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
});
