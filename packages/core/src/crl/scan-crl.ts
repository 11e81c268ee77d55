import { createHash, createVerify, type Verify } from 'node:crypto';
import { TrustloomError } from '../errors/error.ts';
import { defined } from '../util/defined.ts';
import { DerError, readTlv, type Tlv, tags } from '../util/der.ts';
import { signatureAlgorithm } from '../x509/algorithm.ts';
import type { Certificate } from '../x509/certificate.ts';
import { verificationKey } from '../x509/x509.ts';
import type { Crl, SerialVisitor } from './crl.ts';
import { mostHeld, walkEntries } from './entries.ts';
import { readCrl } from './read-crl.ts';
import { eachSerialIn } from './serials.ts';
import { howToVerify, verifyCrl } from './verify-crl.ts';

/** A list that was read in passing: all that `Crl` says of it, but for what needs its bytes. */
export interface ScannedCrl
  extends Omit<Crl, 'der' | 'entries' | 'signed' | 'has' | 'hasInteger' | 'serials' | 'eachSerial'> {
  /** Length of its DER in bytes. */
  readonly size: number;
  /** Which of the given CAs signed it; absent when none did. */
  readonly signedBy?: Certificate;
}

/**
 * Reads a list as it comes, as strictly as `readCrl`, and shows its serials in passing: neither its bytes nor its entries are kept, so
 * that a list of any size takes a few megabytes. What `visit` was shown counts only when this returns with `signedBy`.
 *
 * @param chunks DER in pieces of any size; one buffer may serve for all of them
 * @param options.issuers CAs that may have signed it
 * @param options.visit is shown each serial, in bytes that are not kept
 * @throws TrustloomError `crl-malformed`
 * @example
 * const { signedBy, entryCount } = await scanCrl(createReadStream('ca.crl'), { issuers: [ca], visit })
 */
export async function scanCrl(
  chunks: AsyncIterable<Uint8Array>,
  options: {
    readonly issuers: readonly Certificate[];
    readonly visit?: SerialVisitor;
    readonly file?: string;
  },
): Promise<ScannedCrl> {
  try {
    return await scan(chunks, options.issuers, options.visit ?? (() => undefined));
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    const file = options.file ?? 'list';
    throw new TrustloomError('crl-malformed', `${file}: ${error.message}`, { context: { file } });
  }
}

async function scan(
  chunks: AsyncIterable<Uint8Array>,
  issuers: readonly Certificate[],
  visit: SerialVisitor,
): Promise<ScannedCrl> {
  const sha256 = createHash('sha256');
  const seen = { entryCount: 0, indirect: false, removes: false, negative: false };
  let head: Head | undefined;
  let size = 0;
  // What was not walked over yet, in a buffer that serves for all pieces; it ends where the list has been read up to.
  let buffer = Buffer.alloc(0);
  let held = buffer;
  for await (const chunk of chunks) {
    sha256.update(chunk);
    size += chunk.length;
    const length = held.length + chunk.length;
    const room = length > buffer.length ? Buffer.alloc(length + mostHeld) : buffer;
    room.set(held);
    room.set(chunk, held.length);
    buffer = room;
    held = room.subarray(0, length);
    if (head === undefined) {
      if (held.length < mostHeld) continue;
      head = readHead(held, issuers);
      head.feed(held, 0);
      held = held.subarray(head.start);
    } else head.feed(chunk, size - chunk.length);
    const at = size - held.length;
    if (at < head.end) {
      const { count, end, ...flags } = walkEntries(held, 0, Math.min(held.length, head.end - at));
      eachSerialIn(held, { start: 0, end }, visit);
      seen.entryCount += count;
      seen.indirect ||= flags.indirect;
      seen.removes ||= flags.removes;
      seen.negative ||= flags.negative;
      held = held.subarray(end);
    }
    if (held.length > mostHeld + chunk.length)
      throw new DerError(`too much stands at byte ${size - held.length}`);
  }
  if (head === undefined) return small(held, issuers, visit);
  if (size - held.length !== head.end || size !== head.size) throw new DerError(`cut at byte ${size}`);
  const rest = readCrl(head.withoutEntries(held));
  const scope = seen.indirect ? 'indirect' : rest.scope;
  if (seen.removes && scope !== 'delta')
    throw new DerError('an entry says removeFromCRL, which only a delta list may');
  const signedBy = head.signedBy(rest);
  const { der: _, entries, signed, has, hasInteger, serials, eachSerial, ...facts } = rest;
  return {
    ...facts,
    sha256: sha256.digest('hex'),
    size,
    entryCount: seen.entryCount,
    negativeSerials: seen.negative,
    scope,
    ...defined({ signedBy }),
  };
}

/** A list that is held whole anyway. */
function small(der: Uint8Array, issuers: readonly Certificate[], visit: SerialVisitor): ScannedCrl {
  const crl = readCrl(der);
  crl.eachSerial(visit);
  const signedBy = issuers.find((ca) => verifyCrl(crl, ca) === 'valid');
  const { der: _, entries, signed, has, hasInteger, serials, eachSerial, ...facts } = crl;
  return {
    ...facts,
    sha256: crl.sha256,
    size: der.length,
    ...defined({ signedBy }),
  };
}

/** What stands before the entries. Offsets are those of the list. */
interface Head {
  /** Where the entries stand. */
  readonly start: number;
  readonly end: number;
  /** Of the whole list, in bytes. */
  readonly size: number;
  /** Takes the next bytes of the list, for its signature. */
  feed(bytes: Uint8Array, at: number): void;
  /** The same list with no entries, from what stands behind them: for everything but its entries and its signature. */
  withoutEntries(behind: Uint8Array): Uint8Array;
  signedBy(rest: Crl): Certificate | undefined;
}

function readHead(der: Buffer, issuers: readonly Certificate[]): Head {
  const outer = readTlv(der, 0, Number.POSITIVE_INFINITY, tags.sequence);
  const tbs = readTlv(der, outer.content, outer.end, tags.sequence);
  let at = tbs.content;
  const next = (): Tlv => {
    const field = readTlv(der, at, der.length);
    at = field.end;
    return field;
  };
  if (der[at] === tags.integer) next();
  const algorithm = signatureAlgorithm(der, next());
  const issuer = next();
  next();
  if (der[at] === tags.utcTime || der[at] === tags.generalizedTime) next();
  const before = Buffer.from(der.subarray(tbs.content, at));
  const list = der[at] === tags.sequence ? readTlv(der, at, tbs.end) : { content: at, end: at };
  const how = howToVerify(algorithm);
  const name = der.toString('hex', issuer.start, issuer.end);
  const checks = issuers
    .filter(({ subject }) => subject.der === name && how !== undefined)
    .map((ca): readonly [Certificate, Verify] => [ca, createVerify(how?.hash ?? '')]);
  return {
    start: list.content,
    end: list.end,
    size: outer.end,
    feed(bytes, from) {
      const [start, end] = [Math.max(0, tbs.start - from), Math.min(bytes.length, tbs.end - from)];
      if (start < end) for (const [, check] of checks) check.update(bytes.subarray(start, end));
    },
    withoutEntries(behind) {
      const split = tbs.end - list.end;
      return sequence(sequence(before, behind.subarray(0, split)), behind.subarray(split));
    },
    signedBy({ der: bytes, signed: { signature } }) {
      const given = bytes.subarray(signature.start, signature.end);
      return checks.find(([ca, check]) =>
        check.verify({ key: verificationKey(ca), ...how?.options }, given),
      )?.[0];
    },
  };
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const header = content.length < 0x80 ? length : Buffer.of(0x80 | length.length, ...length);
  return Buffer.concat([Buffer.of(tags.sequence), header, content]);
}
