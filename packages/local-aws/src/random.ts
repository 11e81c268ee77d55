import { randomBytes, randomUUID } from 'node:crypto';

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
