import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** Keys that a test CA or a client can have. */
export type KeyKind = 'P-256' | 'P-384' | 'P-521' | 'RSA-2048' | 'RSA-3072' | 'RSA-4096';

/** Hashes to sign with; SHA-1 for what must be refused. */
export type HashName = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

/** A key pair made for tests. */
export interface TestKey {
  readonly kind: KeyKind;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** PKCS #8. For clients of tests alone: nothing of ours ever stores one. */
  readonly pem: string;
}

const make = promisify(generateKeyPair);

/**
 * Makes a key pair.
 *
 * @example
 * const key = await createTestKey('P-256')
 */
export async function createTestKey(kind: KeyKind): Promise<TestKey> {
  const { privateKey, publicKey } = kind.startsWith('RSA-')
    ? await make('rsa', { modulusLength: Number(kind.slice(4)) })
    : await make('ec', { namedCurve: kind });
  return Object.freeze({
    kind,
    privateKey,
    publicKey,
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  });
}

/** The hash that goes with a key: SHA-384 with P-384, SHA-512 with P-521, else SHA-256. */
export function usualHash(kind: KeyKind): HashName {
  if (kind === 'P-384') return 'SHA-384';
  return kind === 'P-521' ? 'SHA-512' : 'SHA-256';
}
