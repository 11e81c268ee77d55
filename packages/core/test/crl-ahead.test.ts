import { createTestCa, createTestClock, crlOf } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { type Crl, judgeCrl, readCertificate } from '../src/index.ts';
import { usableCrls } from '../src/kit/usable-crls.ts';
import { seeded } from './support/fuzz.ts';
import { judging } from './support/judging.ts';
import { infoOf } from './support/services.ts';

const minute = 60_000;
const hour = 60 * minute;
const seed = Number(process.env.TRUSTLOOM_SEED ?? 6);
const clock = createTestClock('2026-11-24T10:00:00Z');
const now = clock.now();
const maker = await createTestCa({ subject: 'CN=Issuing', clock });
const issuer = readCertificate(maker.der);
const issue = (at: number, serials: readonly string[]) =>
  crlOf(
    maker.issueCrl({
      entries: serials.map((serial) => ({ serial })),
      thisUpdate: now + at,
      nextUpdate: now + at + 24 * hour,
    }),
  );
const inForceOf = (crl: Crl, recent: readonly number[] = []) => ({
  sha256: crl.sha256,
  thisUpdate: crl.thisUpdate,
  entries: crl.entryCount,
  recent: recent.map((at) => now + at),
  crl,
});

describe('an accepted CRL that is dated ahead of now', () => {
  const ahead = issue(30 * 24 * hour, ['a1', 'b2']);

  test('does not bury the honest ones: newer than its predecessor and without a loss, one takes its place', () => {
    const honest = issue(-hour, ['a1', 'b2', 'c3']);
    const inForce = inForceOf(ahead, [-24 * hour]);
    expect(judgeCrl({ crl: honest, issuer, now, inForce })).toMatchObject({ outcome: 'accepted', lost: [] });
  });

  test('the other direction: by a slow clock, neither its predecessor nor one that lost a serial comes in', () => {
    const inForce = inForceOf(ahead, [-24 * hour]);
    const verdict = (crl: Crl) => {
      const judged = judgeCrl({ crl, issuer, now, inForce });
      return judged.outcome === 'refused' ? judged.reason : judged.outcome;
    };
    expect(verdict(issue(-24 * hour, ['a1', 'b2']))).toBe('crl-older');
    expect(verdict(issue(-25 * hour, ['a1', 'b2']))).toBe('crl-older');
    expect(verdict(issue(-hour, ['a1']))).toBe('crl-shrunk');
  });

  test('stays in force while nothing takes its place, with a warning, also where its source still gives it', () => {
    for (const crls of [[], [ahead]]) {
      const judged = judging({ now, locked: [issuer], crls, before: [ahead] });
      expect(judged.crls.map(({ crl }) => crl.sha256)).toEqual([ahead.sha256]);
      expect(judged.findings.map(({ code, severity }) => [code, severity])).toEqual(
        crls.map(() => ['crl-not-yet-valid', 'warning']),
      );
    }
  });

  test('gives way to an honest one of another source while its own still gives it, and is no floor for the next', () => {
    const honest = issue(-hour, ['a1', 'b2']);
    const judged = judging({ now, locked: [issuer], crls: [ahead, honest], before: [ahead] });
    expect(judged.crls.map(({ crl }) => crl.sha256)).toEqual([honest.sha256]);
    expect(judged.rows.map(({ recent }) => recent)).toEqual([undefined]);
  });

  test('one that is not accepted yet stays out', () => {
    const judged = judging({ now, locked: [issuer], crls: [ahead], before: [issue(-hour, ['a1'])] });
    expect(judged.findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['crl-not-yet-valid', 'error'],
    ]);
  });
});

test('a CRL up to five minutes ahead is used where the check is ours, and not attached before it begins', () => {
  const early = issue(4 * minute, ['a1']);
  const judged = judging({ now, locked: [issuer], crls: [early] });
  expect(judged.crls.map(({ crl }) => crl.sha256)).toEqual([early.sha256]);
  const trust = {
    cas: [issuer],
    known: [issuer],
    revocation: {
      crls: judged.crls,
      withdrawn: [],
      unread: new Map(),
      retained: new Map(),
      denied: [],
      released: [],
      leafLifeMs: new Map(),
      revokedCas: [],
      graceMs: 0,
    },
  };
  const at = (time: number) => usableCrls(trust, infoOf('alb'), time);
  expect(at(now)).toMatchObject({ usable: [], unusable: [{ why: 'crl-not-yet-valid' }] });
  expect(at(now + 4 * minute).usable.map(({ crl }) => crl.sha256)).toEqual([early.sha256]);
});

test(`law: whatever the clock says and whatever is replayed, no serial leaves without a reason (seed ${seed})`, () => {
  const random = seeded(seed);
  // What the CA says through its life only grows, so that any loss is a replay.
  const history = Array.from({ length: 8 }, (_, index) =>
    issue(
      (index - 6) * 24 * hour,
      Array.from({ length: index + 1 }, (_, at) => `a${at}`),
    ),
  );
  for (let run = 0; run < 200; run += 1) {
    let at = random(history.length);
    let recent: readonly number[] = [];
    for (let step = 0; step < 6; step += 1) {
      const offered = random(history.length);
      // The clock may be right, slow or fast by days.
      const when = now + (random(11) - 7) * 24 * hour;
      const [before, crl] = [history[at], history[offered]] as [Crl, Crl];
      const inForce = { ...inForceOf(before), recent };
      const { outcome } = judgeCrl({ crl, issuer, now: when, inForce });
      if (outcome !== 'accepted') continue;
      expect(offered, `run ${run}, step ${step}`).toBeGreaterThan(at);
      recent = [before.thisUpdate, ...recent];
      at = offered;
    }
  }
});
