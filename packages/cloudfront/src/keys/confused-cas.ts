import { type Certificate, type CheckedKey, isIssuedBy } from '@trustloom/core';
import { exactText } from './serial-hash.ts';

/** A known good CA whose serial another CA revoked: the function sees serials alone, so as an intermediate it looks like the revoked one. */
export interface ConfusedCa {
  readonly ca: Certificate;
  /** The serial in its exact form. */
  readonly text: string;
  /** Who revoked a certificate with the same serial. */
  readonly key: CheckedKey;
}

/**
 * Known CAs that share a serial with what some key revoked and that this key did not issue: its list cannot mean them. CAs that their
 * own issuer names are left out.
 *
 * @param all every known key
 */
export function confusedCas(keys: readonly CheckedKey[], all: readonly CheckedKey[]): readonly ConfusedCa[] {
  const good = all.filter(({ revoked }) => !revoked).flatMap(({ cas }) => cas);
  const byText = new Map<string, Certificate[]>();
  const lastBytes = new Uint8Array(65_536);
  for (const ca of good) {
    const digits = ca.serial.replace(/^0+/, '');
    const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
    const text = exactText(bytes, 0, bytes.length);
    byText.set(text, [...(byText.get(text) ?? []), ca]);
    lastBytes[lastTwo(bytes, 0, bytes.length)] = 1;
  }
  const alike = keys.flatMap((key) => {
    const found = new Set<string>();
    // Text is made only of serials that end like one of a CA: there may be half a million.
    key.eachSerial((bytes, start, end) => {
      if (lastBytes[lastTwo(bytes, start, end)] === 1) found.add(exactText(bytes, start, end));
    });
    return [...found].flatMap((text) => {
      const cas = byText.get(text) ?? [];
      const named = cas.filter((ca) => key.cas.some((parent) => isIssuedBy(ca, parent)));
      return cas.map((ca) => ({ ca, text, key, named }));
    });
  });
  const named = new Set(alike.flatMap((one) => one.named));
  return alike
    .filter((one) => one.named.length === 0 && !named.has(one.ca))
    .map(({ ca, text, key }) => ({ ca, text, key }));
}

const lastTwo = (bytes: Uint8Array, start: number, end: number) =>
  ((end - start > 1 ? (bytes[end - 2] ?? 0) : 0) << 8) | (bytes[end - 1] ?? 0);
