import { caName, count, type Finding, issuingCas } from '@trustloom/core/adapter';
import { cloudfrontInfo } from '../../service.ts';
import type { DesiredEntries } from './index.ts';
import { chooseLayout, type Layout } from './layout.ts';
import { issuesCas } from './manifest.ts';
import type { EntryChanges } from './reconcile.ts';
import { textBytesOf } from './serials.ts';

const { storeBytes } = cloudfrontInfo.limits;

/** What of the desired entries a store cannot hold, or the function cannot tell apart. */
export function entryFindings(desired: DesiredEntries): readonly Finding[] {
  return [...capacityFindings(desired), ...shortSerialFindings(desired), ...caSerialFindings(desired)];
}

/** Bytes of keys and values that so many serials take in a new store. */
function bytesIn(form: DesiredEntries['form'], desired: DesiredEntries): number {
  const textBytes = textBytesOf(desired.set, form);
  const { buckets, groups } = chooseLayout(form, { count: desired.set.count, textBytes }, '');
  const crls = [...desired.crlItems].reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  return textBytes + buckets * String(buckets).length + groups * 4 + crls + 1024;
}

/** The serials do not fit the store in the form that is asked for; what would help. */
function capacityFindings(desired: DesiredEntries): readonly Finding[] {
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
      code: 'key-value-store-too-many',
      severity: 'error',
      message: `${count(set.count)} revoked serials take ${count(bytes)} bytes in ${form} form; a KeyValueStore takes ${count(storeBytes.max)}: about ${count(fit)} of them would fit. ${
        compact
          ? `With \`revocation: compact\` they fit; ${bound}`
          : 'Spread the CAs over several targets, or have the CA drop what has expired.'
      }`,
      source: storeBytes.source,
    },
  ];
}

/**
 * With several CAs, a serial below 64 bits may belong to a client of each: the store knows serials
 * alone.
 */
function shortSerialFindings({ keys }: DesiredEntries): readonly Finding[] {
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
        code: 'key-value-store-short-serial',
        severity: 'error',
        about: ca.sha256,
        message: `${caName(ca)} revoked ${count(shorts)} ${shorts === 1 ? 'serial' : 'serials'} of less than 64 bits (${short}); the connection function sees serials alone, so a client of another CA here with the same serial would be refused. Give each such CA a target of its own, or let it issue random serials.`,
        source: 'CA/Browser Forum: at least 64 bits of random output in a serial',
      },
    ];
  });
}

/**
 * Good CAs that look like revoked ones: they are admitted, unless a revoked CA is known by that
 * serial or intermediates are looked up among all.
 */
function caSerialFindings({ ambiguous, manifest }: DesiredEntries): readonly Finding[] {
  return ambiguous
    .filter(({ key }) => manifest.lookUpCas || issuesCas(key))
    .map(({ ca, key, text }) => {
      const refused = manifest.lookUpCas || manifest.cas.includes(text);
      const [other] = key.cas;
      const same = `${caName(ca)} has the serial ${ca.serial}, and ${other === undefined ? 'another CA' : caName(other)} revoked a certificate with the same one`;
      return {
        code: 'key-value-store-ca-serial',
        severity: refused ? 'error' : 'warning',
        about: ca.sha256,
        message: refused
          ? `${same}; the connection function cannot tell them apart, so it refuses clients that send this CA along`
          : `${same}; clients that send this CA along are admitted, and so would be those of a revoked CA with this serial`,
      };
    });
}

/** Why the store in use has to make way for a new one, as far as clients notice. */
export function storeFindings(
  layout: Layout | undefined,
  changes: EntryChanges | undefined,
  desired: DesiredEntries,
): readonly Finding[] {
  return [
    ...(changes === undefined ? [] : fullFindings(changes)),
    ...(layout === undefined ? [] : denialFindings(layout, desired)),
  ];
}

function fullFindings({ overflowing }: EntryChanges): readonly Finding[] {
  if (overflowing.length === 0) return [];
  return [
    {
      code: 'key-value-store-full',
      severity: 'error',
      message: `${overflowing.length} buckets of the KeyValueStore are full, so some serials wait for a new store; apply makes one`,
    },
  ];
}

/**
 * What the form `compact` promises to valid clients: zero only where every serial was looked at.
 */
export function boundOf({ form, inventory, unread }: DesiredEntries, layout: Layout): string {
  if (form === 'exact') return '';
  const { count: wrong } = inventory.wrongDenials(layout);
  if (inventory.issued === 0 || wrong > 0)
    return '; each valid certificate is refused by mistake with a chance of at most 2^-41';
  const some = inventory.complete && !unread ? '' : ' that are known';
  return `; of the ${count(inventory.issued)} issued serials${some}, none is refused by mistake`;
}

/**
 * A new entry can make a valid serial look like a revoked one; a store with another seed tells them
 * apart.
 */
function denialFindings(layout: Layout, { form, inventory, unread }: DesiredEntries): readonly Finding[] {
  if (layout.form !== form) return [];
  const { count, first } = inventory.wrongDenials(layout);
  if (first === undefined) return [];
  const more = count === 1 ? '' : ` and ${count - 1} more`;
  return [
    {
      code: 'key-value-store-wrong-denial',
      severity: 'error',
      about: first,
      message: `the valid serial ${first} of the inventory${more} looks like a revoked one in the KeyValueStore, so its client is refused; ${
        unread ? 'once every CRL can be read, apply makes a new store' : 'apply makes a new store'
      } that tells them apart`,
    },
  ];
}
