import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ServiceError } from '../service.ts';
import { crc32c, crc64nvme } from './crc.ts';
import type { ObjectVersion } from './state.ts';

const digest = (algorithm: string) => (body: Uint8Array) =>
  createHash(algorithm).update(body).digest('base64');

const COMPUTE = {
  CRC32: (body: Uint8Array) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(body));
    return bytes.toString('base64');
  },
  CRC32C: (body: Uint8Array) => Buffer.from(crc32c(body)).toString('base64'),
  CRC64NVME: (body: Uint8Array) => Buffer.from(crc64nvme(body)).toString('base64'),
  SHA1: digest('sha1'),
  SHA256: digest('sha256'),
} as const;

const NAMES = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;

/** Algorithms that S3 has and this emulator has not. */
const OTHERS = ['sha512', 'md5', 'xxhash3', 'xxhash64', 'xxhash128'] as const;

/**
 * Checks what the client says about the body (Content-MD5, x-amz-content-sha256, x-amz-checksum-…)
 * and returns the checksums to keep: the one that was given, else CRC32.
 */
export function checkBody(
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): ObjectVersion['checksums'] {
  const contentMd5 = headers['content-md5'];
  if (contentMd5 !== undefined && contentMd5 !== digest('md5')(body)) {
    throw new ServiceError('BadDigest', 400, 'The Content-MD5 you specified did not match what we received.');
  }
  const sha256 = headers['x-amz-content-sha256'];
  if (sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256)) {
    if (sha256 !== createHash('sha256').update(body).digest('hex')) {
      throw new ServiceError(
        'XAmzContentSHA256Mismatch',
        400,
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    }
  }
  const other = OTHERS.find((name) => headers[`x-amz-checksum-${name}`] !== undefined);
  if (other)
    throw new ServiceError('NotImplemented', 501, `The local AWS does not emulate the checksum ${other}.`);
  const given = NAMES.flatMap((name) => {
    const value = headers[`x-amz-checksum-${name.toLowerCase()}`];
    return value === undefined ? [] : [{ name, value }];
  });
  for (const { name, value } of given) {
    if (COMPUTE[name](body) !== value) {
      throw new ServiceError(
        'BadDigest',
        400,
        `The ${name} you specified did not match the calculated checksum.`,
      );
    }
  }
  if (given.length === 0) return { CRC32: COMPUTE.CRC32(body) };
  return Object.fromEntries(given.map(({ name, value }) => [name, value]));
}

/** Checksums as members of an output: `ChecksumCRC32` and the like. */
export function checksumMembers(version: ObjectVersion): ChecksumMembers {
  const members = Object.entries(version.checksums).map(([name, value]) => [`Checksum${name}`, value]);
  return { ...Object.fromEntries(members), ChecksumType: 'FULL_OBJECT' };
}

type ChecksumMembers = { readonly [K in (typeof NAMES)[number] as `Checksum${K}`]?: string } & {
  readonly ChecksumType: 'FULL_OBJECT';
};
