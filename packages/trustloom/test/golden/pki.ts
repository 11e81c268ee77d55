import { checkPrimeSync, createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { createTestCa, type IssuedCrl, type TestCa, type TestKey } from '@trustloom/testkit';

const made = new Map<string, TestKey>();

/**
 * An RSA key made of a text, for tests alone. Signatures of PKCS #1 v1.5 are not random: so
 * certificates and lists are the same in every run, byte for byte, and with them all digests that
 * plans sort by.
 */
function seededKey(seed: string): TestKey {
  const [p, q, e] = [seededPrime(`${seed} p`), seededPrime(`${seed} q`), 65537n];
  const d = inverse(e, (p - 1n) * (q - 1n));
  const parts = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const jwk = Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, base64url(value)]));
  const privateKey = createPrivateKey({ format: 'jwk', key: { kty: 'RSA', ...jwk } });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { kind: 'RSA-2048', privateKey, publicKey: createPublicKey(privateKey), pem };
}

/** A prime of 1024 bits, the two highest set. */
function seededPrime(seed: string): bigint {
  const blocks = ['0', '1'].map((block) => createHash('sha512').update(`${seed} ${block}`).digest('hex'));
  let candidate = BigInt(`0x${blocks.join('')}`) | (3n << 1022n) | 1n;
  while (!checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % modulus) + modulus) % modulus;
}

function base64url(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}

/** A CA of this name, with the key and serial number of `id`: a root, or below `issuer`. */
export function makeCa(
  subject: string,
  id: string,
  { clock, issuer }: { readonly clock: { now(): number }; readonly issuer?: TestCa },
): Promise<TestCa> {
  const key = made.get(id) ?? seededKey(id);
  made.set(id, key);
  const options = { key, serial: Buffer.from(id).toString('hex') };
  return issuer === undefined
    ? createTestCa({ subject, clock, ...options })
    : issuer.intermediate(subject, options);
}

/** A CRL of a CA that names these serials. */
export function makeCrl(ca: TestCa, number: number, serials: readonly string[]): IssuedCrl {
  return ca.issueCrl({ number, entries: serials.map((serial) => ({ serial })) });
}
