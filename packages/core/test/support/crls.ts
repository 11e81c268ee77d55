import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { name, oid, sequence, tlv, utcTime } from './der.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ecdsaSha256 = sequence(oid('2a8648ce3d040302'));

/**
 * Parts of a CRL as they shall stand, in DER; what is left out is as a careful CA would have it.
 */
export interface CrlParts {
  /** Default version 2; empty for version 1. */
  readonly version?: Uint8Array;
  readonly issuer?: Uint8Array;
  readonly thisUpdate?: Uint8Array;
  readonly nextUpdate?: Uint8Array;
  /** The entries; absent: no revokedCertificates at all. */
  readonly entries?: readonly Uint8Array[];
  readonly extensions?: readonly Uint8Array[];
  readonly innerAlgorithm?: Uint8Array;
  /** How many bits of the signature's last byte are said to be unused; default none. */
  readonly unusedBits?: number;
}

/** A CRL, signed by a key of its own, from parts that need not be right. */
export function crlOf(parts: CrlParts = {}): Buffer {
  const tbs = sequence(
    parts.version ?? Buffer.of(2, 1, 1),
    parts.innerAlgorithm ?? ecdsaSha256,
    parts.issuer ?? name(Buffer.from('Acme')),
    parts.thisUpdate ?? utcTime('261124100000Z'),
    parts.nextUpdate ?? utcTime('261125100000Z'),
    ...(parts.entries === undefined ? [] : [sequence(Buffer.concat(parts.entries))]),
    ...(parts.extensions === undefined ? [] : [tlv(0xa0, sequence(...parts.extensions))]),
  );
  const signature = sign('sha256', tbs, privateKey);
  return sequence(tbs, ecdsaSha256, tlv(0x03, Buffer.of(parts.unusedBits ?? 0), signature));
}

/** One entry: serial and time as they shall stand, extensions behind. */
export function entry(
  serial: Uint8Array,
  time: Uint8Array = utcTime('261124093000Z'),
  ...more: Uint8Array[]
) {
  return sequence(serial, time, ...more);
}

/** A serial of 16 bytes for each number, positive, spread over all values. */
export function serialOf(index: number): string {
  const hex = createHash('sha256').update(String(index)).digest('hex').slice(0, 32);
  return `4${hex.slice(1)}`;
}
