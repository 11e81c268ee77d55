import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** Where ids and secrets come from; passed in, so that a run can be made repeatable. */
export interface Random {
  bytes(length: number): Uint8Array;
  /** Lower-case hex digits. */
  hex(digits: number): string;
  /** Characters of `alphabet`. */
  text(length: number, alphabet?: string): string;
  uuid(): string;
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Random values from the operating system. */
export const systemRandom: Random = Object.freeze({
  bytes: (length: number) => new Uint8Array(randomBytes(length)),
  hex: (digits: number) =>
    randomBytes(Math.ceil(digits / 2))
      .toString('hex')
      .slice(0, digits),
  text: (length: number, alphabet = UPPER) =>
    Array.from(randomBytes(length), (byte) => alphabet.charAt(byte % alphabet.length)).join(''),
  uuid: () => randomUUID(),
});

/** Values that are the same in every run with the same seed, in the order in which they are asked for. */
export function seededRandom(seed: string): Random {
  let count = 0;
  const bytes = (length: number) => {
    const blocks = Array.from({ length: Math.ceil(length / 64) }, () => {
      count += 1;
      return createHash('sha512').update(`${seed} ${count}`).digest();
    });
    return Buffer.concat(blocks).subarray(0, length);
  };
  const hex = (digits: number) =>
    bytes(Math.ceil(digits / 2))
      .toString('hex')
      .slice(0, digits);
  return Object.freeze({
    bytes: (length: number) => new Uint8Array(bytes(length)),
    hex,
    text: (length: number, alphabet = UPPER) =>
      Array.from(bytes(length), (byte) => alphabet.charAt(byte % alphabet.length)).join(''),
    uuid: () => hex(32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5'),
  });
}

// For the tests of this project: one local AWS after the other in a file of tests.
let seed: string | undefined;
let made = 0;

/** Where each local AWS that is given nothing else takes its values from now on. */
export function seedDefaultRandom(text: string | undefined): void {
  seed = text;
  made = 0;
}

/** Random values for one more local AWS. */
export function defaultRandom(): Random {
  if (seed === undefined) return systemRandom;
  made += 1;
  return seededRandom(`${seed} ${made}`);
}
