import { createHash, sign } from 'node:crypto';
import { type Certificate, checkedKeys, type DenyEntry, readCertificate, type Trust } from '@trustloom/core';
import { createTestCa, type TestCa, type TestLeaf, trustOf } from '@trustloom/testkit';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { planCrls } from '../src/plan/crls/index.ts';
import {
  createAuthorizer,
  type Objects,
  type Reason,
  settingsFrom,
} from '../src/revocation/authorizer/index.ts';
import { readLeaf } from '../src/revocation/authorizer/leaf.ts';
import { openSerialSet } from '../src/revocation/authorizer/serial-set.ts';
import { desiredManifest } from '../src/revocation/index.ts';
import { setFile } from '../src/revocation/set-file.ts';
import { context, memoryBucket, target } from './support/memory.ts';

const now = Date.parse('2026-11-26T12:00:00Z');
const clock = { now: () => now };
const hour = 3_600_000;

/** Files as `refresh` leaves them for a trust, and the authorizer on them. */
async function published(trust: Trust, files = new Map<string, Uint8Array>()) {
  await memoryBucket(files).perform(
    planCrls({ manifest: desiredManifest(trust) }, undefined, new Set(), target, context),
  );
  return files;
}

function authorizerOn(files: ReadonlyMap<string, Uint8Array>, at: number | (() => number) = now) {
  const lines: string[] = [];
  const reads: string[] = [];
  const objects: Objects = {
    async read(key, { unless }) {
      reads.push(key);
      const bytes = files.get(key);
      if (bytes === undefined) throw new Error(`NoSuchKey: ${key}`);
      const etag = createHash('sha256').update(bytes).digest('hex');
      return etag === unless ? 'same' : { bytes, etag };
    },
  };
  const authorize = createAuthorizer({
    objects,
    manifest: 'acme/authorizers/eu-west-1/api.example.com.json',
    now: typeof at === 'number' ? () => at : at,
    log: (line) => void lines.push(line),
  });
  return {
    lines,
    reads,
    async verdict(clientCertPem: string | undefined): Promise<Reason | 'ok'> {
      const answer = await authorize({
        requestContext: { identity: { clientCert: { clientCertPem } } },
      } as object);
      return (answer as { context: { trustloom: Reason | 'ok' } }).context.trustloom;
    },
  };
}

let root: TestCa;
let issuing: TestCa;
let ann: TestLeaf;
let bob: TestLeaf;
beforeAll(async () => {
  root = await createTestCa({ subject: 'CN=Root', key: 'P-256', clock });
  issuing = await root.intermediate('CN=Issuing');
  [ann, bob] = [await issuing.issue('CN=ann'), await issuing.issue('CN=bob')];
});

const crlOf = (issuer: TestCa, ...serials: readonly (string | bigint)[]) => ({
  issuer,
  crl: issuer.issueCrl({ entries: serials.map((serial) => ({ serial })), nextUpdate: now + 24 * hour }),
});
const trusting = (cas: readonly TestCa[], crls: readonly ReturnType<typeof crlOf>[]) =>
  trustOf({ cas, crls: crls });
const withRevocation = (trust: Trust, more: Partial<Trust['revocation']>): Trust => ({
  ...trust,
  revocation: { ...trust.revocation, ...more },
});
const known = (trust: Trust, ca: TestCa): Certificate =>
  trust.known.find(({ sha256 }) => sha256 === ca.sha256) ?? readCertificate(ca.der);

/** The leaf as whoever holds the CA's key may write it: with the key identifier of another CA. */
function withIdentifierOf(other: TestCa, leaf: TestLeaf, signer: TestCa): string {
  const der = Buffer.from(leaf.der);
  const tbs = der.subarray(4, 8 + der.readUInt16BE(6));
  expect(tbs.includes(Buffer.from(signer.keyId))).toBe(true);
  tbs.set(other.keyId, tbs.indexOf(Buffer.from(signer.keyId)));
  const algorithm = der.subarray(4 + tbs.length, 4 + tbs.length + 12);
  const signature = sign('sha256', tbs, signer.key.privateKey);
  const rest = Buffer.concat([tbs, algorithm, Buffer.from([3, signature.length + 1, 0]), signature]);
  const whole = Buffer.concat([Buffer.from([0x30, 0x82, rest.length >> 8, rest.length & 0xff]), rest]);
  return `-----BEGIN CERTIFICATE-----\n${whole.toString('base64')}\n-----END CERTIFICATE-----\n`;
}

describe('the authorizer', () => {
  test('admits the good and refuses the revoked, of each CA by its own CRL', async () => {
    const crossSigned = await root.intermediate('CN=Second');
    const carl = await crossSigned.issue('CN=carl', { serial: bob.serial });
    const { verdict, reads } = authorizerOn(
      await published(
        trusting([root, issuing, crossSigned], [crlOf(issuing, bob.serial), crlOf(crossSigned, 'ff')]),
      ),
    );
    expect([await verdict(ann.pem), await verdict(bob.pem), await verdict(carl.pem)]).toEqual([
      'ok',
      'revoked',
      'ok',
    ]);
    expect(reads).toHaveLength(3);
  });

  test.each([
    ['nothing', () => undefined, 'no-certificate'],
    ['an empty text', () => '', 'no-certificate'],
    ['no PEM', () => 'CERTIFICATE', 'unreadable-certificate'],
    [
      'a cut certificate',
      () =>
        ann.pem
          .split('\n')
          .filter((_, line) => line !== 3)
          .join('\n'),
      'unreadable-certificate',
    ],
    ['a CRL', () => issuing.issueCrl({ entries: [] }).pem, 'unreadable-certificate'],
  ] satisfies readonly (readonly [string, () => string | undefined, Reason])[])(
    'refuses %s',
    async (_name, pem, reason) => {
      const { verdict } = authorizerOn(await published(trusting([root, issuing], [])));
      expect(await verdict(pem())).toBe(reason);
    },
  );

  test('finds the key of a CA that was re-keyed under its name, also where leaves name no key', async () => {
    const again = await issuing.rekey();
    const serial = 'abcdef';
    const leaves = [await issuing.issue('CN=a', { serial }), await again.issue('CN=b', { serial })];
    const files = await published(trusting([root, issuing, again], [crlOf(again, serial)]));
    const { verdict } = authorizerOn(files);
    expect([await verdict(leaves[0]?.pem), await verdict(leaves[1]?.pem)]).toEqual(['ok', 'revoked']);
  });

  test('refuses a leaf of a compromised, revoked CA with the identifier of the re-keyed one', async () => {
    const rekeyed = await issuing.rekey();
    const forged = withIdentifierOf(rekeyed, await issuing.issue('CN=forged'), issuing);
    const honest = await rekeyed.issue('CN=honest');
    const trust = trusting([root, issuing, rekeyed], [crlOf(root, issuing.serial), crlOf(rekeyed)]);
    const { verdict } = authorizerOn(
      await published(withRevocation(trust, { revokedCas: [known(trust, issuing)] })),
    );
    expect([await verdict(forged), await verdict(honest.pem)]).toEqual(['ca-revoked', 'ok']);
  });

  describe('where Node cannot use the key of a CA', () => {
    const unusable = (files: Map<string, Uint8Array>, ca: TestCa) => {
      const [name = '', bytes] = [...files].find(([key]) => key.endsWith('.json')) ?? [];
      const manifest = JSON.parse(Buffer.from(bytes ?? []).toString());
      const { keySha256 } = readCertificate(ca.der);
      for (const row of manifest.keys) if (row.key === keySha256) delete row.publicKey;
      return files.set(name, Buffer.from(JSON.stringify(manifest)));
    };

    test('its clients are judged by it if no other CA has its name', async () => {
      const files = unusable(
        await published(trusting([root, issuing], [crlOf(issuing, bob.serial)])),
        issuing,
      );
      const { verdict } = authorizerOn(files);
      expect([await verdict(ann.pem), await verdict(bob.pem)]).toEqual(['ok', 'revoked']);
    });

    test('they are refused if another has, for either may have issued them', async () => {
      const rekeyed = await issuing.rekey();
      const files = unusable(await published(trusting([root, issuing, rekeyed], [])), issuing);
      const { verdict } = authorizerOn(files);
      const other = await rekeyed.issue('CN=other');
      expect([await verdict(ann.pem), await verdict(other.pem)]).toEqual(['unknown-issuer', 'ok']);
    });
  });

  test('finds the issuer of a leaf that writes its name in another encoding', async () => {
    const files = await published(trusting([root, issuing], [crlOf(issuing, bob.serial)]));
    const [name = '', bytes] = [...files].find(([key]) => key.endsWith('.json')) ?? [];
    const manifest = JSON.parse(Buffer.from(bytes ?? []).toString());
    for (const row of manifest.keys) row.names = ['3000'];
    files.set(name, Buffer.from(JSON.stringify(manifest)));
    const { verdict } = authorizerOn(files);
    expect([await verdict(ann.pem), await verdict(bob.pem)]).toEqual(['ok', 'revoked']);
  });

  test('refuses who was issued by an unknown key, under whatever name', async () => {
    const unknownCa = await createTestCa({ subject: 'CN=Issuing', key: 'P-256', clock });
    const { verdict } = authorizerOn(await published(trusting([root, issuing], [crlOf(issuing)])));
    expect(await verdict((await unknownCa.issue('CN=x')).pem)).toBe('unknown-issuer');
  });

  test('refuses everyone below a revoked CA, however deep, and nobody beside', async () => {
    const deep = await issuing.intermediate('CN=Deep');
    const beside = await root.intermediate('CN=Beside');
    const trust = trusting([root, issuing, deep, beside], [crlOf(root, issuing.serial)]);
    const { verdict } = authorizerOn(
      await published(withRevocation(trust, { revokedCas: [known(trust, issuing)] })),
    );
    const verdicts = [ann, await deep.issue('CN=d'), await beside.issue('CN=e')].map(({ pem }) =>
      verdict(pem),
    );
    expect(await Promise.all(verdicts)).toEqual(['ca-revoked', 'ca-revoked', 'ok']);
  });

  test('keeps what is published when a CRL could not be read, with what the deny list adds', async () => {
    const files = await published(trusting([root, issuing], [crlOf(issuing, bob.serial)]));
    const trust = trusting([root, issuing], []);
    const key = known(trust, issuing).keySha256;
    const entry: DenyEntry = {
      serial: ann.serial,
      caKey: key,
      ca: '',
      by: '',
      why: '',
      since: '2026-11-26T10:00:00Z',
    };
    const bucket = memoryBucket(files);
    const without = withRevocation(trust, { unread: new Map([[key, 'crl-copy-lost']]), denied: [entry] });
    await bucket.perform(
      planCrls({ manifest: desiredManifest(without) }, await bucket.published(), new Set(), target, context),
    );
    const { verdict } = authorizerOn(files);
    expect([await verdict(ann.pem), await verdict(bob.pem)]).toEqual(['revoked', 'revoked']);
    expect(await authorizerOn(await published(without)).verdict(bob.pem)).toBe('no-crl');
  });

  test('uses a CRL for the grace, to the millisecond', async () => {
    const trust = withRevocation(trusting([root, issuing], [crlOf(issuing)]), { graceMs: hour });
    const files = await published(trust);
    expect(await authorizerOn(files, now + 25 * hour).verdict(ann.pem)).toBe('ok');
    expect(await authorizerOn(files, now + 25 * hour + 1).verdict(ann.pem)).toBe('stale-crl');
  });

  test('takes a set only if it is the one that the manifest names', async () => {
    const files = await published(trusting([root, issuing], [crlOf(issuing, bob.serial)]));
    const set = [...files.keys()].find((key) => key.includes('/sets/')) ?? '';
    files.set(set, new Uint8Array(20));
    const { verdict, lines } = authorizerOn(files);
    expect(await verdict(ann.pem)).toBe('no-set');
    expect(lines[0]).toMatch(/changed/);
  });

  test('asks S3 once for all that come at the same time', async () => {
    const { verdict, reads } = authorizerOn(
      await published(trusting([root, issuing], [crlOf(issuing, bob.serial)])),
    );
    await Promise.all(Array.from({ length: 20 }, () => verdict(ann.pem)));
    expect(reads).toHaveLength(2);
  });

  test('the clients of a CA that came since the last look are admitted within a second, not after the next poll', async () => {
    const other = await createTestCa({ subject: 'CN=Other', key: 'P-256', clock });
    const dora = await other.issue('CN=dora');
    const files = await published(trusting([root, issuing], [crlOf(issuing)]));
    let at = now;
    const { verdict, reads } = authorizerOn(files, () => at);
    expect(await verdict(ann.pem)).toBe('ok');
    const later = await published(trusting([root, issuing, other], [crlOf(issuing)]));
    for (const [key, bytes] of later) files.set(key, bytes);
    expect(await verdict(dora.pem)).toBe('unknown-issuer');
    at += 1_000;
    expect(await verdict(dora.pem)).toBe('ok');
    const before = reads.length;
    expect(await verdict(bob.pem)).toBe('ok');
    expect(reads.length).toBe(before);
  });

  test('asks the own authorizer of the user only about those who are not refused', async () => {
    const files = await published(trusting([root, issuing], [crlOf(issuing, bob.serial)]));
    const asked: unknown[] = [];
    const own = createAuthorizer({
      objects: { read: async (key) => ({ bytes: files.get(key) ?? new Uint8Array(), etag: 'e' }) },
      manifest: 'acme/authorizers/eu-west-1/api.example.com.json',
      answer: 'simple',
      now: () => now,
      log: () => undefined,
      next: (event: unknown) => {
        asked.push(event);
        return { isAuthorized: false, context: { mine: true } };
      },
    });
    const event = ({ pem }: TestLeaf) => ({
      requestContext: { authentication: { clientCert: { clientCertPem: pem } } },
    });
    expect(await own(event(ann))).toEqual({ isAuthorized: false, context: { mine: true } });
    expect(await own(event(bob))).toEqual({ isAuthorized: false, context: { trustloom: 'revoked' } });
    expect(asked).toEqual([event(ann)]);
  });

  test.each([
    ['no manifest', {}],
    ['a manifest that is no address', { TRUSTLOOM_MANIFEST: 'bucket/key' }],
    ['a poll that is no number', { TRUSTLOOM_MANIFEST: 's3://b/k', TRUSTLOOM_POLL_SECONDS: 'often' }],
    ['another answer', { TRUSTLOOM_MANIFEST: 's3://b/k', TRUSTLOOM_ANSWER: 'yes' }],
  ])('does not start with %s', (_name, env) => {
    expect(() => settingsFrom(env)).toThrow(/TRUSTLOOM_MANIFEST, _POLL_SECONDS or _ANSWER/);
  });
});

describe('a set of serials', () => {
  const magnitudes = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => {
    const first = bytes.findIndex((byte) => byte !== 0);
    return Buffer.from(first < 0 ? [0] : bytes.subarray(first));
  });
  const setOf = (serials: readonly Buffer[]) => {
    const file = setFile({
      eachSerial(visit) {
        for (const serial of serials) visit(serial, 0, serial.length);
      },
    });
    return { file, has: openSerialSet(file?.body as Uint8Array) };
  };

  test('has what went in and nothing else, of any length, in any order, however often', () => {
    fc.assert(
      fc.property(
        fc.array(magnitudes, { minLength: 1, maxLength: 200 }),
        fc.array(magnitudes),
        (inside, others) => {
          const { file, has } = setOf([...inside, ...inside]);
          const names = new Set(inside.map((one) => one.toString('hex')));
          expect(file?.count).toBe(names.size);
          for (const one of [...inside, ...others]) expect(has(one)).toBe(names.has(one.toString('hex')));
          expect(setOf([...inside].reverse()).file?.sha256).toBe(file?.sha256);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('crafted serials that share their last bytes are told apart, and fast', () => {
    const crafted = Array.from({ length: 20_000 }, (_, index) => {
      const serial = Buffer.alloc(20, 0xab);
      serial.writeUInt32BE(index + 0x40000000, 0);
      return serial;
    });
    const { has } = setOf(crafted.filter((_, index) => index % 2 === 0));
    expect(crafted.filter((one) => has(one)).length).toBe(10_000);
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['another file', Buffer.from('-----BEGIN CERTIFICATE-----')],
    ['a cut file', Buffer.from(setOf([Buffer.from('0102', 'hex')]).file?.body as Uint8Array).subarray(0, -1)],
    [
      'a longer file',
      Buffer.concat([setOf([Buffer.from('0102', 'hex')]).file?.body as Uint8Array, Buffer.alloc(1)]),
    ],
  ])('that is %s is not opened', (_name, bytes) => {
    expect(() => openSerialSet(bytes)).toThrow(RangeError);
  });
});

describe('a million certificates', () => {
  const count = 1_000_000;
  /**
   * A certificate of nothing but what is read of it: the serial as DER writes it, with the sign
   * byte where it needs one.
   */
  const leafOf = (serial: Buffer, signed = true) => {
    const integer =
      signed && (serial[0] as number) > 0x7f ? Buffer.concat([Buffer.alloc(1), serial]) : serial;
    const fields = Buffer.concat([
      Buffer.from([2, integer.length]),
      integer,
      Buffer.from('300030003000300030003000', 'hex'),
    ]);
    const tbs = Buffer.concat([Buffer.from([0x30, fields.length]), fields]);
    const whole = Buffer.concat([Buffer.from([0x30, tbs.length + 5]), tbs, Buffer.from('3000030100', 'hex')]);
    return `-----BEGIN CERTIFICATE-----\n${whole.toString('base64')}\n-----END CERTIFICATE-----`;
  };
  test('a negative serial, which no CA may give, is not read', () => {
    expect(() => readLeaf(leafOf(Buffer.from('ff', 'hex'), false))).toThrow(RangeError);
    expect(readLeaf(leafOf(Buffer.from('ff', 'hex'))).serial.toString('hex')).toBe('ff');
  });

  /**
   * Serials as CAs make them: random of 8 to 20 bytes with and without sign bit, and running
   * numbers.
   */
  const serialOf = (index: number): Buffer => {
    if (index % 5 === 0) return Buffer.from((0x010000 + index).toString(16).padStart(6, '0'), 'hex');
    const digest = createHash('sha256')
      .update(String(index))
      .digest()
      .subarray(0, [8, 16, 19, 20][index % 4]);
    digest[0] = (digest[0] as number) | 1;
    return digest;
  };

  test('of an inventory: every revoked serial is refused as its certificate writes it, no other is', () => {
    const revoked = (index: number) => index % 100 === 7 || index % 1000 === 0;
    const file = setFile({
      eachSerial(visit) {
        for (let index = 0; index < count; index += 1)
          if (revoked(index)) {
            const serial = serialOf(index);
            visit(serial, 0, serial.length);
          }
      },
    });
    const has = openSerialSet(file?.body as Uint8Array);
    let wrong = 0;
    for (let index = 0; index < count; index += 1) {
      const serial = serialOf(index);
      // Every hundredth goes the whole way through a certificate.
      const read = index % 100 === 7 ? readLeaf(leafOf(serial)).serial : serial;
      if (has(read) !== revoked(index)) wrong += 1;
    }
    expect(wrong).toBe(0);
  });
});

test('a key without a CRL and without entries needs no set', () => {
  const trust = trusting([root, issuing], [crlOf(issuing)]);
  expect(checkedKeys(trust).map((key) => setFile(key))).toEqual([undefined, undefined]);
});
