import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { bits, bool, int, nothing, octets, oid, printable, seq, set, time, tlv, utf8 } from './der-writer.ts';

export type KeyType = 'rsa' | 'p256' | 'p384' | 'p521';
export type SignatureForm = 'default' | 'sha1' | 'sha384' | 'sha512' | 'pss';

export interface Keys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const CURVES = { p256: 'prime256v1', p384: 'secp384r1', p521: 'secp521r1' } as const;

export const makeKeys = (type: KeyType = 'p256'): Keys =>
  type === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: CURVES[type] });

const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

export const keyIdOf = (key: KeyObject): Buffer => createHash('sha1').update(spkiOf(key)).digest();

const ATTRIBUTES: Readonly<Record<string, string>> = {
  C: '2.5.4.6',
  ST: '2.5.4.8',
  L: '2.5.4.7',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  CN: '2.5.4.3',
};

/** `C=US,O=Example,CN=a`: encoded in this order. */
export const nameOf = (text: string): Buffer =>
  seq(
    ...text
      .split(/(?<!\\),/)
      .filter((part) => part !== '')
      .map((part) => part.replaceAll('\\', ''))
      .map((part) => {
        const [type = '', ...value] = part.split('=');
        return set(
          seq(
            oid(ATTRIBUTES[type] ?? type),
            type === 'C' ? printable(value.join('=')) : utf8(value.join('=')),
          ),
        );
      }),
  );

const RSA = { sha1: '5', default: '11', sha384: '12', sha512: '13' } as const;
const EC = { sha1: '1', default: '3.2', sha384: '3.3', sha512: '3.4' } as const;
const HASH = { sha1: 'sha1', default: 'sha256', sha384: 'sha384', sha512: 'sha512', pss: 'sha256' } as const;
const SHA256 = seq(oid('2.16.840.1.101.3.4.2.1'), nothing());

function algorithmOf(key: KeyObject, form: SignatureForm): Buffer {
  if (form === 'pss')
    return seq(
      oid('1.2.840.113549.1.1.10'),
      seq(tlv(0xa0, SHA256), tlv(0xa1, seq(oid('1.2.840.113549.1.1.8'), SHA256)), tlv(0xa2, int(32))),
    );
  return key.asymmetricKeyType === 'rsa'
    ? seq(oid(`1.2.840.113549.1.1.${RSA[form]}`), nothing())
    : seq(oid(`1.2.840.10045.4.${EC[form]}`));
}

function signed(tbs: Buffer, key: KeyObject, form: SignatureForm): Buffer {
  const options =
    form === 'pss' ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : { key };
  return seq(tbs, algorithmOf(key, form), bits(sign(HASH[form], tbs, options)));
}

interface Extension {
  readonly oid: string;
  readonly critical?: boolean;
  readonly value: Uint8Array;
}

const extension = ({ oid: type, critical = false, value }: Extension): Buffer =>
  seq(oid(type), ...(critical ? [bool(true)] : []), octets(value));

export interface CertificateOptions {
  readonly subject: string;
  readonly keys: Keys;
  /** Left out: self-signed. */
  readonly issuer?: Authority;
  readonly serial?: bigint;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly ca?: boolean;
  readonly pathLength?: number;
  /**
   * Bits by number (0 digitalSignature, 5 keyCertSign, 6 cRLSign); null leaves the extension out.
   */
  readonly keyUsage?: readonly number[] | null;
  readonly eku?: readonly string[];
  /** Leaves the key identifiers out. */
  readonly noKeyIds?: boolean;
  readonly form?: SignatureForm;
  readonly version?: 1 | 3;
  readonly more?: readonly Extension[];
}

/** Something that signs. */
export interface Authority {
  readonly subject: string;
  readonly keys: Keys;
  readonly der: Uint8Array;
  readonly pem: string;
}

export const DAY = 86_400_000;
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

export const pemOf = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${(
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n')}\n-----END ${label}-----\n`;

const usageBits = (usage: readonly number[]) => {
  const value = usage.reduce((all, bit) => all | (0x80 >> bit), 0);
  const unused = value === 0 ? 0 : Math.log2(value & -value);
  return bits(Buffer.from([value]), unused);
};

let serials = 1000n;

export function makeCertificate(options: CertificateOptions): Authority {
  const { subject, keys, issuer, ca = false, form = 'default', version = 3 } = options;
  serials += 1n;
  const signer = issuer?.keys ?? keys;
  const usage = options.keyUsage === undefined ? (ca ? [5, 6] : [0]) : options.keyUsage;
  const extensions = [
    ...(ca || options.pathLength !== undefined
      ? [
          extension({
            oid: '2.5.29.19',
            critical: true,
            value: seq(bool(true), ...(options.pathLength === undefined ? [] : [int(options.pathLength)])),
          }),
        ]
      : []),
    ...(usage ? [extension({ oid: '2.5.29.15', critical: true, value: usageBits(usage) })] : []),
    ...(options.eku ? [extension({ oid: '2.5.29.37', value: seq(...options.eku.map(oid)) })] : []),
    ...(options.noKeyIds
      ? []
      : [
          extension({ oid: '2.5.29.14', value: octets(keyIdOf(keys.publicKey)) }),
          extension({ oid: '2.5.29.35', value: seq(tlv(0x80, keyIdOf(signer.publicKey))) }),
        ]),
    ...(options.more ?? []).map(extension),
  ];
  const tbs = seq(
    ...(version === 3 ? [tlv(0xa0, int(2))] : []),
    int(options.serial ?? serials),
    algorithmOf(signer.privateKey, form),
    nameOf(issuer?.subject ?? subject),
    seq(
      time(options.notBefore ?? new Date(Date.now() - DAY)),
      time(options.notAfter ?? new Date(Date.now() + 30 * DAY)),
    ),
    nameOf(subject),
    spkiOf(keys.publicKey),
    ...(version === 3 && extensions.length > 0 ? [tlv(0xa3, seq(...extensions))] : []),
  );
  const der = signed(tbs, signer.privateKey, form);
  return { subject, keys, der, pem: pemOf('CERTIFICATE', der) };
}

/** A CA with keys of its own. */
export const makeCa = (
  subject: string,
  options: Partial<CertificateOptions> & { readonly type?: KeyType } = {},
) => makeCertificate({ subject, keys: options.keys ?? makeKeys(options.type), ca: true, ...options });

/** A client certificate. */
export const makeLeaf = (
  issuer: Authority,
  options: Partial<CertificateOptions> & { readonly type?: KeyType } = {},
) =>
  makeCertificate({
    subject: 'C=US,O=Example,CN=client',
    keys: options.keys ?? makeKeys(options.type),
    issuer,
    eku: [CLIENT_AUTH],
    ...options,
  });

export interface CrlOptions {
  readonly serials?: readonly bigint[];
  readonly thisUpdate?: Date;
  /** null leaves it out. */
  readonly nextUpdate?: Date | null;
  readonly number?: bigint;
  readonly noKeyId?: boolean;
  readonly reason?: number;
  readonly form?: SignatureForm;
  readonly more?: readonly Extension[];
  /** Signs with another key than the issuer's. */
  readonly signer?: Keys;
}

export function makeCrl(issuer: Authority, options: CrlOptions = {}): Buffer {
  const key = (options.signer ?? issuer.keys).privateKey;
  const form = options.form ?? 'default';
  const thisUpdate = options.thisUpdate ?? new Date(Date.now() - 3_600_000);
  const date = time(thisUpdate);
  const reason =
    options.reason === undefined
      ? []
      : [seq(extension({ oid: '2.5.29.21', value: tlv(0x0a, Buffer.from([options.reason])) }))];
  const entries = (options.serials ?? []).map((serial) => seq(int(serial), date, ...reason));
  const nextUpdate = options.nextUpdate === undefined ? new Date(Date.now() + DAY) : options.nextUpdate;
  const extensions = [
    ...(options.noKeyId
      ? []
      : [extension({ oid: '2.5.29.35', value: seq(tlv(0x80, keyIdOf(issuer.keys.publicKey))) })]),
    extension({ oid: '2.5.29.20', value: int(options.number ?? 1n) }),
    ...(options.more ?? []).map(extension),
  ];
  const tbs = seq(
    int(1),
    algorithmOf(key, form),
    nameOf(issuer.subject),
    date,
    ...(nextUpdate ? [time(nextUpdate)] : []),
    ...(entries.length > 0 ? [seq(Buffer.concat(entries))] : []),
    tlv(0xa0, seq(...extensions)),
  );
  return signed(tbs, key, form);
}

export const keyPem = (keys: Keys): string =>
  keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
