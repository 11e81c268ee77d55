import { crlDigest, type ServerlessCa, type TestLeaf } from '@trustloom/testkit';
import { expect } from 'vitest';
import type { Team } from './team.ts';

/** Life of a CRL as Serverless CA issues it. */
export const lifeMs = (24 * 3600 + 600) * 1000;

/**
 * What a CA published, as the raw state of its bucket has it: by whom CRLs in force are judged.
 */
export interface History {
  /** The CA runs: whoever was revoked until now is in its newest CRL. */
  run(): Promise<void>;
  /** Makes the issuing CA anew with the same key: its counter starts again. */
  recreate(): Promise<void>;
  /** A client that is revoked with the next run. */
  revoke(leaf: TestLeaf): void;
  /** Clients that the newest CRL names. */
  revoked(): readonly TestLeaf[];
  /** When the newest CRL ends. */
  ends(): number;
  /** When the CRL with this digest ends; undefined for one that the CA never published. */
  endOf(digest: string): number | undefined;
  /** Digest of the newest CRL of the issuing CA. */
  newest(): string;
}

/** Follows what a CA publishes, from its first run on. */
export function followCa({ ca, local, clock }: Pick<Team, 'ca' | 'local' | 'clock'>): History {
  const ends = new Map<string, number>();
  const pending: TestLeaf[] = [];
  let revoked: readonly TestLeaf[] = [];
  let newest = '';
  const look = () => {
    const end = Math.floor(clock.now() / 1000) * 1000 + lifeMs;
    for (const key of [ca.keys.rootCrl, ca.keys.issuingCrl]) {
      newest = digestOf(local, key);
      ends.set(newest, end);
    }
    revoked = [...revoked, ...pending.splice(0)];
  };
  look();
  return {
    async run() {
      await ca.dailyRun();
      look();
    },
    async recreate() {
      await ca.renewIssuing();
      look();
    },
    revoke(leaf) {
      ca.revoke(leaf.serial);
      pending.push(leaf);
    },
    revoked: () => revoked,
    ends: () => ends.get(newest) ?? 0,
    endOf: (digest) => ends.get(digest),
    newest: () => newest,
  };
}

function digestOf(local: Team['local'], key: ServerlessCa['keys'][keyof ServerlessCa['keys']]): string {
  const versions = local.state().s3.flatMap(({ objects }) => objects.get(key) ?? []);
  const [latest] = [...versions].sort((a, b) => b.modified - a.modified);
  expect(latest, `${key} is published`).toBeDefined();
  return crlDigest(latest?.body ?? new Uint8Array());
}
