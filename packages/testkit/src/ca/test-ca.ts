import { systemClock } from '@trustloom/aws';
import { defined } from '@trustloom/core';
import { type IssuedCertificate, type IssueRequest, issueCertificate } from '../issue-certificate.ts';
import { type CrlRequest, type IssuedCrl, writeCrl } from './crl.ts';
import { createTestKey, type KeyKind, type TestKey } from './keys.ts';

const day = 86_400_000;
const year = 365 * day;

/**
 * What can be said about a certificate beyond its name; the rest is as a careful CA would have it.
 */
export type CertificateOptions = Partial<
  Omit<IssueRequest, 'key' | 'issuer' | 'ca' | 'subject'> & {
    /** Kind of the key to make, or a key that exists (a renewal, a cross-signed certificate). */
    readonly key: KeyKind | TestKey;
    readonly ca: boolean;
  }
>;

/** What a root is made from. */
export interface TestCaOptions extends CertificateOptions {
  /** RFC 4514; default `CN=Test Root`. */
  readonly subject?: string;
  /** What time it is; default the machine's. Certificates made later follow it. */
  readonly clock?: { now(): number };
}

/** A client's certificate with its key, for tests. */
export interface TestLeaf extends IssuedCertificate {
  /** PKCS #8 PEM. For clients of tests alone. */
  readonly keyPem: string;
  readonly key: TestKey;
  /** The leaf and every CA below the root, PEM, as a client sends them. */
  readonly chainPem: string;
}

/** A CA for tests: it issues, and signs lists. */
export interface TestCa extends IssuedCertificate {
  /** RFC 4514. */
  readonly subject: string;
  readonly key: TestKey;
  /** Who issued this certificate; absent for a root. */
  readonly issuer?: TestCa;
  /** This CA and those above it, up to the root. */
  readonly chain: readonly IssuedCertificate[];
  /** An intermediate below this CA; by default P-256, ten years. */
  intermediate(subject: string, options?: CertificateOptions): Promise<TestCa>;
  /** A client certificate; by default P-256, clientAuth, 30 days. */
  issue(subject: string, options?: CertificateOptions): Promise<TestLeaf>;
  /** The same name and key in a new certificate of the same issuer. */
  renew(options?: CertificateOptions): Promise<TestCa>;
  /** The same name with a new key, by the same issuer (a root signs itself). */
  rekey(options?: CertificateOptions): Promise<TestCa>;
  /** A certificate for the other's name and key, by this CA. */
  crossSign(other: TestCa, options?: CertificateOptions): Promise<TestCa>;
  /** A CRL of this CA. `number`, `nextUpdate` and `keyId` can be left out by `undefined`. */
  issueCrl(options?: CrlOptions): IssuedCrl;
}

/**
 * What a CRL says: by default no entries, number 1, from now for a day, with the key identifier.
 */
export type CrlOptions = Partial<Omit<CrlRequest, 'number' | 'nextUpdate' | 'keyId'>> & {
  readonly number?: CrlRequest['number'] | undefined;
  readonly nextUpdate?: number | undefined;
  readonly keyId?: Uint8Array | undefined;
};

/**
 * Makes a root CA for tests; all else comes from it. Real X.509, real keys, nothing on disk.
 *
 * @example
 * const root = await createTestCa({ subject: 'CN=Acme Root,O=Acme', key: 'P-384' })
 * const issuing = await root.intermediate('CN=Acme Issuing,O=Acme')
 * const leaf = await issuing.issue('CN=device-1')
 * const crl = issuing.issueCrl({ entries: [{ serial: leaf.serial }], number: 2 })
 */
export function createTestCa(options: TestCaOptions = {}): Promise<TestCa> {
  const { clock = systemClock, subject = 'CN=Test Root', ...rest } = options;
  return makeCa({ subject, clock, lifetime: 20 * year, options: { key: 'P-384', ...rest } });
}

interface CaRequest {
  readonly subject: string;
  readonly clock: { now(): number };
  readonly lifetime: number;
  readonly issuer?: TestCa;
  readonly options: CertificateOptions;
}

async function makeCa(request: CaRequest): Promise<TestCa> {
  const { subject, clock, issuer } = request;
  const { key: kind = 'P-256', ...options } = request.options;
  const key = typeof kind === 'string' ? await createTestKey(kind, subject) : kind;
  const certificate = await issueCertificate({
    ca: true,
    keyUsage: ['digitalSignature', 'keyCertSign', 'cRLSign'],
    ...validity(clock.now(), request.lifetime),
    ...options,
    subject,
    key,
    ...defined({ issuer }),
  });
  const below = (name: string, more: CertificateOptions, by: TestCa) =>
    makeCa({ subject: name, clock, lifetime: 10 * year, issuer: by, options: more });
  const again = (more: CertificateOptions) =>
    makeCa({ ...request, options: { ...request.options, ...more } });
  const ca: TestCa = {
    ...certificate,
    subject,
    key,
    ...defined({ issuer }),
    chain: [certificate, ...(issuer?.chain ?? [])],
    intermediate: (name, more = {}) => below(name, more, ca),
    issue: (name, more = {}) => makeLeaf(ca, name, clock.now(), more),
    renew: (more = {}) => again({ ...more, key }),
    rekey: (more = {}) => again({ key: key.kind, ...more }),
    crossSign: (other, more = {}) => below(other.subject, { ...more, key: other.key }, ca),
    issueCrl: (more = {}) => issueCrl(ca, clock.now(), more),
  };
  return Object.freeze(ca);
}

async function makeLeaf(
  issuer: TestCa,
  subject: string,
  now: number,
  options: CertificateOptions,
): Promise<TestLeaf> {
  const { key: kind = 'P-256', ...rest } = options;
  const key = typeof kind === 'string' ? await createTestKey(kind, subject) : kind;
  const certificate = await issueCertificate({
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: ['clientAuth'],
    ...validity(now, 30 * day),
    ...rest,
    subject,
    key,
    issuer,
  });
  // The root stays at home: who verifies has it or does not.
  const sent = [certificate, ...issuer.chain.slice(0, -1)];
  return Object.freeze({
    ...certificate,
    key,
    keyPem: key.pem,
    chainPem: sent.map((one) => one.pem).join(''),
  });
}

function issueCrl(ca: TestCa, now: number, options: CrlOptions): IssuedCrl {
  const { number, nextUpdate, keyId, ...rest } = {
    number: 1,
    nextUpdate: (options.thisUpdate ?? now) + day,
    keyId: ca.keyId,
    ...options,
  };
  return writeCrl({
    issuer: ca.subjectDer,
    key: ca.key,
    entries: [],
    thisUpdate: now,
    ...rest,
    ...defined({ number, nextUpdate, keyId }),
  });
}

/**
 * From five minutes ago, so that a clock a little behind does no harm. Whole seconds: a certificate
 * holds no more.
 */
function validity(now: number, lifetime: number) {
  const second = Math.floor(now / 1000) * 1000;
  return { notBefore: second - 5 * 60_000, notAfter: second + lifetime };
}
