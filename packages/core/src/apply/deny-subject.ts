import type { IssuerCrl } from '../crl/crl.ts';
import { type DenyEntry, normalSerial } from '../crl/deny-list.ts';
import type { Inventory } from '../crl/inventory.ts';
import { TrustloomError } from '../errors/error.ts';
import type { Finding } from '../errors/finding.ts';
import { caName } from '../kit/ca-words.ts';
import type { Certificate } from '../x509/certificate.ts';
import { isIssuedBy, issuingCas } from '../x509/reach.ts';

/** What is known of who issued which serial. */
export interface IssuedEvidence {
  /** CAs of the lock and of the sources. */
  readonly known: readonly Certificate[];
  readonly crls: readonly IssuerCrl[];
  readonly inventories: readonly {
    readonly inventory: Pick<Inventory, 'eachSerial'>;
    /** CAs of the group that the inventory belongs to. */
    readonly cas: readonly Certificate[];
  }[];
}

/** How serials are written, and whose they are, as far as the caller says. */
export interface SerialOptions {
  /** The beginning of the SHA-256 of a CA certificate. */
  readonly ca?: string | undefined;
  /** Serials of digits alone are decimal; else every serial is hex. */
  readonly decimal?: boolean | undefined;
}

/** One serial with the CA that issued it, and what is to be said about how that was found out. */
export interface DenySubject {
  readonly serial: string;
  readonly ca: Certificate;
  readonly findings: readonly Finding[];
}

/**
 * The serial and the CA that are meant by a text. Without a CA in the request it is the one whose
 * CRL or inventory names the serial, else the only one that issues client certificates.
 *
 * @throws TrustloomError `serial-malformed`, `serial-ambiguous`, `ca-unknown`
 */
export function denySubject(text: string, options: SerialOptions, evidence: IssuedEvidence): DenySubject {
  const candidates = candidatesFor(options.ca, evidence.known);
  const isExplained = (serial: string) => candidates.some((ca) => explains(ca, serial, evidence));
  const { serial, findings } = readSerial(text, options, isExplained);
  const ca =
    options.ca === undefined
      ? issuerOf(serial, candidates, evidence)
      : only(candidates, options.ca, evidence);
  const isKnown = explains(ca, serial, evidence);
  return { serial, ca, findings: isKnown ? findings : [...findings, unexplained(serial, ca)] };
}

/** The entry of the deny list that is meant by a text. */
export function deniedEntry(
  text: string,
  { ca = '', decimal }: SerialOptions,
  deny: readonly DenyEntry[],
  known: readonly Certificate[],
): { readonly entry: DenyEntry; readonly findings: readonly Finding[] } {
  const keys = new Set(startingWith(ca, known).map(({ keySha256 }) => keySha256));
  const named = deny.filter(({ caKey }) => ca === '' || keys.has(caKey));
  const of = (wanted: string) => named.filter((entry) => entry.serial === wanted);
  const { serial, findings } = readSerial(text, { decimal }, (one) => of(one).length > 0);
  const [entry, second] = of(serial);
  if (entry === undefined)
    throw new TrustloomError(
      'not-denied',
      `the deny list has no entry for serial ${serial}${ca === '' ? '' : ` of a CA that begins with ${ca}`}; see it with \`trustloom denied\``,
    );
  if (second !== undefined) {
    const cas = known.filter(({ keySha256 }) => of(serial).some(({ caKey }) => caKey === keySha256));
    throw severalCas(`serial ${serial} of several CAs is on the deny list`, cas);
  }
  return { entry, findings };
}

/**
 * Reads a serial as it was asked for. Digits alone are hex too, which is said; where they are
 * explained as a decimal number and not as hex, somebody has to say which is meant.
 */
function readSerial(
  text: string,
  { decimal }: SerialOptions,
  isExplained: (serial: string) => boolean,
): { readonly serial: string; readonly findings: readonly Finding[] } {
  const digits = /^\d+$/.test(text.trim()) ? BigInt(text.trim()) : undefined;
  if (decimal === true) {
    if (digits === undefined)
      throw new TrustloomError('serial-malformed', 'not a serial number in decimal: digits alone');
    const serial = digits.toString(16);
    return { serial, findings: [reading(`serial ${digits} read as decimal, hex ${serial}`)] };
  }
  const serial = normalSerial(text);
  if (digits === undefined || digits.toString(16) === serial) return { serial, findings: [] };
  const other = digits.toString(16);
  if (!isExplained(serial) && isExplained(other))
    throw new TrustloomError(
      'serial-ambiguous',
      `serial ${digits} may be meant in decimal: ${other} in hex is known, and ${serial} in hex is not. Write 0x${serial} if hex is meant, or pass --decimal`,
    );
  return { serial, findings: [reading(`serial ${serial} read as hex, decimal ${BigInt(`0x${serial}`)}`)] };
}

function reading(message: string): Finding {
  return { code: 'serial-reading', severity: 'note', message };
}

function unexplained(serial: string, ca: Certificate): Finding {
  return {
    code: 'serial-unexplained',
    severity: 'warning',
    about: ca.sha256,
    message: `serial ${serial} of ${caName(ca)}: no known inventory or CRL names it, so that it may be mistyped, or of another CA; compare it with the certificate`,
  };
}

/** A CRL, an inventory or a known CA certificate says that this CA issued the serial. */
function explains(
  { keySha256 }: Certificate,
  serial: string,
  { known, crls, inventories }: IssuedEvidence,
): boolean {
  return (
    crls.some(({ issuer, crl }) => issuer.keySha256 === keySha256 && crl.has(serial)) ||
    inventories.some(
      ({ cas, inventory }) => cas.some((ca) => ca.keySha256 === keySha256) && inventoryHas(inventory, serial),
    ) ||
    known.some(
      (below) =>
        below.serial === serial && known.some((ca) => ca.keySha256 === keySha256 && isIssuedBy(below, ca)),
    )
  );
}

function inventoryHas(inventory: Pick<Inventory, 'eachSerial'>, serial: string): boolean {
  const wanted = Buffer.from(serial.length % 2 === 0 ? serial : `0${serial}`, 'hex');
  let found = false;
  inventory.eachSerial((bytes, start, end) => {
    found ||= wanted.equals(bytes.subarray(start, end));
  });
  return found;
}

/** One certificate for each CA key: of those named, else of those that issue client certificates. */
function candidatesFor(wanted: string | undefined, known: readonly Certificate[]): readonly Certificate[] {
  const meant = wanted === undefined ? issuingCas(known, known) : startingWith(wanted, known);
  return onePerKey(meant);
}

function startingWith(digest: string, known: readonly Certificate[]): readonly Certificate[] {
  return known.filter(({ sha256 }) => sha256.startsWith(digest.toLowerCase()));
}

function issuerOf(serial: string, candidates: readonly Certificate[], evidence: IssuedEvidence): Certificate {
  const explained = candidates.filter((ca) => explains(ca, serial, evidence));
  const [first, ...more] = explained.length > 0 ? explained : candidates;
  if (first !== undefined && more.length === 0) return first;
  throw severalCas(
    explained.length > 1
      ? `serial ${serial} is known of several CAs`
      : `which CA issued serial ${serial} is not known`,
    candidates,
  );
}

function only(candidates: readonly Certificate[], wanted: string, { known }: IssuedEvidence): Certificate {
  const [first, ...more] = candidates;
  if (first !== undefined && more.length === 0) return first;
  throw severalCas(`no single CA begins with ${wanted}`, onePerKey(known));
}

/** Each CA once, with what is to be typed for it. */
function severalCas(message: string, cas: readonly Certificate[]): TrustloomError {
  const lines = onePerKey(cas).map((ca) => `  --ca ${ca.sha256.slice(0, 8)}  for ${caName(ca)}`);
  return new TrustloomError(
    'ca-unknown',
    lines.length === 0 ? `${message}; no CA is known` : `${message}; name it:\n${lines.join('\n')}`,
    {
      context: {
        cas: onePerKey(cas)
          .map(({ sha256 }) => sha256)
          .join(' '),
      },
    },
  );
}

function onePerKey(cas: readonly Certificate[]): readonly Certificate[] {
  return cas.filter((ca, index) => cas.findIndex(({ keySha256 }) => keySha256 === ca.keySha256) === index);
}
