import type { ServiceInfo } from '../adapter/service-info.ts';
import type { Crl } from '../crl/crl.ts';
import type { Finding } from '../errors/finding.ts';
import { count } from '../util/count.ts';
import { defined } from '../util/defined.ts';
import type { Instant } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { commonName } from '../x509/name.ts';
import { checkBundle, checkCertificate, checkCrl, type RuleFinding } from './index.ts';

/** One cell: what one service does with one thing. */
export interface MatrixCell {
  readonly service: string;
  readonly verdict: 'ok' | 'warning' | 'refused' | 'unknown';
  /** A few words: the code, and the numbers that matter. */
  readonly note?: string;
  readonly findings: readonly Finding[];
}

/** Things by services: what each service will take, refuse or weaken. */
export interface Matrix {
  readonly services: readonly string[];
  readonly rows: readonly {
    readonly label: string;
    readonly about: string;
    readonly cells: readonly MatrixCell[];
  }[];
}

/** Checks CAs one by one, together, and CRLs, against each service. Pure. */
export function checkMatrix(input: {
  readonly certificates: readonly Certificate[];
  readonly crls: readonly { readonly crl: Crl; readonly name: string }[];
  readonly services: readonly ServiceInfo[];
  readonly now: Instant;
}): Matrix {
  const { certificates, crls, services, now } = input;
  const row = (label: string, about: string, check: (info: ServiceInfo) => readonly RuleFinding[]) => ({
    label,
    about,
    cells: services.map((info) => cellOf(info.service, check(info))),
  });
  const all = certificates.length === 1 ? 'the CA by itself' : `all ${certificates.length} CAs together`;
  const together = row(all, 'bundle', (info) => checkBundle(certificates, info, now));
  return {
    services: services.map(({ service }) => service),
    rows: [
      ...certificates.map((ca) =>
        row(`${commonName(ca.subject)} [${ca.sha256.slice(0, 8)}] (${ca.key.name})`, ca.sha256, (info) =>
          checkCertificate(ca, info, now),
        ),
      ),
      ...(certificates.length === 0 ? [] : [together]),
      ...crls.map(({ crl, name }) =>
        row(
          `${name} (${size(crl.der.length)}, ${count(crl.entryCount)} ${crl.entryCount === 1 ? 'entry' : 'entries'})`,
          crl.sha256,
          (info) => checkCrl(crl, info, now),
        ),
      ),
    ],
  };
}

function cellOf(service: string, findings: readonly RuleFinding[]): MatrixCell {
  const worst =
    findings.find(({ severity }) => severity === 'error') ??
    findings.find(({ unknown }) => unknown) ??
    findings.find(({ severity }) => severity === 'warning');
  const verdict =
    worst === undefined
      ? 'ok'
      : worst.severity === 'error'
        ? 'refused'
        : worst.unknown
          ? 'unknown'
          : 'warning';
  const note = worst?.note ?? worst?.code;
  return { service, verdict, findings, ...defined({ note }) };
}

function size(bytes: number): string {
  return bytes < 100_000 ? `${count(bytes)} bytes` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
