import { judgeCrl } from '@trustloom/core/adapter';
import { certificateOf, createTestCa, crlOf, type IssuedCrl, type TestCa, trustOf } from '@trustloom/testkit';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { AlbStep, StoredCrl } from '../src/model.ts';
import { context, planOf, storedCrlOf, storeOf } from './support/scenario.ts';

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

const now = context.now;
const issue = ({ entries, ageHours, number }: Issue): IssuedCrl =>
  ca.issueCrl({
    number,
    entries: entries.map((serial) => ({ serial })),
    thisUpdate: now - ageHours * hour,
    nextUpdate: now + 24 * hour,
  });

/** Steps that need no consent, and wait for none that does. */
function withoutConsent(steps: readonly AlbStep[]): readonly AlbStep[] {
  const done: AlbStep[] = [];
  const isDone = (id: string) => done.some((one) => one.id === id);
  for (const step of steps) {
    const waits = (step.after ?? []).some((id) => steps.some((one) => one.id === id) && !isDone(id));
    if (step.effect !== 'readmit' && !waits) done.push(step);
  }
  return done;
}

/** What a store holds once these steps are done. */
function after(held: readonly StoredCrl[], steps: readonly AlbStep[], wanted: IssuedCrl) {
  let crls = [...held];
  for (const { kind, input } of steps) {
    if (kind === 'add-crl') crls.push(storedCrlOf(99, wanted));
    else if (kind === 'remove-crls' && 'ids' in input) {
      const { ids } = input;
      crls = crls.filter(({ id }) => !ids.includes(id));
    } else throw new TypeError(`no step of revocation: ${kind}`);
  }
  return crls.flatMap(({ crl }) => crl ?? []);
}

test('law: where the state was lost, the steps without a consent admit nobody whom a CRL in force refuses, unless the CA itself took that back by the rules of `judgeCrl`', () => {
  fc.assert(
    fc.property(
      fc.array(issues, { minLength: 1, maxLength: 3 }),
      issues,
      fc.boolean(),
      (stand, want, lost) => {
        const held = stand.map((one, at) => storedCrlOf(at + 1, issue(one)));
        const wanted = issue(want);
        const trust = trustOf({ cas: [ca], crls: [{ issuer: ca, crl: wanted }] });
        const { steps } = planOf(trust, {
          stores: [storeOf([ca], held)],
          terms: { now, stateLost: lost },
        });
        const left = after(held, withoutConsent(steps), wanted);
        const next = crlOf(wanted);
        for (const { crl } of held) {
          if (crl === undefined) continue;
          const { sha256, thisUpdate, entryCount: entries, number } = crl;
          const inForce = { sha256, thisUpdate, entries, crl, ...(number === undefined ? {} : { number }) };
          const judged = judgeCrl({ crl: next, issuer: certificateOf(ca), now, inForce });
          // Whatever was accepted with a state may take its place; without one, only what the rules take.
          if (!lost || judged.outcome !== 'refused') continue;
          for (const serial of crl.serials()) expect(left.some((one) => one.has(serial))).toBe(true);
        }
        // Whoever the wanted one names is refused, whatever waits for a consent.
        const older = held.some(({ crl }) => crl !== undefined && crl.thisUpdate >= next.thisUpdate);
        if (!older) for (const serial of want.entries) expect(left.some((one) => one.has(serial))).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
});
