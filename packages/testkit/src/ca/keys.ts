import { createECDH, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { bytesFor, isSeeded } from '../seed.ts';

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
 * Makes a key pair. On an elliptic curve it is made from the seed, if there is one.
 *
 * @param owner whose it is: with a seed, the first key of an owner is the same in every run
 * @example
 * const key = await createTestKey('P-256')
 */
export async function createTestKey(kind: KeyKind, owner = ''): Promise<TestKey> {
  const { privateKey, publicKey } = kind.startsWith('RSA-')
    ? await make('rsa', { modulusLength: Number(kind.slice(4)) })
    : isSeeded()
      ? seededKey(kind, owner)
      : await make('ec', { namedCurve: kind });
  return Object.freeze({
    kind,
    privateKey,
    publicKey,
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  });
}

const curves: Readonly<Record<string, readonly [name: string, bytes: number]>> = {
  'P-256': ['prime256v1', 32],
  'P-384': ['secp384r1', 48],
  'P-521': ['secp521r1', 66],
};

function seededKey(kind: KeyKind, owner: string) {
  const [name, bytes] = curves[kind] ?? ['', 0];
  const curve = createECDH(name);
  const secret = bytesFor(`key ${kind} of ${owner}`, bytes);
  // Below the order of each of the three curves, whose first byte is 0xff or, of P-521, 0x01.
  secret[0] = (secret[0] ?? 0) & (kind === 'P-521' ? 0 : 0x7f);
  curve.setPrivateKey(secret);
  const point = curve.getPublicKey();
  const text = (part: Buffer) => part.toString('base64url');
  const [x, y] = [text(point.subarray(1, 1 + bytes)), text(point.subarray(1 + bytes))];
  const jwk = { kty: 'EC', crv: kind, x, y, d: text(secret) };
  const privateKey = createPrivateKey({ format: 'jwk', key: jwk });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** The hash that goes with a key: SHA-384 with P-384, SHA-512 with P-521, else SHA-256. */
export function usualHash(kind: KeyKind): HashName {
  if (kind === 'P-384') return 'SHA-384';
  return kind === 'P-521' ? 'SHA-512' : 'SHA-256';
}
