import type { VersionedStore } from '../adapter/versioned-store.ts';
import type { Crl, RevocationList } from '../crl/crl.ts';
import { parseCrl } from '../crl/read-crl.ts';
import { formatRetained, parseRetained, type RetainedSerial } from '../crl/retained.ts';
import { isTrustloomError } from '../errors/error.ts';
import type { Finding } from '../errors/finding.ts';
import { sha256Hex } from '../util/bytes.ts';
import { defined } from '../util/defined.ts';
import { isoTime } from '../util/time.ts';
import type { AcceptedList, RevocationRecord } from './state.ts';

/** What is remembered of one CA key besides its row in the record. */
export interface ListMemory {
  /** The newest list accepted; absent when the source still gives the same, or when it is lost. */
  readonly crl?: Crl;
  readonly retained: readonly RetainedSerial[];
}

/** By SHA-256 of the issuer's key. */
export type ListMemories = ReadonlyMap<string, ListMemory>;

/** A list that was accepted now, and what has to be kept of it. */
export interface NewlyAccepted {
  readonly row: AcceptedList;
  readonly crl: Crl;
  readonly retained: readonly RetainedSerial[];
  /** SHA-256 of the list that it was compared with; undefined for the first one. */
  readonly comparedWith: string | undefined;
}

/** So many earlier issues tell how often a CA publishes, whatever lists by hand came between. */
const issuesKept = 10;

type Blobs = Pick<VersionedStore, 'getBlob' | 'putBlob'>;

/**
 * Reads back what is needed to judge the lists that the sources gave: the list in force where another is offered, or none, and what is
 * retained. What cannot be read is a finding: nobody then knows what the list had.
 *
 * @param offered SHA-256 of the lists that the sources gave
 */
export async function recallLists(
  record: RevocationRecord,
  offered: ReadonlySet<string>,
  blobs: Blobs,
): Promise<{ readonly memories: ListMemories; readonly findings: readonly Finding[] }> {
  const recalled = await Promise.all(
    Object.entries(record.lists).map(async ([key, row]) => {
      const findings: Finding[] = [];
      const lost = (what: string) => findings.push(memoryLost(row, what));
      const bytes = offered.has(row.sha256) ? undefined : await blobs.getBlob(listKey(row.sha256));
      const crl = bytes === undefined ? undefined : readBack(bytes, row.sha256);
      if (crl === undefined && !offered.has(row.sha256)) lost('the list in force');
      const retained = await recallRetained(row, blobs);
      if (retained === undefined) lost('what left the list');
      const memory: ListMemory = { ...defined({ crl }), retained: retained ?? [] };
      return { key, memory, findings };
    }),
  );
  return {
    memories: new Map(recalled.map(({ key, memory }) => [key, memory])),
    findings: recalled.flatMap(({ findings }) => findings),
  };
}

/** Puts lists and retained serials under their digests; the record's rows may name them from then on. */
export async function keepLists(accepted: readonly NewlyAccepted[], blobs: Blobs): Promise<void> {
  await Promise.all(
    accepted.flatMap(({ row, crl, retained }) => [
      blobs.putBlob(listKey(row.sha256), crl.der),
      ...(row.retained === undefined
        ? []
        : [blobs.putBlob(retainedKey(row.retained.sha256), Buffer.from(formatRetained(retained)))]),
    ]),
  );
}

/** The row of a list that was accepted now. */
export function acceptedRow(
  { issuer, crl }: Pick<RevocationList, 'issuer' | 'crl'>,
  retained: readonly RetainedSerial[],
  before: AcceptedList | undefined,
  now: number,
): AcceptedList {
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
      : { recent: [before.thisUpdate, ...(before.recent ?? [])].slice(0, issuesKept) }),
    first: before?.first ?? { at: thisUpdate, entries: crl.entryCount },
    ...(retained.length === 0
      ? {}
      : { retained: { sha256: sha256Hex(formatRetained(retained)), count: retained.length } }),
  };
}

async function recallRetained(
  { retained }: AcceptedList,
  blobs: Blobs,
): Promise<readonly RetainedSerial[] | undefined> {
  if (retained === undefined) return [];
  const bytes = await blobs.getBlob(retainedKey(retained.sha256));
  return bytes === undefined || sha256Hex(bytes) !== retained.sha256
    ? undefined
    : parseRetained(new TextDecoder().decode(bytes));
}

/** The bytes are used only if they hash to their name; they were checked once, when the list was accepted. */
function readBack(bytes: Uint8Array, sha256: string): Crl | undefined {
  try {
    const crl = parseCrl(bytes, 'the list in force');
    return crl.sha256 === sha256 ? crl : undefined;
  } catch (error) {
    if (isTrustloomError(error)) return undefined;
    throw error;
  }
}

function memoryLost({ issuer, sha256 }: AcceptedList, what: string): Finding {
  return {
    code: 'list-memory-lost',
    severity: 'warning',
    thing: sha256,
    message: `the record's copy of ${what} of ${issuer} is gone or changed; a newer list cannot be compared with it`,
  };
}

const listKey = (sha256: string) => `lists/${sha256}.crl`;
const retainedKey = (sha256: string) => `retained/${sha256}.txt`;
