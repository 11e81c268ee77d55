/** `aws-chunked` bodies: chunks with a size line (and perhaps a signature), then trailers. */

/** A decoded body, with the trailers that came behind it. */
export interface Decoded {
  readonly body: Uint8Array;
  readonly trailers: Readonly<Record<string, string>>;
}

/** Whether the headers say that the body is framed. */
export function isChunked(headers: Readonly<Record<string, string>>): boolean {
  return (
    (headers['content-encoding'] ?? '').split(',').some((coding) => coding.trim() === 'aws-chunked') ||
    (headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-')
  );
}

/** Takes the framing off. Returns undefined when it is broken. */
export function decodeChunked(framed: Uint8Array): Decoded | undefined {
  const buffer = Buffer.from(framed.buffer, framed.byteOffset, framed.byteLength);
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = buffer.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const size = /^([0-9a-fA-F]{1,8})(?:;|$)/.exec(buffer.toString('latin1', at, end))?.[1];
    if (size === undefined) return undefined;
    const length = Number.parseInt(size, 16);
    at = end + 2;
    if (length === 0)
      return { body: Buffer.concat(parts), trailers: readTrailers(buffer.toString('latin1', at)) };
    if (
      at + length + 2 > buffer.length ||
      buffer.toString('latin1', at + length, at + length + 2) !== '\r\n'
    ) {
      return undefined;
    }
    parts.push(buffer.subarray(at, at + length));
    at += length + 2;
  }
}

function readTrailers(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text
      .split('\r\n')
      .map((line) => /^([^:\s]+):\s*(.*)$/.exec(line))
      .flatMap((found) => (found?.[1] === undefined ? [] : [[found[1].toLowerCase(), found[2] ?? '']])),
  );
}
