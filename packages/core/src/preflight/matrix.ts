import type { ServiceInfo } from '../adapter/service-info.ts';
import type { Crl } from '../crl/crl.ts';
import type { Finding } from '../errors/finding.ts';
import { count } from '../util/count.ts';
import { defined } from '../util/defined.ts';
import { type Instant, isoTime } from '../util/time.ts';
import type { Certificate } from '../x509/certificate.ts';
import { commonName } from '../x509/name.ts';
import { checkBundle, checkCertificate, checkCrl, type RuleFinding } from './index.ts';

/** One cell: what one service does with one thing. */
export interface MatrixCell {
  readonly service: string;
  readonly verdict: 'ok' | 'warning' | 'refused' | 'unknown';
  /** A few words: the code, and the numbers that matter. */
  readonly note?: string;
  readonly findings: readonly (Finding & Partial<RuleFinding>)[];
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

/** What is checked, and by what. */
export interface MatrixInput {
  readonly certificates: readonly Certificate[];
  readonly crls: readonly { readonly crl: Crl; readonly name: string }[];
  readonly services: readonly ServiceInfo[];
}

/** What a finding is about that is about all CAs of a store together. */
export const bundleAbout = 'bundle';

/** Checks CAs one by one, together, and CRLs, against each service. Pure. */
export function checkMatrix(input: MatrixInput & { readonly now: Instant }): Matrix {
  return matrixOf({ ...input, findings: ruleFindings(input) });
}

/** What the rules say of each thing on each service. */
export function ruleFindings({
  certificates,
  crls,
  services,
  now,
}: MatrixInput & { readonly now: Instant }): readonly RuleFinding[] {
  return services.flatMap((info) => [
    ...certificates.flatMap((ca) => checkCertificate(ca, info, now)),
    ...(certificates.length === 0 ? [] : checkBundle(certificates, info, now)).map((one) => ({
      ...one,
      about: bundleAbout,
    })),
    ...crls.flatMap(({ crl }) => [...checkCrl(crl, info, now), ...staleWhereChecked(crl, info, now)]),
  ]);
}

/**
 * The findings as a table, and nothing but them: one that names no service is about all of them. So
 * that no cell says `ok` of what an error is about, and none `refused` without one.
 */
export function matrixOf({
  certificates,
  crls,
  services,
  findings,
}: MatrixInput & { readonly findings: readonly (Finding & Partial<RuleFinding>)[] }): Matrix {
  const of = (about: string, service: string) =>
    findings.filter((one) => one.about === about && (one.service ?? service) === service);
  const row = (label: string, about: string, also: readonly string[] = []) => ({
    label,
    about,
    cells: services.map(({ service }) =>
      cellOf(service, [
        ...of(about, service),
        // A store with a CA that is refused is refused.
        ...also.flatMap((ca) => of(ca, service)).filter((one) => one.severity === 'error' || one.unknown),
      ]),
    ),
  });
  const all = certificates.length === 1 ? 'the CA by itself' : `all ${certificates.length} CAs together`;
  const digests = certificates.map(({ sha256 }) => sha256);
  return {
    services: services.map(({ service }) => service),
    rows: [
      ...certificates.map((ca) =>
        row(`${commonName(ca.subject)} [${ca.sha256.slice(0, 8)}] (${ca.key.name})`, ca.sha256),
      ),
      ...(certificates.length === 0 ? [] : [row(all, bundleAbout, digests)]),
      ...crls.map(({ crl, name }) =>
        row(
          `${name} (${size(crl.der.length)}, ${count(crl.entryCount)} ${crl.entryCount === 1 ? 'entry' : 'entries'})`,
          crl.sha256,
        ),
      ),
    ],
  };
}

/** Where the check is ours a CRL past its end is used, and then nobody is admitted any more. */
function staleWhereChecked(
  { sha256, nextUpdate, issuer }: Crl,
  { service, title, capabilities: { revocation } }: ServiceInfo,
  now: Instant,
): readonly RuleFinding[] {
  if (revocation === 'crl' || nextUpdate === undefined || nextUpdate > now) return [];
  return [
    {
      code: 'crl-expired',
      severity: 'warning',
      service,
      about: sha256,
      message: `the CRL of ${issuer.text} ended at ${isoTime(nextUpdate)}; where ${title} refuses by it, every client below that CA is refused once \`grace\` is over`,
      source: 'docs/concepts/revocation.md',
      note: 'expired: all refused after grace',
      unknown: false,
    },
  ];
}

function cellOf(service: string, findings: MatrixCell['findings']): MatrixCell {
  const worst =
    findings.find((one) => one.severity === 'error' && !one.unknown) ??
    findings.find(({ unknown }) => unknown) ??
    findings.find(({ severity }) => severity === 'warning');
  const verdict =
    worst === undefined
      ? 'ok'
      : worst.unknown
        ? 'unknown'
        : worst.severity === 'error'
          ? 'refused'
          : 'warning';
  const note = worst?.note ?? worst?.code;
  return { service, verdict, findings, ...defined({ note }) };
}

function size(bytes: number): string {
  return bytes < 100_000 ? `${count(bytes)} bytes` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
