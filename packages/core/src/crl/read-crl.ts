import { TrustloomError } from '../errors/error.ts';
import { sha256Hex } from '../util/bytes.ts';
import { defined } from '../util/defined.ts';
import {
  checkInteger,
  childrenOf,
  DerError,
  hexOf,
  integerHex,
  readTlv,
  type Tlv,
  tags,
  timeOf,
} from '../util/der.ts';
import { signatureAlgorithm } from '../x509/algorithm.ts';
import { type Extension, extensionsOf } from '../x509/extensions.ts';
import { readName } from '../x509/name.ts';
import { readPem, writePem } from '../x509/pem.ts';
import type { Crl } from './crl.ts';
import { mostHeld, readEntries } from './entries.ts';
import { serialsOf } from './serials.ts';

/**
 * Reads a CRL from its DER in one strict pass. A CRL without nextUpdate keeps its entries; what
 * RFC 5280 forbids (trailing bytes, odd lengths, times without seconds, unknown critical
 * extensions) is refused, not guessed at. The signature is not checked here: see `verifyCrl`.
 *
 * @throws TrustloomError `crl-malformed`
 * @see RFC 5280, 5
 */
export function readCrl(der: Uint8Array, file = 'crl'): Crl {
  try {
    return read(der);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new TrustloomError('crl-malformed', `${file}: ${error.message}`, { context: { file } });
  }
}

/**
 * Reads a file with one CRL, PEM or DER.
 *
 * @throws TrustloomError `crl-malformed`, `private-key-in-bundle`, `pem-foreign-block`,
 *   `pem-headers`, `pem-malformed`
 * @example
 * const crl = parseCrl(await readFile('issuing.crl'), 'issuing.crl'); crl.has('0a3f')
 */
export function parseCrl(bytes: Uint8Array | string, file: string): Crl {
  const [block, second] = readPem(bytes, file, 2);
  if (block === undefined)
    throw new TrustloomError('crl-malformed', `${file}: no CRL in this file`, { context: { file } });
  if (block.label === 'CERTIFICATE') {
    throw new TrustloomError(
      'crl-malformed',
      `${file}:${block.line}:1: a certificate stands where a CRL is expected`,
      { context: { file } },
    );
  }
  if (second !== undefined) {
    throw new TrustloomError(
      'crl-malformed',
      `${file}:${second.line}:1: more than one block; give one CRL a file`,
      { context: { file } },
    );
  }
  return readCrl(block.der, file);
}

/** The CRL as canonical PEM. */
export function crlPem(crl: Crl): string {
  return writePem('X509 CRL', crl.der);
}

function read(der: Uint8Array): Crl {
  // Offsets are kept in 31 bits; a CRL of this size has fifty million entries.
  if (der.length >= 2 ** 31) throw new DerError('the CRL is larger than 2 GiB');
  const outer = readTlv(der, 0, der.length, tags.sequence);
  if (outer.end !== der.length) throw new DerError(`${der.length - outer.end} bytes after the CRL`);
  const tbs = readTlv(der, outer.content, outer.end, tags.sequence);
  const algorithm = readTlv(der, tbs.end, outer.end, tags.sequence);
  const signature = readTlv(der, algorithm.end, outer.end, tags.bitString);
  if (signature.end !== outer.end || der[signature.content] !== 0)
    throw new DerError('no signature at the end');
  const fields = readFields(der, tbs);
  if (
    hexOf(der, fields.algorithm.start, fields.algorithm.end) !== hexOf(der, algorithm.start, algorithm.end)
  ) {
    throw new DerError('the two signature algorithms differ');
  }
  const around = fields.revoked ?? { content: fields.behind, end: fields.behind };
  if (around.content > mostHeld || der.length - around.end > mostHeld)
    throw new DerError(`more than ${mostHeld} bytes before the entries, or behind them`);
  const entries = readEntries(der, fields.revoked);
  const extensions = readExtensions(der, fields.extensions);
  const scope = entries.indirect ? 'indirect' : extensions.scope;
  if (entries.removes && scope !== 'delta')
    throw new DerError('an entry says removeFromCRL, which only a delta CRL may');
  const signed = signatureAlgorithm(der, algorithm);
  let sha256: string | undefined;
  return Object.freeze({
    // Made when it is first asked for: it takes as long as reading the list.
    get sha256() {
      sha256 ??= sha256Hex(der);
      return sha256;
    },
    der,
    issuer: readName(der, fields.issuer),
    ...defined({ number: extensions.number }),
    thisUpdate: fields.thisUpdate,
    ...defined({ nextUpdate: fields.nextUpdate, authorityKeyId: extensions.authorityKeyId }),
    signatureName: signed.name,
    entryCount: entries.count,
    negativeSerials: entries.negative,
    scope,
    ...defined({ partition: extensions.partition, baseNumber: extensions.baseNumber }),
    signed: {
      tbs: { start: tbs.start, end: tbs.end },
      algorithm: signed,
      signature: { start: signature.content + 1, end: signature.end },
    },
    entries: { start: entries.start, end: entries.end },
    ...serialsOf(der, entries),
  });
}

interface Fields {
  readonly algorithm: Tlv;
  readonly issuer: Tlv;
  readonly thisUpdate: number;
  readonly nextUpdate?: number;
  readonly revoked?: Tlv;
  /** Offset behind the entries, or where they would stand. */
  readonly behind: number;
  readonly extensions?: Tlv;
}

/** The fields of tbsCertList, in their order; the entries are not walked here. */
function readFields(der: Uint8Array, tbs: Tlv): Fields {
  let at = tbs.content;
  const next = (expected?: number): Tlv => {
    const field = readTlv(der, at, tbs.end, expected);
    at = field.end;
    return field;
  };
  const is = (...wanted: readonly number[]) => at < tbs.end && wanted.includes(der[at] as number);
  let version = 1;
  if (is(tags.integer)) {
    const field = next();
    checkInteger(der, field);
    if (field.end - field.content !== 1 || der[field.content] !== 1)
      throw new DerError('neither version 1 nor 2');
    version = 2;
  }
  const algorithm = next(tags.sequence);
  const issuer = next(tags.sequence);
  const thisUpdate = timeOf(der, next());
  const nextUpdate = is(tags.utcTime, tags.generalizedTime) ? timeOf(der, next()) : undefined;
  const revoked = is(tags.sequence) ? next() : undefined;
  const behind = at;
  const extensions = is(0xa0) ? next() : undefined;
  if (at !== tbs.end) throw new DerError(`unexpected field at byte ${at}`);
  if (version === 1 && extensions !== undefined) throw new DerError('extensions in a version 1 CRL');
  return {
    algorithm,
    issuer,
    thisUpdate,
    behind,
    ...defined({ nextUpdate, revoked, extensions }),
  };
}

interface ExtensionInfo {
  readonly number?: string;
  readonly authorityKeyId?: string;
  readonly scope: Crl['scope'];
  readonly partition?: string;
  readonly baseNumber?: string;
}

/** RFC 5280, 5.2. */
function readExtensions(der: Uint8Array, wrapper: Tlv | undefined): ExtensionInfo {
  if (wrapper === undefined) return { scope: 'complete' };
  const info = extensionsOf(der, only(der, wrapper, tags.sequence)).map((one) => readExtension(der, one));
  const scopes = info.flatMap(({ scope }) => (scope === undefined ? [] : [scope]));
  // A delta CRL of a partition is a delta CRL; an indirect one is refused, whatever else it is.
  const scope = (['indirect', 'delta', 'partition'] as const).find((one) => scopes.includes(one));
  return { ...Object.assign({}, ...info), scope: scope ?? 'complete' };
}

function readExtension(der: Uint8Array, { oid, critical, value }: Extension): Partial<ExtensionInfo> {
  switch (oid) {
    case '2.5.29.20': {
      const number = only(der, value, tags.integer);
      checkInteger(der, number);
      return { number: integerText(der, number) };
    }
    case '2.5.29.35': {
      const keyId = childrenOf(der, only(der, value, tags.sequence)).find(({ tag }) => tag === 0x80);
      return keyId === undefined ? {} : { authorityKeyId: hexOf(der, keyId.content, keyId.end) };
    }
    case '2.5.29.27': {
      const base = only(der, value, tags.integer);
      checkInteger(der, base);
      return { scope: 'delta', baseNumber: integerText(der, base) };
    }
    case '2.5.29.28': {
      // A name alone restricts, too: such a CRL covers the certificates that name it (RFC 5280,
      // 6.3.3 (b)(2)(i)). AWS Private CA writes its partitions so.
      const fields = childrenOf(der, only(der, value, tags.sequence));
      if (fields.length === 0) return {};
      const indirect = fields.some(({ tag, content }) => tag === 0x84 && der[content] !== 0);
      const partition = sha256Hex(der.subarray(value.content, value.end)).slice(0, 16);
      return { scope: indirect ? 'indirect' : 'partition', partition };
    }
    default:
      if (critical) throw new DerError(`critical extension ${oid} is not understood`);
      return {};
  }
}

/** The one element inside another, which it fills. */
function only(der: Uint8Array, outer: Tlv, expected: number): Tlv {
  const inner = readTlv(der, outer.content, outer.end, expected);
  if (inner.end !== outer.end) throw new DerError(`bytes after the element at byte ${inner.start}`);
  return inner;
}

/** The longest CRL number that is read, in bytes: RFC 5280 allows 20. It is kept as text. */
const longestNumber = 127;

function integerText(der: Uint8Array, { start, content, end }: Tlv): string {
  if (end - content > longestNumber) throw new DerError(`number of ${end - content} bytes at byte ${start}`);
  const hex = integerHex(der, content, end);
  return (hex.startsWith('-') ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`)).toString();
}
