import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { systemClock } from '@trustloom/aws';
import type { CrlEntry } from './crl.ts';
import { pem } from './der.ts';
import type { KeyKind } from './keys.ts';
import { type CertificateOptions, createTestCa, type TestCa, type TestLeaf } from './test-ca.ts';

/** What a Serverless CA is made from. */
export interface ServerlessCaOptions {
  /** Publishes into the bucket: of the account that runs the CA. */
  readonly s3: S3Client;
  /** The publication bucket; it must exist. Its usual name: `serverlessCaBucket`. */
  readonly bucket: string;
  /** The module's `project`; default `serverless`. */
  readonly project?: string;
  /** The module's `env`; default `dev`. */
  readonly env?: string;
  /** Common names are `<name> Root CA` and `<name> Issuing CA`; default `Serverless`. */
  readonly name?: string;
  readonly rootKey?: KeyKind;
  readonly issuingKey?: KeyKind;
  readonly clock?: { now(): number };
}

/** Keys of what is published. */
export interface ServerlessCaKeys {
  readonly bundle: string;
  readonly rootCertificate: string;
  readonly issuingCertificate: string;
  readonly rootCrl: string;
  readonly rootCrlPem: string;
  readonly issuingCrl: string;
  readonly issuingCrlPem: string;
}

/** A private CA that publishes as terraform-aws-ca (Serverless CA, v4) does. */
export interface ServerlessCa {
  readonly keys: ServerlessCaKeys;
  root(): TestCa;
  /** The issuing CA of today; a re-key or renewal replaces it. */
  issuing(): TestCa;
  /** A client certificate: clientAuth, 30 days, no OCSP address. */
  issue(subject: string, options?: CertificateOptions): Promise<TestLeaf>;
  /** Notes a revocation. It is published by the next run, as it is there: up to 24 hours later. */
  revoke(serial: string): void;
  /**
   * What runs at 08:15 each day, or by hand: both CRLs, each with the next number, for a day and
   * ten minutes from now.
   */
  dailyRun(): Promise<void>;
  /**
   * The issuing CA is made anew with a new key: the bundle is overwritten with only the new pair,
   * the number starts again.
   */
  rekeyIssuing(): Promise<void>;
  /** The same with the key kept: clients of the old certificate still chain. */
  renewIssuing(): Promise<void>;
}

/** Every object has it, the PEM bundle too: default argument of the module's upload function. */
const contentType = 'application/x-pkcs7-crl';

/** `issuing_crl_days` and `issuing_crl_seconds` of the module: a day and ten minutes, in ms. */
const crlLifeMs = (24 * 3600 + 600) * 1000;

/** Environments whose name is left out of object names: default of the module's `prod_envs`. */
const prodEnvs = ['prd', 'prod'];

/** Name of the publication bucket as the module makes it: `serverless-ca-external-dev-abc12`. */
export function serverlessCaBucket(project = 'serverless', env = 'dev', random = 'abc12'): string {
  return `${project}-ca-external-${env}-${random}`;
}

/** Keys of the published objects. */
export function serverlessCaKeys(project = 'serverless', env = 'dev'): ServerlessCaKeys {
  const tail = prodEnvs.includes(env) ? '' : `-${env}`;
  return Object.freeze({
    bundle: `${project}-ca-bundle${tail}.pem`,
    rootCertificate: `${project}-root-ca${tail}.crt`,
    issuingCertificate: `${project}-issuing-ca${tail}.crt`,
    rootCrl: `${project}-root-ca${tail}.crl`,
    rootCrlPem: `${project}-root-ca${tail}.crl.pem`,
    issuingCrl: `${project}-issuing-ca${tail}.crl`,
    issuingCrlPem: `${project}-issuing-ca${tail}.crl.pem`,
  });
}

/**
 * Starts a private CA in the exact shape of Serverless CA: bucket layout, object names, encodings,
 * content types, algorithms, life of its CRLs. The first run is done: root and issuing CA, the
 * bundle (root first), both lists.
 *
 * @example
 * const bucket = serverlessCaBucket()
 * const ca = await startServerlessCa({ s3, bucket })
 * const leaf = await ca.issue('CN=device-1')
 * ca.revoke(leaf.serial)
 * await ca.dailyRun()
 */
export async function startServerlessCa(options: ServerlessCaOptions): Promise<ServerlessCa> {
  const { s3, bucket, clock = systemClock, name = 'Serverless' } = options;
  const keys = serverlessCaKeys(options.project, options.env);
  const put = async (key: string, body: string | Uint8Array) => {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType }));
  };

  const root = await createTestCa({
    subject: `CN=${name} Root CA,O=${name},C=GB`,
    key: options.rootKey ?? 'P-384',
    clock,
  });
  const state: { issuing: TestCa; rootNumber: number; issuingNumber: number; revoked: readonly CrlEntry[] } =
    {
      issuing: await root.intermediate(`CN=${name} Issuing CA,O=${name},C=GB`, {
        key: options.issuingKey ?? 'P-256',
      }),
      rootNumber: 0,
      issuingNumber: 0,
      revoked: [],
    };

  const publishCertificates = async () => {
    await put(keys.rootCertificate, root.pem);
    await put(keys.issuingCertificate, state.issuing.pem);
    await put(keys.bundle, root.pem + state.issuing.pem);
  };
  /**
   * First the DER object, then the PEM one: a reader may see the one new and the other old, as
   * there.
   */
  const publishCrl = async (
    ca: TestCa,
    number: number,
    entries: readonly CrlEntry[],
    der: string,
    text: string,
  ) => {
    const thisUpdate = Math.floor(clock.now() / 1000) * 1000;
    const crl = ca.issueCrl({ entries, number, thisUpdate, nextUpdate: thisUpdate + crlLifeMs });
    await put(der, crl.der);
    await put(text, pem('X509 CRL', crl.der));
  };
  const dailyRun = async () => {
    state.rootNumber += 1;
    await publishCrl(root, state.rootNumber, [], keys.rootCrl, keys.rootCrlPem);
    state.issuingNumber += 1;
    // Never pruned, and not separated by issuer: after a re-key the new CA's CRL holds the old
    // CA's serials too.
    await publishCrl(state.issuing, state.issuingNumber, state.revoked, keys.issuingCrl, keys.issuingCrlPem);
  };
  const replaceIssuing = async (issuing: TestCa) => {
    state.issuing = issuing;
    state.issuingNumber = 0;
    await publishCertificates();
    await dailyRun();
  };

  await publishCertificates();
  await dailyRun();
  return Object.freeze({
    keys,
    root: () => root,
    issuing: () => state.issuing,
    issue: (subject: string, more: CertificateOptions = {}) =>
      state.issuing.issue(subject, {
        keyUsage: ['digitalSignature', 'keyEncipherment'],
        policy: '2.23.140.1.2.1',
        ...more,
      }),
    revoke(serial: string) {
      state.revoked = [...state.revoked, { serial, date: Math.floor(clock.now() / 1000) * 1000 }];
    },
    dailyRun,
    rekeyIssuing: async () => replaceIssuing(await state.issuing.rekey()),
    renewIssuing: async () => replaceIssuing(await state.issuing.renew()),
  });
}
