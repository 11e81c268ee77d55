import type { Limit, ServiceInfo } from '../adapter/service-info.ts';
import type { IssuerCrl } from '../crl/crl.ts';
import type { Finding } from '../errors/finding.ts';
import { caName } from '../kit/ca-words.ts';
import type { KeyedCrl } from '../state/freshness.ts';
import { count } from '../util/count.ts';
import type { Instant } from '../util/time.ts';
import { pemLength } from '../x509/pem.ts';

const day = 86_400_000;
/** Growth over less than this says nothing. */
const shortestMs = 7 * day;
/** How far ahead it is worth a note that no more fits, and from when on a warning. */
const noteMs = 365 * day;
const warnMs = 90 * day;

/** One CRL with how fast it grows. */
interface Growth {
  readonly ca: string;
  readonly sha256: string;
  readonly entries: number;
  readonly bytes: number;
  readonly entriesPerDay: number;
}

/**
 * When the complete CRLs of one target will no longer fit its service, at the rate at which they
 * grew since the first that was accepted. Pure.
 *
 * @param crls those that go to the target
 * @param rows what the state has of their history
 */
export function forecastFull(
  crls: readonly IssuerCrl[],
  rows: readonly KeyedCrl[],
  info: ServiceInfo,
  now: Instant,
): readonly Finding[] {
  const growths = crls
    .filter(({ crl }) => crl.scope === 'complete')
    .map((issuerCrl) => growthOf(issuerCrl, rows));
  const { crlBytes, crlEntries } = info.limits;
  return [
    ...growths.flatMap((growth) => (crlBytes === undefined ? [] : crlFull(growth, crlBytes, info, now))),
    ...(crlEntries === undefined ? [] : storeFull(growths, crlEntries, info, now)),
  ];
}

function growthOf({ issuer, crl }: IssuerCrl, rows: readonly KeyedCrl[]): Growth {
  const first = rows.find(({ keySha256, complete }) => complete && keySha256 === issuer.keySha256)?.first;
  const since = first === undefined ? 0 : crl.thisUpdate - Date.parse(first.at);
  return {
    ca: caName(issuer),
    sha256: crl.sha256,
    entries: crl.entryCount,
    bytes: pemLength('X509 CRL', crl.der.length),
    entriesPerDay:
      first === undefined || since < shortestMs ? 0 : ((crl.entryCount - first.entries) / since) * day,
  };
}

function crlFull(growth: Growth, limit: Limit, { title }: ServiceInfo, now: Instant): readonly Finding[] {
  const { ca, sha256, entries, bytes, entriesPerDay } = growth;
  if (entries === 0) return [];
  const fit = Math.floor((entries * limit.max) / bytes);
  const text = `the CRL of ${ca} has ${count(entries)} entries and grows by ${rate(entriesPerDay)} a day; ${title} takes about ${count(fit)} of them (${count(limit.max)} ${limit.unit})`;
  return full({ left: fit - entries, perDay: entriesPerDay, text, source: limit.source, about: sha256 }, now);
}

/** Each CRL is replaced by adding the newer first: the largest has to fit twice. */
function storeFull(
  growths: readonly Growth[],
  limit: Limit,
  { title }: ServiceInfo,
  now: Instant,
): readonly Finding[] {
  const [largest] = [...growths].sort((a, b) => b.entries - a.entries || (a.sha256 < b.sha256 ? -1 : 1));
  if (largest === undefined) return [];
  const sum = (of: (growth: Growth) => number) =>
    growths.reduce((total, one) => total + of(one), of(largest));
  const entries = sum((growth) => growth.entries);
  const perDay = sum((growth) => growth.entriesPerDay);
  const text = `${title} takes ${count(limit.max)} ${limit.unit}; with the largest CRL twice, as while it is replaced, there are ${count(entries)}, and ${rate(perDay)} more a day`;
  return full({ left: limit.max - entries, perDay, text, source: limit.source, about: largest.sha256 }, now);
}

function full(
  about: {
    readonly left: number;
    readonly perDay: number;
    readonly text: string;
    readonly source: string;
    readonly about: string;
  },
  now: Instant,
): readonly Finding[] {
  const { left, perDay, text, source, about: subject } = about;
  // What does not fit today is an error of its own.
  if (perDay <= 0 || left < 0) return [];
  const inMs = (left / perDay) * day;
  if (inMs > noteMs) return [];
  const date = new Date(now + inMs).toISOString().slice(0, 10);
  return [
    {
      code: 'crl-nearly-full',
      severity: inMs > warnMs ? 'note' : 'warning',
      about: subject,
      message: `${text}: full on ${date} at the present rate`,
      source,
    },
  ];
}

function rate(perDay: number): string {
  return perDay >= 10 ? count(Math.round(perDay)) : String(Number(perDay.toPrecision(2)));
}
