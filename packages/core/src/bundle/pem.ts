import { createPrivateKey } from 'node:crypto';
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
  const text =
    typeof input === 'string'
      ? input
      : Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString('latin1');
  refuseKeys(text, file);
  const lines = text.split(/\r\n|\n|\r/);
  const blocks: PemBlock[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.startsWith('-----END ')) throw malformed(file, index, 'ends a block that was not begun');
    if (!line.startsWith('-----BEGIN')) continue;
    const label = begin.exec(line)?.[1];
    if (label === undefined) throw malformed(file, index, 'the boundary of the block is broken');
    const close = lines.findIndex((other, at) => at > index && other.trimEnd() === `-----END ${label}-----`);
    if (close === -1) throw malformed(file, index, 'the block has no end');
    blocks.push({
      label: knownLabel(label, file, index),
      der: decode(lines.slice(index + 1, close), file, index),
      line: index + 1,
    });
    index = close;
  }
  return blocks;
}

/** Canonical PEM of one block: 64 columns, LF, one final newline. */
export function writePem(label: 'CERTIFICATE' | 'X509 CRL', der: Uint8Array): string {
  const base64 = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** Looked for before anything else and by its words alone, so that no damage to the block around it hides a key. */
function refuseKeys(text: string, file: string): void {
  const found = /-----BEGIN [^-\n]*PRIVATE KEY/.exec(text) ?? /PuTTY-User-Key-File/.exec(text);
  if (found === null) return;
  throw keyFound(file, text.slice(0, found.index).split('\n').length);
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
  if (lines.some((line) => line.includes(':'))) {
    throw new TrustloomError(
      'pem-headers',
      `${file}:${index + 2}:1: the block has headers; certificates have none`,
      { context: { file, line: index + 2 } },
    );
  }
  const base64 = lines.join('').replace(/[ \t]/g, '');
  if (base64.length === 0 || base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    throw malformed(file, index, 'the text of the block is not base64');
  }
  return Uint8Array.from(Buffer.from(base64, 'base64'));
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

/** Tries the three forms in which private keys come as DER. */
function isPrivateKey(der: Uint8Array): boolean {
  return (['pkcs8', 'sec1', 'pkcs1'] as const).some((type) => {
    try {
      createPrivateKey({ key: Buffer.from(der), format: 'der', type });
      return true;
    } catch {
      return false;
    }
  });
}
