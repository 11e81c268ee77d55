import { createTestCa } from '@trustloom/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bundlePem, issuingCas, parseBundle, reach, readCertificate } from '../src/index.ts';
import { incompleteChains } from '../src/x509/reach.ts';

const root = await createTestCa({ subject: 'CN=Acme Root,O=Acme', key: 'P-384' });
const issuing = await root.intermediate('CN=Acme Issuing,O=Acme');
const rekeyed = await issuing.rekey();
const renewed = await issuing.renew();
const other = await createTestCa({ subject: 'CN=Other Root', key: 'RSA-2048' });
const crossed = await other.crossSign(root);
const leaf = await issuing.issue('CN=device');
const read = (ca: { readonly der: Uint8Array }) => readCertificate(ca.der);
const [R, I, K, N, O, X] = [root, issuing, rekeyed, renewed, other, crossed].map(read) as [
  ReturnType<typeof read>,
  ReturnType<typeof read>,
  ReturnType<typeof read>,
  ReturnType<typeof read>,
  ReturnType<typeof read>,
  ReturnType<typeof read>,
];

describe('a bundle', () => {
  test('is the same bytes for any order, text around blocks, line ends and repetition of the input', () => {
    const blocks = [root, issuing, other].map(({ pem }) => pem);
    const canonical = bundlePem(parseBundle(blocks.join(''), 'a').certificates);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
        fc.constantFrom('', '\n\n', '# Acme\n', 'Certificate:\n    Data:\n'),
        fc.boolean(),
        fc.boolean(),
        (order, between, crlf, twice) => {
          const text = [...order, ...(twice ? order : [])].map((index) => between + blocks[index]).join('');
          expect(bundlePem(parseBundle(crlf ? text.replaceAll('\n', '\r\n') : text, 'b').certificates)).toBe(
            canonical,
          );
        },
      ),
    );
    expect(canonical).not.toMatch(/\n\n|#|\r/);
  });

  test('may be DER', () => {
    expect(parseBundle(root.der, 'root.crt').certificates.map(({ sha256 }) => sha256)).toEqual([R.sha256]);
  });

  test('tells a leaf from a CA, with its place', () => {
    const { findings } = parseBundle(root.pem + leaf.pem, 'mixed.pem');
    expect(findings).toEqual([
      expect.objectContaining({
        code: 'not-a-ca',
        severity: 'error',
        at: { file: 'mixed.pem', line: root.pem.split('\n').length, column: 1 },
      }),
    ]);
  });

  test.each([
    ['a private key', () => root.pem + leaf.keyPem, 'private-key-in-bundle'],
    [
      'a broken block with a private key',
      () => `${root.pem}-----BEGIN EC PRIVATE KEY-----\nAAAA`,
      'private-key-in-bundle',
    ],
    [
      'a private key in DER',
      () => Buffer.from(leaf.keyPem.replace(/-----[^-]+-----|\s/g, ''), 'base64'),
      'private-key-in-bundle',
    ],
    [
      'a request',
      () => `${root.pem}-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n`,
      'pem-foreign-block',
    ],
    ['a CRL', () => root.pem + root.issueCrl({}).pem, 'pem-foreign-block'],
    ['headers', () => root.pem.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\n\n'), 'pem-headers'],
    ['a block without end', () => root.pem.slice(0, -30), 'pem-malformed'],
    ['no base64', () => root.pem.replace(/\nMII/, '\n!!!'), 'pem-malformed'],
    [
      'no certificate',
      () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      'certificate-malformed',
    ],
    [
      'something behind the certificate',
      () =>
        `-----BEGIN CERTIFICATE-----\n${Buffer.from([...root.der, 0]).toString('base64')}\n-----END CERTIFICATE-----\n`,
      'certificate-malformed',
    ],
    ['nothing', () => '# empty\n', 'empty-bundle'],
  ])('with %s is refused whole, and no byte of it is repeated', (_name, text, code) => {
    const input = text();
    expect(() => parseBundle(input, 'ca.pem')).toThrow(expect.objectContaining({ code }));
    try {
      parseBundle(input, 'ca.pem');
    } catch (error) {
      const body = leaf.keyPem.split('\n')[1] ?? 'never';
      expect(String(error)).not.toContain(body.slice(0, 20));
    }
  });
});

describe('reach', () => {
  const keys = (reached: ReturnType<typeof reach>) => reached.map(({ ca }) => ca.keySha256).sort();
  const known = [R, I, K, N, O, X];
  const any = (anchors: readonly (typeof R)[]) => keys(reach({ anchors, known, chain: 'any-anchor' }));
  const inside = (anchors: readonly (typeof R)[]) =>
    keys(reach({ anchors, known, chain: 'complete-in-store' }));
  const only = (...cas: readonly (typeof R)[]) => [...new Set(cas.map(({ keySha256 }) => keySha256))].sort();

  test('a root lets every CA under it in, listed or not; an issuing CA only itself', () => {
    expect(any([R])).toEqual(only(R, I, K));
    expect(any([I])).toEqual(only(I));
    expect(any([K])).toEqual(only(K));
  });

  test('a renewed certificate has the same reach', () => {
    expect(any([N])).toEqual(any([I]));
  });

  test('a root that cross-signed another lets all of the other in', () => {
    expect(any([O])).toEqual(only(O, R, I, K));
  });

  test('API Gateway: only what stands in the store, up to a self-signed root', () => {
    expect(inside([R])).toEqual(only(R));
    expect(inside([I])).toEqual([]);
    expect(inside([R, I])).toEqual(only(R, I));
    expect(inside([X, I])).toEqual([]);
    expect(incompleteChains([I]).map(({ missingIssuer }) => missingIssuer)).toEqual(['CN=Acme Root,O=Acme']);
    expect(incompleteChains([R, I, K])).toEqual([]);
  });

  test('issuing CAs are those that issued no other', () => {
    expect(issuingCas([R, I, O], [K]).map(({ sha256 }) => sha256)).toEqual([I.sha256, O.sha256]);
    expect(issuingCas([O], []).map(({ sha256 }) => sha256)).toEqual([O.sha256]);
    expect(issuingCas([R], []).map(({ sha256 }) => sha256)).toEqual([R.sha256]);
    expect(issuingCas([R], [K])).toEqual([]);
  });
});
