import { count, type Finding, issuingCas } from '@trustloom/core';
import type { DesiredKeys } from './desired.ts';
import { issuesCas } from './head.ts';
import { chooseLayout } from './layout.ts';
import { storeLimits } from './limits.ts';
import { textBytesOf } from './serial-set.ts';

const { storeBytes } = storeLimits;
const source = storeLimits.storeBytes.source;

/** Bytes of keys and values that so many serials take in a new store. */
function bytesIn(form: DesiredKeys['form'], desired: DesiredKeys): number {
  const textBytes = textBytesOf(desired.set, form);
  const { buckets, groups } = chooseLayout(form, { count: desired.set.count, textBytes }, '');
  const lists = [...desired.lists].reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  return textBytes + buckets * String(buckets).length + groups * 4 + lists + 1024;
}

/** The serials do not fit the store in the form that is asked for; what would help. */
export function capacityFindings(desired: DesiredKeys): readonly Finding[] {
  const { form, set, inventory } = desired;
  const bytes = bytesIn(form, desired);
  if (bytes <= storeBytes.max) return [];
  const fit = Math.floor((set.count * storeBytes.max) / bytes);
  const compact = form === 'exact' && bytesIn('compact', desired) <= storeBytes.max;
  const bound = inventory.complete
    ? 'the inventory is checked then, so that none of its valid serials is refused by mistake.'
    : 'each valid certificate is then refused by mistake with a chance of at most 2^-41; with an `inventory` of issued serials for each group, none of those is.';
  return [
    {
      code: 'keys-too-many',
      severity: 'error',
      message: `${count(set.count)} revoked serials take ${count(bytes)} bytes in ${form} form; a key value store takes ${count(storeBytes.max)}: about ${count(fit)} of them would fit. ${
        compact
          ? `With \`revocation: compact\` they fit; ${bound}`
          : 'Spread the CAs over several targets, or have the CA drop what has expired.'
      }`,
      source,
    },
  ];
}

/** With several CAs, a serial below 64 bits may belong to a client of each: the store knows serials alone. */
export function shortSerialFindings({ keys }: DesiredKeys): readonly Finding[] {
  const cas = keys.flatMap((key) => key.cas);
  // A CA that only issues other CAs has no client to be taken for another's.
  const issuing = new Set(issuingCas(cas, cas).map(({ keySha256 }) => keySha256));
  return keys.flatMap((key): readonly Finding[] => {
    if ([...issuing].every((one) => one === key.keySha256)) return [];
    let short: string | undefined;
    let shorts = 0;
    key.eachSerial((bytes, start, end) => {
      if (end - start >= 8) return;
      shorts += 1;
      short ??= Buffer.from(bytes.subarray(start, end)).toString('hex');
    });
    const [ca] = key.cas;
    if (short === undefined || ca === undefined) return [];
    return [
      {
        code: 'keys-short-serial',
        severity: 'error',
        thing: ca.sha256,
        message: `${ca.subject.text} revoked ${count(shorts)} ${shorts === 1 ? 'serial' : 'serials'} of less than 64 bits (${short}); the connection function sees serials alone, so a client of another CA here with the same serial would be refused. Give each such CA a target of its own, or let it issue random serials.`,
        source: 'CA/Browser Forum: at least 64 bits of random output in a serial',
      },
    ];
  });
}

/** Good CAs that look like revoked ones: they get in, unless a revoked CA is known by that serial or intermediates are looked up among all. */
export function caSerialFindings({ confused, head }: DesiredKeys): readonly Finding[] {
  return confused
    .filter(({ key }) => head.lookUpCas || issuesCas(key))
    .map(({ ca, key, text }) => {
      const refused = head.lookUpCas || head.cas.includes(text);
      const same = `${ca.subject.text} has the serial ${ca.serial}, and ${key.cas[0]?.subject.text ?? 'another CA'} revoked a certificate with the same one`;
      return {
        code: 'keys-ca-serial',
        severity: refused ? 'error' : 'warning',
        thing: ca.sha256,
        message: refused
          ? `${same}; the connection function cannot tell them apart, so it refuses clients that send this CA along`
          : `${same}; clients that send this CA along get in, and so would those of a revoked CA with this serial`,
      };
    });
}
