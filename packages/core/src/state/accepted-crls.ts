import type { VersionedStore } from '../adapter/versioned-store.ts';
import type { Crl, IssuerCrl } from '../crl/crl.ts';
import { slotOf } from '../crl/merged.ts';
import { parseCrl } from '../crl/read-crl.ts';
import { formatRetained, parseRetained, type RetainedSerial } from '../crl/retained.ts';
import { isTrustloomError } from '../errors/error.ts';
import { sha256Hex } from '../util/bytes.ts';
import { defined } from '../util/defined.ts';
import { isoTime } from '../util/time.ts';
import type { AcceptedCrl, RevocationState } from './state.ts';

/**
 * One row of the state: of each CA key one for the complete CRL, each partition, and each delta
 * CRL.
 */
export interface CrlSlot {
  /** SHA-256 of the issuer's key. */
  readonly keySha256: string;
  readonly complete: boolean;
  /**
   * The row's key in the state: the issuer's key, for all but the complete CRL with a slash and the
   * slot.
   */
  readonly stateKey: string;
}

/** The row of a CRL with this issuer key. */
export function slotFor(keySha256: string, crl: Crl): CrlSlot {
  const slot = slotOf(crl);
  return slotAt(slot === '' ? keySha256 : `${keySha256}/${slot}`);
}

/** The row with this key in the state. */
export function slotAt(stateKey: string): CrlSlot {
  const [keySha256 = stateKey] = stateKey.split('/', 1);
  return { keySha256, complete: keySha256 === stateKey, stateKey };
}

/** What is stored of an accepted CRL besides its row. */
export interface CrlCopy {
  /** Absent when a source still gives the same CRL, or when the copy is lost. */
  readonly crl?: Crl;
  readonly retained: readonly RetainedSerial[];
  /** What should have been there: the CRL, the serials that left it. */
  readonly lost: readonly ('crl' | 'retained')[];
}

/** By key in the state. */
export type CrlCopies = ReadonlyMap<string, CrlCopy>;

/** A CRL that was accepted now, and what has to be stored of it. */
export interface NewlyAccepted {
  readonly row: AcceptedCrl;
  readonly crl: Crl;
  readonly retained: readonly RetainedSerial[];
  /** SHA-256 of the CRL that it was compared with; undefined for the first one. */
  readonly comparedWith: string | undefined;
}

/** So many earlier issues tell how often a CA publishes, whatever CRLs by hand came between. */
const maxRecentIssues = 10;

type Blobs = Pick<VersionedStore, 'getBlob' | 'putBlob'>;

/**
 * Reads back what is needed to judge what the sources gave: the CRL in force where another is
 * offered, or none, and the retained serials.
 *
 * @param offered SHA-256 of the CRLs that the sources gave
 */
export async function recallCrls(
  { crls }: RevocationState,
  offered: ReadonlySet<string>,
  blobs: Blobs,
): Promise<CrlCopies> {
  const recalled = Object.entries(crls).map(async ([stateKey, row]) => {
    const bytes = offered.has(row.sha256) ? undefined : await blobs.getBlob(crlKey(row.sha256));
    const crl = bytes === undefined ? undefined : readBack(bytes, row.sha256);
    const retained = await recallRetained(row, blobs);
    const copy: CrlCopy = {
      ...defined({ crl }),
      retained: retained ?? [],
      lost: [
        ...(crl === undefined && !offered.has(row.sha256) ? (['crl'] as const) : []),
        ...(retained === undefined ? (['retained'] as const) : []),
      ],
    };
    return [stateKey, copy] as const;
  });
  return new Map(await Promise.all(recalled));
}

/**
 * Puts CRLs and retained serials under their digests; the rows of the state may name them from then
 * on.
 */
export async function storeCrls(accepted: readonly NewlyAccepted[], blobs: Blobs): Promise<void> {
  await Promise.all(
    accepted.flatMap(({ row, crl, retained }) => [
      blobs.putBlob(crlKey(row.sha256), crl.der),
      ...(row.retained === undefined
        ? []
        : [blobs.putBlob(retainedKey(row.retained.sha256), Buffer.from(formatRetained(retained)))]),
    ]),
  );
}

/** The row of a CRL that was accepted now. */
export function acceptedRow(
  { issuer, crl }: Pick<IssuerCrl, 'issuer' | 'crl'>,
  retained: readonly RetainedSerial[],
  before: AcceptedCrl | undefined,
  now: number,
): AcceptedCrl {
  const thisUpdate = isoTime(crl.thisUpdate);
  return {
    sha256: crl.sha256,
    issuer: issuer.subject.text,
    ...defined({ number: crl.number }),
    thisUpdate,
    ...(crl.nextUpdate === undefined ? {} : { nextUpdate: isoTime(crl.nextUpdate) }),
    entries: crl.entryCount,
    acceptedAt: isoTime(now),
    ...(before === undefined
      ? {}
      : { recent: [before.thisUpdate, ...(before.recent ?? [])].slice(0, maxRecentIssues) }),
    first: before?.first ?? { at: thisUpdate, entries: crl.entryCount },
    ...(retained.length === 0
      ? {}
      : { retained: { sha256: sha256Hex(formatRetained(retained)), count: retained.length } }),
  };
}

async function recallRetained(
  { retained }: AcceptedCrl,
  blobs: Blobs,
): Promise<readonly RetainedSerial[] | undefined> {
  if (retained === undefined) return [];
  const bytes = await blobs.getBlob(retainedKey(retained.sha256));
  return bytes === undefined || sha256Hex(bytes) !== retained.sha256
    ? undefined
    : parseRetained(new TextDecoder().decode(bytes));
}

/**
 * The bytes are used only if they hash to their name; they were verified once, when the CRL was
 * accepted.
 */
function readBack(bytes: Uint8Array, sha256: string): Crl | undefined {
  try {
    const crl = parseCrl(bytes, 'the CRL in force');
    return crl.sha256 === sha256 ? crl : undefined;
  } catch (error) {
    if (isTrustloomError(error)) return undefined;
    throw error;
  }
}

const crlKey = (sha256: string) => `issued/${sha256}.crl`;
const retainedKey = (sha256: string) => `retained/${sha256}.txt`;
