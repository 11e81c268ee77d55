import type { DenyEntry, Trust, UnreadReason } from '@trustloom/core/adapter';
import { certificateOf, createTestCa, type TestCa, type TestLeaf, trustOf } from '@trustloom/testkit';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { openPublisher } from './support/refreshing.ts';

const start = Date.parse('2026-11-26T12:00:00Z');
const minute = 60_000;
const clients = 5;
/** Another seed by hand: TRUSTLOOM_TEST_SEED=7 npx vitest run survives.property */
const seed = Number(process.env.TRUSTLOOM_TEST_SEED ?? 20_261_129);

let ca: TestCa;
let leaves: readonly TestLeaf[];
let key: string;
beforeAll(async () => {
  ca = await createTestCa({ subject: 'CN=Acme', key: 'P-256', clock: { now: () => start } });
  leaves = await Promise.all(Array.from({ length: clients }, (_, index) => ca.issue(`CN=client-${index}`)));
  key = certificateOf(ca).keySha256;
});

/** What happens before one refresh. Lists of clients are bits. */
interface Turn {
  /** `older`: the source serves what the CA published long ago. `none`: the group names no CRL. */
  readonly crl: 'newer' | 'same' | 'older' | 'none' | 'unread';
  readonly revoked: number;
  readonly deny: number;
  readonly retain: number;
  readonly release: number;
  /** The deny list and what is retained are gone, with or without anybody noticing. */
  readonly forget: 'nothing' | 'silently' | 'lost';
}

const bits = fc.nat({ max: 2 ** clients - 1 });
const few = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: bits });
const turn: fc.Arbitrary<Turn> = fc.record({
  crl: fc.constantFrom('newer', 'newer', 'same', 'same', 'older', 'none', 'unread'),
  revoked: bits,
  deny: few,
  retain: few,
  release: few,
  forget: fc.constantFrom('nothing', 'nothing', 'nothing', 'silently', 'lost'),
});

interface Issue {
  readonly at: number;
  readonly revoked: number;
  readonly crl: ReturnType<TestCa['issueCrl']>;
}

function issue(at: number, revoked: number): Issue {
  const entries = leaves.filter((_, index) => revoked & (1 << index)).map(({ serial }) => ({ serial }));
  const times = { thisUpdate: start + at * minute, nextUpdate: start + 1_000 * minute };
  return { at, revoked, crl: ca.issueCrl({ entries, number: at, ...times }) };
}

test(`after every refresh the authorizer refuses whom it refused, unless something explains it (seed ${seed})`, async () => {
  const scenario = fc.array(turn, { minLength: 1, maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(scenario, async (turns) => {
      const { refresh, decide, plan } = openPublisher();
      const old = issue(1, 0b10101);
      let newest: Issue | undefined;
      let state = { deny: new Map<number, string>(), retained: 0, released: new Map<number, string>() };
      // What must be refused: written down apart from the code that decides it.
      let inForce: Issue | undefined;
      let missing = false;
      const denied = new Set<number>();
      let retained = 0;
      for (const [index, { crl, revoked, deny, retain, release, forget }] of turns.entries()) {
        const now = start + (10 + index) * minute;
        const since = new Date(now).toISOString();
        if (forget !== 'nothing') state = { deny: new Map(), retained: 0, released: new Map() };
        const stateLost = forget === 'lost';
        for (let one = 0; one < clients; one += 1) {
          if (deny & (1 << one)) {
            state.deny.set(one, since);
            state.released.delete(one);
          } else if (release & (1 << one) && state.deny.has(one)) {
            state.deny.delete(one);
            state.released.set(one, since);
          }
        }
        state.retained |= retain;
        if (crl === 'newer') newest = issue(10 + index, revoked);
        const given = crl === 'older' ? old : crl === 'newer' || crl === 'same' ? newest : undefined;
        const trust = trustWith(given, state, crl === 'unread' ? 'crl-copy-lost' : undefined);
        await refresh(trust, { now, stateLost });

        const taken = given !== undefined && (inForce === undefined || given.at >= inForce.at);
        for (const one of state.deny.keys()) denied.add(one);
        for (const one of state.released.keys()) {
          denied.delete(one);
          retained &= ~(1 << one);
        }
        if (taken) {
          const dropped = (inForce?.revoked ?? 0) & ~given.revoked;
          if (stateLost) retained |= dropped;
          retained &= ~given.revoked;
          inForce = given;
          missing = false;
        } else if (crl === 'unread' && inForce === undefined) missing = true;
        retained |= state.retained;
        const refused = (one: number) =>
          denied.has(one) || ((retained | (inForce?.revoked ?? 0)) & (1 << one)) !== 0;
        const expected = leaves.map((_, one) => (missing ? 'no-crl' : refused(one) ? 'revoked' : 'ok'));
        const seen = await Promise.all(leaves.map(({ pem }) => decide(pem, now)));
        expect(seen, `turn ${index}`).toEqual(expected);
        // A second look plans no more revoking write.
        const again = await plan(trust, { now, stateLost });
        expect(again.steps.filter(({ effect }) => effect === 'revoke')).toEqual([]);
      }
    }),
    { seed, numRuns: 60 },
  );
}, 120_000);

function trustWith(
  given: Issue | undefined,
  state: {
    readonly deny: ReadonlyMap<number, string>;
    readonly retained: number;
    readonly released: ReadonlyMap<number, string>;
  },
  unread: UnreadReason | undefined,
): Trust {
  const trust = trustOf({ cas: [ca], crls: given === undefined ? [] : [{ issuer: ca, crl: given.crl }] });
  const serialOf = (one: number) => leaves[one]?.serial ?? '';
  const entry = ([one, since]: readonly [number, string]): DenyEntry => {
    return { serial: serialOf(one), caKey: key, ca: 'Acme', by: 'ann', why: 'stolen', since };
  };
  const retained = leaves.filter((_, one) => state.retained & (1 << one)).map(({ serial }) => serial);
  return {
    ...trust,
    revocation: {
      ...trust.revocation,
      denied: [...state.deny].map(entry),
      released: [...state.released].map(([one, since]) => ({ caKey: key, serial: serialOf(one), since })),
      retained: new Map(retained.length === 0 ? [] : [[key, retained]]),
      unread: new Map(unread === undefined ? [] : [[key, unread]]),
    },
  };
}
