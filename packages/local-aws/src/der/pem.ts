import { DerError } from './reader.ts';

export interface PemBlock {
  readonly label: string;
  readonly der: Uint8Array;
}

const BEGIN = /^-----BEGIN ([A-Z0-9 ]+)-----$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Reads all blocks of a PEM text. Outside of the boundaries only empty lines and comments (`#`) may
 * stand; each service's own, stricter rules are the service's matter. Throws `DerError`.
 */
export function readPem(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let label: string | undefined;
  let body: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trimEnd();
    const fail = (what: string) => new DerError(`PEM, line ${index + 1}: ${what}`);
    if (label === undefined) {
      if (line === '' || line.startsWith('#')) continue;
      label = BEGIN.exec(line)?.[1];
      if (label === undefined) throw fail('text outside of the boundaries');
      body = [];
    } else if (line === `-----END ${label}-----`) {
      blocks.push({ label, der: decode(body.join(''), fail) });
      label = undefined;
    } else if (BASE64.test(line)) body.push(line);
    else throw fail('no base64');
  }
  if (label !== undefined) throw new DerError('PEM: a block does not end');
  return blocks;
}

function decode(base64: string, fail: (what: string) => DerError): Uint8Array {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === 0) throw fail('an empty block');
  if (bytes.toString('base64') !== base64) throw fail('base64 that is not well formed');
  return new Uint8Array(bytes);
}

/** Writes one block, lines of 64 characters, with a final newline. */
export function writePem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
