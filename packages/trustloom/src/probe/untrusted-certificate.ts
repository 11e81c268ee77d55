import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { ProbeClient } from './report.ts';

const dayMs = 86_400_000;

/**
 * A client certificate that nobody trusts, made on the spot: self-signed, for client
 * authentication, for a day, with a key that never leaves this process. Written in DER by hand: it
 * is all that is ever made here.
 *
 * @see RFC 5280, 4.1
 */
export function untrustedCertificate(now: number): ProbeClient {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('2a8648ce3d040302')); // ecdsa-with-SHA256
  const name = sequence(
    tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from('trustloom probe, trusted by nobody')))),
  );
  const extension = (type: string, critical: boolean, value: Buffer) =>
    sequence(oid(type), ...(critical ? [tlv(0x01, Buffer.from([0xff]))] : []), tlv(0x04, value));
  const extensions = sequence(
    extension('551d13', true, sequence()), // not a CA
    extension('551d0f', true, tlv(0x03, Buffer.from([7, 0x80]))), // digitalSignature
    extension('551d25', false, sequence(oid('2b06010505070302'))), // clientAuth
  );
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([0x41]), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(now - dayMs), time(now + dayMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, extensions),
  );
  const signature = tlv(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]));
  const der = sequence(body, algorithm, signature).toString('base64');
  return {
    name: 'untrusted',
    certPem: `-----BEGIN CERTIFICATE-----\n${(der.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`,
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function tlv(tag: number, ...content: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(content);
  const length =
    bytes.length < 0x80
      ? [bytes.length]
      : bytes.length < 0x100
        ? [0x81, bytes.length]
        : [0x82, bytes.length >> 8, bytes.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), bytes]);
}

function sequence(...content: readonly Buffer[]): Buffer {
  return tlv(0x30, ...content);
}

function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

function time(instant: number): Buffer {
  return tlv(0x17, Buffer.from(`${new Date(instant).toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
}
