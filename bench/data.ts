/**
 * Data for benches, the same each time: a CA and CRLs of any size, as DER and PEM. Written once
 * into `bench/.cache`, never committed.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPem } from '@trustloom/core';
import { createTestCa, type TestCa } from '@trustloom/testkit';

const cache = join(import.meta.dirname, '.cache');
const start = Date.parse('2026-11-24T00:00:00Z');
const reasons = ['keyCompromise', 'superseded', 'cessationOfOperation', 'affiliationChanged'] as const;

/** A CRL and the CA that issued it. */
export interface CrlData {
  readonly derFile: string;
  readonly pemFile: string;
  /** The CA as PEM. */
  readonly caFile: string;
  readonly der: () => Uint8Array;
  readonly caDer: () => Uint8Array;
  /** In the CRL's order. */
  readonly serials: () => readonly string[];
}

/** `next`: the next issue, with 1 % gone and 1 % new behind; `shuffled`: the same in any order. */
export type Issue = 'first' | 'next' | 'shuffled';

/** A small generator, so that the data are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Serials: half of 16 bytes, half of 20. */
export function makeSerials(count: number, seed = 1): readonly string[] {
  const random = seeded(seed);
  const hex = (bytes: number) => {
    let text = (0x40 + Math.floor(random() * 0x3f)).toString(16);
    while (text.length < bytes * 2)
      text += Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return text.slice(0, bytes * 2);
  };
  return Array.from({ length: count }, (_, index) => hex(index % 2 === 0 ? 16 : 20));
}

let ca: Promise<TestCa> | undefined;

/** A CRL of so many entries, a reason code on 60 % of them. */
export async function crlOf(count: number, issue: Issue = 'first'): Promise<CrlData> {
  mkdirSync(cache, { recursive: true });
  const file = (kind: string) => join(cache, `${count}-${issue}.${kind}`);
  const [derFile, pemFile, caFile] = [file('crl'), file('crl.pem'), file('ca.pem')];
  const serials = () => serialsOf(count, issue);
  if (!existsSync(caFile)) {
    ca ??= createTestCa({ subject: 'CN=Bench', key: 'P-256', clock: { now: () => start } });
    const made = await ca;
    // An entry stays as it is from issue to issue.
    const entries = serials().map((serial) => {
      const low = Number.parseInt(serial.slice(-4), 16);
      const date = start - low * 480_000;
      return { serial, date, ...(low % 5 < 3 ? { reason: reasons[low % 4] ?? 'superseded' } : {}) };
    });
    const number = issue === 'first' ? 1 : 2;
    const crl = made.issueCrl({ entries, number, thisUpdate: start, nextUpdate: start + 3650 * 86_400_000 });
    writeFileSync(derFile, crl.der);
    writeFileSync(pemFile, crl.pem);
    writeFileSync(caFile, made.pem);
  }
  return {
    derFile,
    pemFile,
    caFile,
    der: () => readFileSync(derFile),
    caDer: () => readPem(readFileSync(caFile), caFile)[0]?.der ?? new Uint8Array(),
    serials,
  };
}

function serialsOf(count: number, issue: Issue): readonly string[] {
  const all = makeSerials(count);
  if (issue === 'first') return all;
  const fresh = makeSerials(Math.ceil(count / 100), 2);
  const next = [...all.filter((_, index) => index % 100 !== 0), ...fresh];
  return issue === 'next' ? next : shuffled(next);
}

function shuffled(serials: readonly string[]): readonly string[] {
  const random = seeded(3);
  const mixed = [...serials];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other] ?? '', mixed[last] ?? ''];
  }
  return mixed;
}
