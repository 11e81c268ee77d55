import {
  type CertificateInfo,
  type CrlInfo,
  readCertificate,
  readCrl,
  type Verification,
  verifySigned,
} from '../der/index.ts';

/** Certificates, found by the name they carry. */
export interface Store {
  readonly all: readonly CertificateInfo[];
  /** Certificates whose subject has this encoding. */
  named(subject: Uint8Array): readonly CertificateInfo[];
  has(certificate: CertificateInfo): boolean;
}

/** CRLs, found by the name of their issuer. */
export interface CrlStore {
  readonly all: readonly CrlInfo[];
  named(issuer: Uint8Array): readonly CrlInfo[];
  /** Whether that key signed the list; worked out once for each pair. */
  signedBy(crl: CrlInfo, spki: Uint8Array): Verification;
}

const keyOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

function group<T>(items: readonly T[], key: (item: T) => Uint8Array): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = keyOf(key(item));
    const members = groups.get(name);
    if (members) members.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

export function certificateStore(all: readonly CertificateInfo[]): Store {
  const names = group(all, (one) => one.subject.der);
  const digests = new Set(all.map((one) => one.sha256));
  return {
    all,
    named: (subject) => names.get(keyOf(subject)) ?? [],
    has: (certificate) => digests.has(certificate.sha256),
  };
}

export function crlStore(all: readonly CrlInfo[]): CrlStore {
  const names = group(all, (one) => one.issuerDer);
  const known = new Map<string, Verification>();
  return {
    all,
    named: (issuer) => names.get(keyOf(issuer)) ?? [],
    signedBy(crl, spki) {
      const pair = `${all.indexOf(crl)}:${keyOf(spki)}`;
      const found = known.get(pair) ?? verifySigned(crl, spki);
      known.set(pair, found);
      return found;
    },
  };
}

/** Reads what can be read; a service refuses the rest before it gets here, or warns about it. */
export function readAll<T>(ders: readonly Uint8Array[], read: (der: Uint8Array) => T): readonly T[] {
  return ders.flatMap((der) => {
    try {
      return [read(der)];
    } catch {
      return [];
    }
  });
}

export const readStore = (ders: readonly Uint8Array[]): Store =>
  certificateStore(readAll(ders, readCertificate));

export const readCrlStore = (ders: readonly Uint8Array[]): CrlStore => crlStore(readAll(ders, readCrl));
