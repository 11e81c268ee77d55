import { createHash, randomBytes } from 'node:crypto';

// What the certificates of one test file are made from. A test file runs alone in its process, and
// what it makes is asked for from everywhere.
let seed: string | undefined;
const given = new Map<string, number>();

/**
 * From now on serials and elliptic-curve keys of certificates that the testkit makes are the same in
 * every run with this seed. Call it before each test file, with its name in the seed: files must
 * not share keys. Without a seed they come from the operating system.
 *
 * @param text the seed; undefined: none any more
 * @example
 * // in a setup file of vitest
 * seedCertificates(`${process.env.TRUSTLOOM_SEED ?? '1'} ${expect.getState().testPath}`)
 */
export function seedCertificates(text: string | undefined): void {
  seed = text;
  given.clear();
}

/** Whether bytes come from a seed. */
export const isSeeded = (): boolean => seed !== undefined;

/**
 * Bytes for a purpose: with a seed, the first, second, third time that somebody asks for that
 * purpose they are the same in every run, whatever else was made in between.
 */
export function bytesFor(purpose: string, length: number): Buffer {
  if (seed === undefined) return randomBytes(length);
  const nth = given.get(purpose) ?? 0;
  given.set(purpose, nth + 1);
  const block = (at: number) =>
    createHash('sha512')
      .update(JSON.stringify([seed, purpose, nth, at]))
      .digest();
  return Buffer.concat(Array.from({ length: Math.ceil(length / 64) }, (_, at) => block(at))).subarray(
    0,
    length,
  );
}
