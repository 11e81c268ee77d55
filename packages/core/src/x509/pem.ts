import { TrustloomError } from '../errors/error.ts';
import { bufferOf } from '../util/bytes.ts';
import { readTlv, tags } from '../util/der.ts';

/** What a PEM or DER input holds: certificates and CRLs, nothing else. */
export interface PemBlock {
  /** `DER`: the file is no PEM; what it holds is found by reading it. */
  readonly label: 'CERTIFICATE' | 'X509 CRL' | 'DER';
  readonly der: Uint8Array;
  /** Line of the BEGIN boundary, from 1; 1 for DER. */
  readonly line: number;
}

const begin = /^-----BEGIN ([^-]*)-----\s*$/;
const boundary = /-----(?:BEGIN|END) /;

/** Without the byte order mark that some editors write, whether read as UTF-8 or byte by byte. */
function withoutByteOrderMark(text: string): string {
  return text.replace(/^(?:\uFEFF|\u00EF\u00BB\u00BF)/, '');
}

/** A line that has a boundary in it, or what looks like one, by offsets into the text. */
interface EdgeLine {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds such lines in rising order; whatever millions of other lines a file may have are passed
 * over at once.
 */
function edgeFinder(text: string): (from: number) => EdgeLine | undefined {
  const words = ['-----BEGIN', '-----END '];
  const positions = words.map(() => -1);
  return (from) => {
    words.forEach((word, index) => {
      if ((positions[index] as number) >= from) return;
      const position = text.indexOf(word, from);
      positions[index] = position === -1 ? text.length : position;
    });
    const found = Math.min(...positions);
    if (found === text.length) return undefined;
    let start = found;
    while (start > from && !isLineEnd(text.charCodeAt(start - 1))) start -= 1;
    let end = found;
    while (end < text.length && !isLineEnd(text.charCodeAt(end))) end += 1;
    return { start, end };
  };
}

const isLineEnd = (code: number) => code === 0x0a || code === 0x0d;

/** The number of the line, from 1, in which an offset stands, asked for in rising order. */
function lineCounter(text: string): (offset: number) => number {
  // Nearly every file has LF alone; else CR LF ends one line.
  const others = text.includes('\r') ? /\r\n|\n|\r/g : undefined;
  let line = 1;
  let at = 0;
  return (offset) => {
    line +=
      others === undefined
        ? count(text, '\n', at, offset)
        : (text.slice(at, offset).match(others)?.length ?? 0);
    at = offset;
    return line;
  };
}

/** How often a character stands in a part of a text. */
function count(text: string, character: string, from = 0, to = text.length): number {
  let found = 0;
  for (let at = text.indexOf(character, from); at !== -1 && at < to; at = text.indexOf(character, at + 1))
    found += 1;
  return found;
}

/**
 * Reads the blocks of a file strictly. Text around blocks (comments, `openssl x509 -text`) is
 * passed over; a block that is anything but a certificate or a CRL refuses the whole file, since
 * what is in a bundle gets distributed. DER is recognised by its first byte.
 *
 * @param most so many blocks are read at the most; all when absent
 * @throws TrustloomError `private-key-in-bundle`, `pem-foreign-block`, `pem-headers`,
 *   `pem-malformed`; never with input bytes
 * @see RFC 7468
 */
export function readPem(
  input: Uint8Array | string,
  file: string,
  most = Number.POSITIVE_INFINITY,
): readonly PemBlock[] {
  if (typeof input !== 'string' && isDer(input)) {
    if (isPrivateKey(input)) throw keyFound(file, 1);
    return [{ label: 'DER', der: input, line: 1 }];
  }
  const canonical = typeof input === 'string' ? undefined : canonicalCrl(input);
  if (canonical !== undefined) return [canonical];
  const text = withoutByteOrderMark(typeof input === 'string' ? input : bufferOf(input).toString('latin1'));
  refuseKeys(text, file);
  const nextEdge = edgeFinder(text);
  const lineOf = lineCounter(text);
  const blocks: PemBlock[] = [];
  for (let edge = nextEdge(0); edge !== undefined; edge = nextEdge(edge.end)) {
    if (blocks.length === most) break;
    const { start, end } = edge;
    const wrong = (what: string) => malformed(file, lineOf(start), what);
    if (text.startsWith('-----END ', start)) throw wrong('ends a block that was not begun');
    if (!text.startsWith('-----BEGIN', start)) {
      // A block that is indented or quoted would be passed over, and a CA with it. Commented out
      // with # it is meant to be.
      const [shown = ''] = text.slice(start, end).split('#', 1);
      if (boundary.test(shown)) throw wrong('the boundary of a block does not begin its line');
      continue;
    }
    const label = begin.exec(text.slice(start, end))?.[1];
    if (label === undefined) throw wrong('the boundary of the block is broken');
    const close = nextEdge(end);
    if (close === undefined || text.slice(close.start, close.end).trimEnd() !== `-----END ${label}-----`)
      throw wrong('the block has no end');
    const line = lineOf(start);
    const known = knownLabel(label, file, line);
    const der = decode(text.slice(end, close.start), file, line);
    if (isPrivateKey(der)) throw keyFound(file, line);
    blocks.push({ label: known, der, line });
    edge = close;
  }
  return blocks;
}

const crlBegin = '-----BEGIN X509 CRL-----\n';
const crlEnd = '-----END X509 CRL-----\n';
const columns = 64;

/**
 * One large CRL exactly as `writePem` and openssl write it, read at once: CRLs of hundreds of
 * thousands of entries come so. Anything else is undefined here, and judged line by line.
 */
function canonicalCrl(input: Uint8Array): PemBlock | undefined {
  const bytes = bufferOf(input);
  const end = bytes.length - crlEnd.length;
  if (bytes.length < 2 ** 16 || bytes.toString('latin1', 0, crlBegin.length) !== crlBegin) return undefined;
  if (bytes.toString('latin1', end) !== crlEnd) return undefined;
  const body = bytes.subarray(crlBegin.length, end);
  for (let at = columns; at < body.length - 1; at += columns + 1) if (body[at] !== 0x0a) return undefined;
  // The decoder passes over what is no base64 and takes the alphabet of URLs, too: so many bytes
  // come only from a text without either.
  if (body.at(-1) !== 0x0a || body.includes('-') || body.includes('_')) return undefined;
  const characters = body.length - Math.ceil(body.length / (columns + 1));
  const padding = Number(body.at(-2) === 0x3d) + Number(body.at(-3) === 0x3d);
  const length = (characters / 4) * 3 - padding;
  const der = decodeLines(body, length);
  if (der === undefined || !endsPlainly(der, body.toString('latin1', body.length - 5, body.length - 1)))
    return undefined;
  return isPrivateKey(der) ? undefined : { label: 'X509 CRL', der, line: 1 };
}

/**
 * So many lines are decoded at once: a text of tens of megabytes is never made, nor one that V8
 * would give pages of its own.
 */
const linesAtOnce = 512;

/**
 * Decodes full lines, the last of which may be shorter; undefined when that gives another number of
 * bytes.
 */
function decodeLines(body: Buffer, length: number): Buffer | undefined {
  if (!Number.isInteger(length)) return undefined;
  // With room for a line more, so that too many bytes show.
  const der = Buffer.allocUnsafeSlow(length + columns);
  let used = 0;
  for (let at = 0; at < body.length && used <= length; at += linesAtOnce * (columns + 1))
    used += der.write(body.toString('latin1', at, at + linesAtOnce * (columns + 1)), used, 'base64');
  return used === length ? der.subarray(0, length) : undefined;
}

/**
 * The last four characters may hold bits that no byte uses: only their zero form is taken, so that
 * a block has one text.
 */
function endsPlainly(bytes: Buffer, last: string): boolean {
  return bytes.toString('base64', Math.floor((bytes.length - 1) / 3) * 3) === last;
}

/** Length in characters of what `writePem` makes of so many bytes. */
export function pemLength(label: 'CERTIFICATE' | 'X509 CRL', bytes: number): number {
  const base64 = Math.ceil(bytes / 3) * 4;
  return base64 + Math.ceil(base64 / 64) + 2 * label.length + '-----BEGIN -----\n-----END -----\n'.length;
}

/** Canonical PEM of one block: 64 columns, LF, one final newline. */
export function writePem(label: 'CERTIFICATE' | 'X509 CRL', der: Uint8Array): string {
  const base64 = bufferOf(der).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/**
 * Words that stand beside private keys in PEM, in SSH's and PuTTY's formats, and in what `openssl
 * pkey -text` prints. The dashes are looked for behind the word, so that a file of dashes costs no
 * more than another.
 */
const keyWords =
  /BEGIN (?<=---- ?BEGIN )[^-\r\n]*PRIVATE KEY|PuTTY-User-Key-File|^[ \t]*(?:priv|privateExponent):/im;

/**
 * Looked for before anything else and by its words alone, so that no damage to the block around it
 * hides a key.
 */
function refuseKeys(text: string, file: string): void {
  // Nearly no file has even this much of them, and it is found out several times faster.
  const found = /priv|putty/i.test(text) ? keyWords.exec(text) : null;
  if (found === null) return;
  throw keyFound(file, lineCounter(text)(found.index));
}

function keyFound(file: string, line: number): TrustloomError {
  return new TrustloomError(
    'private-key-in-bundle',
    `${file}:${line}:1: a private key stands in this file; it was not read further, and nothing was written. Remove it, and treat it as exposed if the file was shared.`,
    { context: { file, line } },
  );
}

function knownLabel(label: string, file: string, line: number): 'CERTIFICATE' | 'X509 CRL' {
  if (label === 'CERTIFICATE' || label === 'X509 CRL') return label;
  if (/^[A-Z0-9 ]{1,40}$/.test(label)) {
    throw new TrustloomError(
      'pem-foreign-block',
      `${file}:${line}:1: a block of kind ${label} has no place here`,
      {
        context: { file, line },
      },
    );
  }
  throw malformed(file, line, 'the boundary of the block is broken');
}

/** Base64 with its padding at the end and white space anywhere. */
const base64 = /^[A-Za-z0-9+/ \t\r\n]*(?:=[ \t\r\n]*){0,2}$/;

function decode(body: string, file: string, line: number): Uint8Array {
  if (body.includes(':')) {
    throw new TrustloomError(
      'pem-headers',
      `${file}:${line + 1}:1: the block has headers; certificates have none`,
      { context: { file, line: line + 1 } },
    );
  }
  const blank = [...' \t\r\n'].reduce((sum, one) => sum + count(body, one), 0);
  const characters = body.length - blank;
  const bytes = Buffer.from(body, 'base64');
  if (characters === 0 || characters % 4 !== 0 || !base64.test(body) || !endsPlainly(bytes, lastFour(body)))
    throw malformed(file, line, 'the text of the block is not base64');
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The last four characters of a body that are no white space. */
function lastFour(body: string): string {
  let last = '';
  for (let at = body.length - 1; at >= 0 && last.length < 4; at -= 1)
    if (!' \t\r\n'.includes(body.charAt(at))) last = body.charAt(at) + last;
  return last;
}

function malformed(file: string, line: number, what: string): TrustloomError {
  return new TrustloomError('pem-malformed', `${file}:${line}:1: ${what}`, { context: { file, line } });
}

/** A DER file begins with a SEQUENCE of more than 127 bytes; text never does. */
function isDer(input: Uint8Array): boolean {
  return input.length > 2 && input[0] === 0x30 && (input[1] ?? 0) >= 0x80;
}

/**
 * True for the forms in which private keys come as DER: PKCS #1, SEC 1, PKCS #8 and PKCS #12 begin
 * with an INTEGER, an encrypted PKCS #8 with an algorithm before an OCTET STRING; certificates and
 * CRLs with neither. What cannot be read so far is judged by who reads it.
 */
function isPrivateKey(der: Uint8Array): boolean {
  try {
    const outer = readTlv(der, 0, der.length, tags.sequence);
    const first = readTlv(der, outer.content, outer.end);
    if (first.tag === tags.integer) return true;
    return first.tag === tags.sequence && der[first.end] === tags.octetString && first.end < outer.end;
  } catch {
    return false;
  }
}
