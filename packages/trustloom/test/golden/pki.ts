import { createECDH, createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { type CrlOptions, createTestCa, type IssuedCrl, type TestCa, type TestKey } from '@trustloom/testkit';

/** A P-256 key made of a text: the same in every run, and for tests alone. */
export function seededKey(seed: string): TestKey {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(createHash('sha256').update(seed).digest());
  const point = ecdh.getPublicKey();
  const part = (bytes: Buffer) => bytes.toString('base64url');
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: part(ecdh.getPrivateKey()),
      x: part(point.subarray(1, 33)),
      y: part(point.subarray(33)),
    },
  });
  return {
    kind: 'P-256',
    privateKey,
    publicKey: createPublicKey(privateKey),
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/**
 * Makes something signed again and again until its digest begins with a digit. A signature is random, and with it the digest, by which
 * plans sort: so the order is the same in every run.
 */
export async function withDigit<T extends { readonly sha256: string }>(
  digit: string,
  make: () => T | Promise<T>,
): Promise<T> {
  for (;;) {
    const made = await make();
    if (made.sha256.startsWith(digit)) return made;
  }
}

/** A CA of this name whose digest begins with `digit`; a root, or below `issuer`. */
export function makeCa(
  subject: string,
  digit: string,
  { clock, issuer }: { readonly clock: { now(): number }; readonly issuer?: TestCa },
): Promise<TestCa> {
  const options = { key: seededKey(`${subject} ${digit}`), serial: `4${digit}` };
  return withDigit(digit, () =>
    issuer === undefined
      ? createTestCa({ subject, clock, ...options })
      : issuer.intermediate(subject, options),
  );
}

/** A list of a CA; its digest begins as that of the CA. */
export function makeList(
  ca: TestCa,
  number: number,
  serials: readonly string[],
  more: CrlOptions = {},
): Promise<IssuedCrl> {
  const digit = ca.sha256.slice(0, 1);
  return withDigit(digit, () =>
    ca.issueCrl({ number, entries: serials.map((serial) => ({ serial })), ...more }),
  );
}
