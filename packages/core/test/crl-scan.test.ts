import { createTestCa } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { readCertificate, readCrl, scanCrl } from '../src/index.ts';
import { serialOf } from './support/lists.ts';

const ca = await createTestCa({ subject: 'CN=Issuing', key: 'RSA-2048' });
const [issuer, rekeyed] = [readCertificate(ca.der), readCertificate((await ca.rekey()).der)];
const entries = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    serial: serialOf(index),
    ...(index % 3 === 0 ? { reason: 'superseded' as const } : {}),
  }));
const list = ca.issueCrl({ entries: entries(5_000), number: 7 }).der;

async function* pieces(der: Uint8Array, size: number) {
  for (let at = 0; at < der.length; at += size) yield der.subarray(at, at + size);
}

async function scan(der: Uint8Array, size: number) {
  const serials: string[] = [];
  const scanned = await scanCrl(pieces(der, size), {
    issuers: [rekeyed, issuer],
    visit: (bytes, start, end) => serials.push(Buffer.from(bytes.subarray(start, end)).toString('hex')),
  });
  return { scanned, serials };
}

describe('a list that is read as it comes', () => {
  test.each([
    [list, 1_000],
    [list, 65_536],
    [list, 1_000_000],
    [ca.issueCrl({ entries: entries(20) }).der, 7],
    [ca.issueCrl({ entries: [] }).der, 7],
  ])('says what the whole list says, in pieces of any size', async (der, size) => {
    const { scanned, serials } = await scan(der, size);
    const { der: _, entries: __, signed, has, hasInteger, serials: all, eachSerial, ...facts } = readCrl(der);
    expect(scanned).toEqual({ ...facts, sha256: readCrl(der).sha256, size: der.length, signedBy: issuer });
    expect(serials).toEqual([...all()]);
  });

  test('is signed by nobody when a byte of it was changed', async () => {
    const changed = Uint8Array.from(list);
    const at = changed.length >> 1;
    const serial = Buffer.from(changed).indexOf(Buffer.from(serialOf(2_500), 'hex'));
    expect(serial).toBeLessThan(at + 10_000);
    changed[serial + 9] = (changed[serial + 9] ?? 0) ^ 1;
    expect((await scan(changed, 4_096)).scanned.signedBy).toBeUndefined();
  });

  test.each([
    ['cut', list.subarray(0, list.length - 1)],
    ['cut among its entries', list.subarray(0, 100_000)],
    ['followed by a byte', Uint8Array.from([...list, 0])],
    ['no list at all', new Uint8Array(100_000)],
  ])('is refused when it is %s', async (_what, der) => {
    await expect(scan(der, 4_096)).rejects.toMatchObject({ code: 'crl-malformed' });
  });

  test('holds no more at once than one piece and a little', async () => {
    // Entries that never end: one of a megabyte.
    const long = Uint8Array.from(list);
    const start = readCrl(list).entries.start;
    long.set([0x30, 0x83, 0x01, 0xff, 0xff], start);
    await expect(scan(long, 4_096)).rejects.toMatchObject({ code: 'crl-malformed' });
  });
});
