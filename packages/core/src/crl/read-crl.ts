import { sha256Hex } from '../base/bytes.ts';
import {
  checkInteger,
  childrenOf,
  DerError,
  hexOf,
  oidText,
  readTlv,
  type Tlv,
  tags,
  timeOf,
} from '../base/der.ts';
import { signatureAlgorithm } from '../bundle/algorithm.ts';
import { readName } from '../bundle/name.ts';
import { readPem, writePem } from '../bundle/pem.ts';
import { TrustloomError } from '../errors/error.ts';
import type { Crl } from './crl.ts';
import { readEntries } from './entries.ts';

/**
 * Reads a list from its DER in one strict pass. A list without nextUpdate keeps its entries; what RFC 5280 forbids (trailing bytes, odd
 * lengths, times without seconds, unknown critical extensions) is refused, not guessed at. The signature is not checked here: see
 * `verifyCrl`.
 *
 * @throws TrustloomError `crl-malformed`
 * @see RFC 5280, 5
 */
export function readCrl(der: Uint8Array, file = 'list'): Crl {
  try {
    return read(der);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new TrustloomError('crl-malformed', `${file}: ${error.message}`, { context: { file } });
  }
}

/**
 * Reads a file with one list, PEM or DER.
 *
 * @throws TrustloomError `crl-malformed`, `private-key-in-bundle`, `pem-foreign-block`, `pem-headers`, `pem-malformed`
 * @example
 * const crl = parseCrl(await readFile('issuing.crl'), 'issuing.crl'); crl.has('0a3f')
 */
export function parseCrl(bytes: Uint8Array | string, file: string): Crl {
  const [block, second] = readPem(bytes, file);
  if (block === undefined)
    throw new TrustloomError('crl-malformed', `${file}: no list in this file`, { context: { file } });
  if (block.label === 'CERTIFICATE') {
    throw new TrustloomError(
      'crl-malformed',
      `${file}:${block.line}:1: a certificate stands where a list is expected`,
      { context: { file } },
    );
  }
  if (second !== undefined) {
    throw new TrustloomError(
      'crl-malformed',
      `${file}:${second.line}:1: more than one block; give one list a file`,
      { context: { file } },
    );
  }
  return readCrl(block.der, file);
}

/** The list as canonical PEM. */
export function crlPem(crl: Crl): string {
  return writePem('X509 CRL', crl.der);
}

function read(der: Uint8Array): Crl {
  const outer = readTlv(der, 0, der.length, tags.sequence);
  if (outer.end !== der.length) throw new DerError(`${der.length - outer.end} bytes after the list`);
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
  const entries = readEntries(der, fields.revoked);
  const extensions = readExtensions(der, fields.extensions);
  const scope = extensions.scope === 'complete' && entries.indirect ? 'indirect' : extensions.scope;
  if (entries.removes && scope !== 'delta')
    throw new DerError('an entry says removeFromCRL, which only a delta list may');
  const signed = signatureAlgorithm(der, algorithm);
  return Object.freeze({
    sha256: sha256Hex(der),
    der,
    issuer: readName(der, fields.issuer),
    ...(extensions.number === undefined ? {} : { number: extensions.number }),
    thisUpdate: fields.thisUpdate,
    ...(fields.nextUpdate === undefined ? {} : { nextUpdate: fields.nextUpdate }),
    ...(extensions.authorityKeyId === undefined ? {} : { authorityKeyId: extensions.authorityKeyId }),
    signatureName: signed.name,
    entryCount: entries.count,
    scope,
    signed: {
      tbs: { start: tbs.start, end: tbs.end },
      algorithm: signed,
      signature: { start: signature.content + 1, end: signature.end },
    },
    has: entries.has,
    serials: entries.serials,
  });
}

interface Fields {
  readonly algorithm: Tlv;
  readonly issuer: Tlv;
  readonly thisUpdate: number;
  readonly nextUpdate?: number;
  readonly revoked?: Tlv;
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
  const extensions = is(0xa0) ? next() : undefined;
  if (at !== tbs.end) throw new DerError(`unexpected field at byte ${at}`);
  if (version === 1 && extensions !== undefined) throw new DerError('extensions in a version 1 list');
  return {
    algorithm,
    issuer,
    thisUpdate,
    ...(nextUpdate === undefined ? {} : { nextUpdate }),
    ...(revoked === undefined ? {} : { revoked }),
    ...(extensions === undefined ? {} : { extensions }),
  };
}

interface ExtensionFacts {
  readonly number?: string;
  readonly authorityKeyId?: string;
  readonly scope: Crl['scope'];
}

/** RFC 5280, 5.2. */
function readExtensions(der: Uint8Array, wrapper: Tlv | undefined): ExtensionFacts {
  let facts: ExtensionFacts = { scope: 'complete' };
  if (wrapper === undefined) return facts;
  const list = readTlv(der, wrapper.content, wrapper.end, tags.sequence);
  if (list.end !== wrapper.end) throw new DerError(`bytes after the extensions at ${list.end}`);
  const seen = new Set<string>();
  for (const extension of childrenOf(der, list)) {
    const [type, second, third] = childrenOf(der, extension);
    const value = third ?? second;
    if (type === undefined || value?.tag !== tags.octetString)
      throw new DerError(`no extension at byte ${extension.start}`);
    const oid = oidText(der, type);
    if (seen.has(oid)) throw new DerError(`extension ${oid} stands twice`);
    seen.add(oid);
    facts = { ...facts, ...extensionFact(der, oid, value, third !== undefined) };
  }
  return facts;
}

function extensionFact(der: Uint8Array, oid: string, value: Tlv, critical: boolean): Partial<ExtensionFacts> {
  switch (oid) {
    case '2.5.29.20': {
      const number = readTlv(der, value.content, value.end, tags.integer);
      checkInteger(der, number);
      return { number: BigInt(`0x${hexOf(der, number.content, number.end)}`).toString() };
    }
    case '2.5.29.35': {
      const identifier = readTlv(der, value.content, value.end, tags.sequence);
      const keyId = childrenOf(der, identifier).find(({ tag }) => tag === 0x80);
      return keyId === undefined ? {} : { authorityKeyId: hexOf(der, keyId.content, keyId.end) };
    }
    case '2.5.29.27':
      return { scope: 'delta' };
    case '2.5.29.28': {
      const point = readTlv(der, value.content, value.end, tags.sequence);
      const fields = childrenOf(der, point);
      // Only a distribution point name and no restriction: still the complete list of its issuer.
      const restricted = fields.filter(({ tag }) => tag !== 0xa0);
      if (restricted.length === 0) return {};
      return {
        scope: restricted.some(({ tag, content }) => tag === 0x84 && der[content] !== 0)
          ? 'indirect'
          : 'partition',
      };
    }
    default:
      if (critical) throw new DerError(`critical extension ${oid} is not understood`);
      return {};
  }
}
