import { childrenOf, hexOf, integerHex, readTlv, type Tlv, tags, timeOf } from '../base/der.ts';
import { extensionsOf } from '../bundle/extensions.ts';
import type { Crl } from './crl.ts';
import type { LostEntry } from './loss.ts';

/** Entries of the older issue that the newer one has not, with what the older said of them. Reads only those few in full. */
export function lostEntries(older: Crl, newer: Crl): readonly LostEntry[] {
  if (older.sha256 === newer.sha256) return [];
  const { der } = older;
  const list = revokedCertificates(older);
  const lost: LostEntry[] = [];
  for (let at = list?.content ?? 0; list !== undefined && at < list.end; ) {
    const entry = readTlv(der, at, list.end, tags.sequence);
    const serial = readTlv(der, entry.content, entry.end, tags.integer);
    const hex = integerHex(der, serial.content, serial.end);
    if (!newer.has(hex)) lost.push(lostEntry(der, hex, entry, serial));
    at = entry.end;
  }
  return lost;
}

function lostEntry(der: Uint8Array, serial: string, entry: Tlv, after: Tlv): LostEntry {
  const time = readTlv(der, after.end, entry.end);
  const reason =
    time.end < entry.end ? reasonOf(der, readTlv(der, time.end, entry.end, tags.sequence)) : undefined;
  return { serial, revokedAt: timeOf(der, time), ...(reason === undefined ? {} : { reason }) };
}

/** The reason code: OCTET STRING { ENUMERATED } (RFC 5280, 5.3.1). */
function reasonOf(der: Uint8Array, extensions: Tlv): number | undefined {
  const found = extensionsOf(der, extensions).find(({ oid }) => oid === '2.5.29.21');
  return found === undefined
    ? undefined
    : Number.parseInt(hexOf(der, found.value.end - 1, found.value.end), 16);
}

/** RFC 5280, 5.1: the sequence after thisUpdate and nextUpdate; absent when nothing is revoked. */
function revokedCertificates({ der, signed: { tbs } }: Crl): Tlv | undefined {
  const fields = childrenOf(der, readTlv(der, tbs.start, tbs.end, tags.sequence));
  const isTime = ({ tag }: Tlv) => tag === tags.utcTime || tag === tags.generalizedTime;
  const after = fields[fields.findLastIndex(isTime) + 1];
  return after?.tag === tags.sequence ? after : undefined;
}
