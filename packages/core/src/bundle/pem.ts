import { readTlv, tags } from '../base/der.ts';
import { TrustloomError } from '../errors/error.ts';

/** What a PEM or DER input holds: certificates and lists, nothing else. */
export interface PemBlock {
  /** `DER`: the file is no PEM; what it holds is told by reading it. */
  readonly label: 'CERTIFICATE' | 'X509 CRL' | 'DER';
  readonly der: Uint8Array;
  /** Line of the BEGIN boundary, from 1; 1 for DER. */
  readonly line: number;
}

const begin = /^-----BEGIN ([^-]*)-----\s*$/;
const boundary = /^[^#]*-----(?:BEGIN|END) /;

/** By the ends of lines that RFC 7468 knows, CRLF, LF and CR; nearly every file has LF alone. */
function linesOf(text: string): readonly string[] {
  return text.split(text.includes('\r') ? /\r\n|\n|\r/ : '\n');
}

/** The line that ends a block: the first boundary after its beginning, if that is its own. */
function endOf(lines: readonly string[], start: number, label: string): number {
  for (let at = start + 1; at < lines.length; at += 1) {
    const line = lines[at] as string;
    if (line.startsWith('-----')) return line.trimEnd() === `-----END ${label}-----` ? at : -1;
  }
  return -1;
}

/** Without the byte order mark that some editors write, whether read as UTF-8 or byte by byte. */
function withoutMark(text: string): string {
  return text.replace(/^(?:\uFEFF|\u00EF\u00BB\u00BF)/, '');
}

/**
 * Reads the blocks of a file strictly. Text around blocks (comments, `openssl x509 -text`) is passed over; a block that is anything
 * but a certificate or a list refuses the whole file, since what is in a bundle gets distributed. DER is told by its first byte.
 *
 * @throws TrustloomError `private-key-in-bundle`, `pem-foreign-block`, `pem-headers`, `pem-malformed`; never with input bytes
 * @see RFC 7468
 */
export function readPem(input: Uint8Array | string, file: string): readonly PemBlock[] {
  if (typeof input !== 'string' && isDer(input)) {
    if (isPrivateKey(input)) throw keyFound(file, 1);
    return [{ label: 'DER', der: input, line: 1 }];
  }
  const canonical = typeof input === 'string' ? undefined : canonicalList(input);
  if (canonical !== undefined) return [canonical];
  const text =
    typeof input === 'string'
      ? input
      : Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString('latin1');
  refuseKeys(text, file);
  const lines = linesOf(withoutMark(text));
  const blocks: PemBlock[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.startsWith('-----END ')) throw malformed(file, index, 'ends a block that was not begun');
    if (!line.startsWith('-----BEGIN')) {
      // A block that is indented or quoted would be passed over, and a CA with it. Commented out with # it is meant to be.
      if (boundary.test(line))
        throw malformed(file, index, 'the boundary of a block does not begin its line');
      continue;
    }
    const label = begin.exec(line)?.[1];
    if (label === undefined) throw malformed(file, index, 'the boundary of the block is broken');
    const close = endOf(lines, index, label);
    if (close === -1) throw malformed(file, index, 'the block has no end');
    const known = knownLabel(label, file, index);
    const der = decode(lines.slice(index + 1, close), file, index);
    if (isPrivateKey(der)) throw keyFound(file, index + 1);
    blocks.push({ label: known, der, line: index + 1 });
    index = close;
  }
  return blocks;
}

const listBegin = '-----BEGIN X509 CRL-----\n';
const listEnd = '-----END X509 CRL-----\n';
const columns = 64;

/**
 * One large list exactly as `writePem` and openssl write it, read at once: lists of hundreds of thousands of entries come so. Anything
 * else is undefined here, and judged line by line.
 */
function canonicalList(input: Uint8Array): PemBlock | undefined {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const end = bytes.length - listEnd.length;
  if (bytes.length < 2 ** 16 || bytes.toString('latin1', 0, listBegin.length) !== listBegin) return undefined;
  if (bytes.toString('latin1', end) !== listEnd) return undefined;
  const body = bytes.subarray(listBegin.length, end);
  for (let at = columns; at < body.length - 1; at += columns + 1) if (body[at] !== 0x0a) return undefined;
  // The decoder passes over what is no base64 and takes the alphabet of URLs, too: so many bytes come only from a text without either.
  if (body.at(-1) !== 0x0a || body.includes('-') || body.includes('_')) return undefined;
  const characters = body.length - Math.ceil(body.length / (columns + 1));
  const padding = Number(body.at(-2) === 0x3d) + Number(body.at(-3) === 0x3d);
  const der = Buffer.from(body.toString('latin1'), 'base64');
  if (
    der.length !== (characters / 4) * 3 - padding ||
    !endsPlainly(der, body.toString('latin1', body.length - 5, body.length - 1))
  )
    return undefined;
  return isPrivateKey(der) ? undefined : { label: 'X509 CRL', der, line: 1 };
}

/** The last four characters may hold bits that no byte uses: only their zero form is taken, so that a block has one text. */
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
  const base64 = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** Words that stand beside private keys in PEM, in SSH's and PuTTY's formats, and in what `openssl pkey -text` prints. */
const keyWords = /-{4,5} ?BEGIN [^-\r\n]*PRIVATE KEY|PuTTY-User-Key-File|^[ \t]*(?:priv|privateExponent):/im;

/** Looked for before anything else and by its words alone, so that no damage to the block around it hides a key. */
function refuseKeys(text: string, file: string): void {
  // Nearly no file has even this much of them, and it is found out several times faster.
  const found = /priv|putty/i.test(text) ? keyWords.exec(text) : null;
  if (found === null) return;
  throw keyFound(file, linesOf(text.slice(0, found.index)).length);
}

function keyFound(file: string, line: number): TrustloomError {
  return new TrustloomError(
    'private-key-in-bundle',
    `${file}:${line}:1: a private key stands in this file; it was not read further, and nothing was written. Remove it, and treat it as exposed if the file was shared.`,
    { context: { file, line } },
  );
}

function knownLabel(label: string, file: string, index: number): 'CERTIFICATE' | 'X509 CRL' {
  if (label === 'CERTIFICATE' || label === 'X509 CRL') return label;
  if (/^[A-Z0-9 ]{1,40}$/.test(label)) {
    throw new TrustloomError(
      'pem-foreign-block',
      `${file}:${index + 1}:1: a block of kind ${label} has no place here`,
      {
        context: { file, line: index + 1 },
      },
    );
  }
  throw malformed(file, index, 'the boundary of the block is broken');
}

function decode(lines: readonly string[], file: string, index: number): Uint8Array {
  const text = lines.join('');
  if (text.includes(':')) {
    throw new TrustloomError(
      'pem-headers',
      `${file}:${index + 2}:1: the block has headers; certificates have none`,
      { context: { file, line: index + 2 } },
    );
  }
  const base64 = /[ \t]/.test(text) ? text.replace(/[ \t]/g, '') : text;
  const bytes = Buffer.from(base64, 'base64');
  if (
    base64.length === 0 ||
    base64.length % 4 !== 0 ||
    !/^[A-Za-z0-9+/]+={0,2}$/.test(base64) ||
    !endsPlainly(bytes, base64.slice(-4))
  ) {
    throw malformed(file, index, 'the text of the block is not base64');
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function malformed(file: string, index: number, what: string): TrustloomError {
  return new TrustloomError('pem-malformed', `${file}:${index + 1}:1: ${what}`, {
    context: { file, line: index + 1 },
  });
}

/** A DER file begins with a SEQUENCE of more than 127 bytes; text never does. */
function isDer(input: Uint8Array): boolean {
  return input.length > 2 && input[0] === 0x30 && (input[1] ?? 0) >= 0x80;
}

/**
 * True for the forms in which private keys come as DER: PKCS #1, SEC 1, PKCS #8 and PKCS #12 begin with an INTEGER, an encrypted PKCS #8
 * with an algorithm before an OCTET STRING; certificates and lists with neither. What cannot be read so far is judged by who reads it.
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
