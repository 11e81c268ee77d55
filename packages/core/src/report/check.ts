import type { Service } from '../adapter/contract.ts';
import { crlIssuer } from '../crl/verify-crl.ts';
import type { Definition } from '../definition/definition.ts';
import type { Lock } from '../definition/lock.ts';
import { type Finding, isRefusal, sortFindings } from '../errors/finding.ts';
import { judgeCrl } from '../kit/judge-crl.ts';
import { unknownIssuer } from '../kit/unknown-issuer.ts';
import type { Gathered } from '../plan/load.ts';
import type { ResolvedTrust } from '../plan/resolve-trust.ts';
import { bundleCodes, type RuleFinding } from '../preflight/index.ts';
import {
  bundleAbout,
  type Matrix,
  type MatrixCell,
  type MatrixInput,
  matrixOf,
  ruleFindings,
} from '../preflight/matrix.ts';
import type { Instant } from '../util/time.ts';
import { uniqueCertificates } from '../x509/certificate.ts';
import { findingsTexts } from './fold.ts';
import {
  layout,
  lines,
  plain,
  type Row,
  sections,
  type TextOptions,
  textTable,
  visibleLength,
} from './layout.ts';
import { counted } from './words.ts';

/** The pre-flight: what each service will refuse or weaken, known before any of them is asked. */
export interface CheckReport {
  readonly formatVersion: 1;
  /** CAs and CRLs by service. */
  readonly matrix: Matrix;
  readonly findings: readonly Finding[];
  readonly exitCode: 0 | 1 | 3;
}

/** Checks a definition's own CAs and CRLs against every service that it names. Pure. */
export function checkDefinition(input: {
  readonly definition: Definition;
  readonly lock: Lock;
  readonly services: readonly Service[];
  readonly gathered: Gathered;
  readonly resolved: ResolvedTrust;
  readonly now: Instant;
}): CheckReport {
  const { definition, lock, services, gathered, resolved, now } = input;
  const accepted = lock.entries
    .filter(({ state }) => state === 'trusted')
    .map(({ certificate }) => certificate);
  const cas = uniqueCertificates([...accepted, ...gathered.offers.map(({ certificate }) => certificate)]);
  const used = services.filter(({ key }) => definition.targets.some(({ kind }) => kind === key));
  const info = used.map((service) => service.info);
  const crls = gathered.crls.map(({ crl, from }) => ({ crl, name: from.slice(from.lastIndexOf('/') + 1) }));
  const rendered = definition.targets.flatMap((target) => {
    const service = services.find(({ key }) => key === target.kind);
    const trust = resolved.trusts.get(target.name);
    if (service === undefined || trust === undefined) return [];
    const { name, accountRegion, attach, anchors } = target;
    const bound = service.bind(target.config, {
      definition: definition.name,
      id: name,
      name,
      accountRegion,
      attach,
      anchors,
    });
    const { findings = [] } = bound.render(trust, now).rendering ?? {};
    return findings.map((finding): Finding => ({ service: service.info.service, ...finding, target: name }));
  });
  const checked = { certificates: cas, crls, services: info };
  const isRendered = (service: string | undefined) =>
    used.some(
      ({ key, info: of }) =>
        of.service === service &&
        definition.targets.some(({ kind, name }) => kind === key && resolved.trusts.has(name)),
    );
  // What stands in one store, and whether something checks CRLs there, is a matter of each target.
  const bundles = rendered.filter(({ code }) => bundleCodes.has(code));
  const rules = ruleFindings({ ...checked, now }).filter(
    ({ code, about, service }) =>
      !(isRendered(service) && (about === bundleAbout || code === 'crl-not-enforced')) &&
      !rendered.some((one) => one.code === code && one.about === about && one.service === service),
  );
  const findings = [...resolved.findings, ...rendered, ...rules];
  // A CRL that has ended is used by some services and not by others: their rules say which.
  const cells = findings.filter((one) => one.code !== 'crl-expired' || one.service !== undefined);
  const together = bundles.map((one) => ({ ...one, about: bundleAbout }));
  return checkReport(matrixOf({ ...checked, findings: [...cells, ...together] }), findings);
}

/** Files alone, without definition, lock and state: each CRL is related to the CAs given. Pure. */
export function checkFiles(
  input: MatrixInput & {
    /** What was found while the files were read. */
    readonly findings: readonly Finding[];
    readonly now: Instant;
  },
): CheckReport {
  const checked = { ...input, certificates: uniqueCertificates(input.certificates) };
  const all = [...input.findings, ...relatedCrls(checked), ...ruleFindings(checked)];
  return checkReport(matrixOf({ ...checked, findings: all }), all);
}

/** Whose each CRL is, and whether it is good; without a CA among the files that is unknown. */
function relatedCrls({
  certificates,
  crls,
  now,
}: MatrixInput & { readonly now: Instant }): readonly (Finding & Partial<RuleFinding>)[] {
  return crls.flatMap(({ crl, name }): readonly (Finding & Partial<RuleFinding>)[] => {
    const issuer = crlIssuer(crl, certificates);
    if (issuer !== undefined) {
      const { findings } = judgeCrl({ crl, issuer, now });
      // By service, the rules say what becomes of it.
      return findings
        .filter(({ code }) => code !== 'crl-expired' && code !== 'crl-no-next-update')
        .map((one) => ({ ...one, message: `${name}: ${one.message}` }));
    }
    if (certificates.some(({ subject }) => subject.der === crl.issuer.der))
      return [unknownIssuer(crl, name, certificates, 'CA among the files')];
    return [
      {
        code: 'crl-unknown-issuer',
        severity: certificates.length === 0 ? 'warning' : 'error',
        about: crl.sha256,
        message: `${name}: its issuer ${crl.issuer.text} is not among the files, so its signature was not verified; name the certificate of that CA, too`,
        source: 'RFC 5280, 6.3.3 (f)',
        note: 'issuer is not among the files',
        unknown: true,
      },
    ];
  });
}

/** Findings and exit code of a check: 3 when a safety rule said no, 1 for any other error. */
export function checkReport(matrix: Matrix, findings: readonly Finding[]): CheckReport {
  const wrong = findings.some(({ severity }) => severity === 'error');
  return {
    formatVersion: 1,
    matrix,
    findings: sortFindings(findings),
    exitCode: findings.some(isRefusal) ? 3 : wrong ? 1 : 0,
  };
}

/** More rows than this are folded where every service takes them. */
const manyRows = 20;

/**
 * The pre-flight for people: verdict, errors, what each service says of each CA and CRL, then the
 * rest.
 *
 * @example
 * console.log(checkText(await trustloom.check()))
 */
export function checkText(report: CheckReport, options: TextOptions = {}): string {
  const { matrix, findings, exitCode } = report;
  const { paint = plain } = options;
  const colour = exitCode === 0 ? paint.good : paint.bad;
  const { errors, others } = findingsTexts(findings, options);
  return sections(lines([colour(verdictOf(report))], options), [
    errors,
    matrix.rows.length === 0 ? '' : matrixText(matrix, options),
    others,
  ]);
}

function verdictOf({ matrix, findings }: CheckReport): string {
  const of = (wanted: string) =>
    new Set(
      findings
        .filter(({ severity }) => severity === wanted)
        .map(({ code, target, message }) => `${code} ${target ?? ''} ${message}`),
    ).size;
  const [errors, warnings] = [of('error'), of('warning')];
  const cells = matrix.rows.flatMap((row) => row.cells);
  const where = (verdict: MatrixCell['verdict']) =>
    matrix.services.filter((service) =>
      cells.some((cell) => cell.service === service && cell.verdict === verdict),
    );
  const [refused, unknown] = [where('refused'), where('unknown')];
  const taken = refused.length > 0 ? `refused by ${refused.join(', ')}` : 'no CA or CRL is refused';
  return `${[
    errors === 0 ? 'Checked' : `Checked: ${counted(errors, 'error')}`,
    ...(matrix.rows.length === 0 || matrix.services.length === 0 ? [] : [taken]),
    ...(unknown.length === 0 ? [] : [`not known for ${unknown.join(', ')}`]),
    ...(warnings === 0 ? [] : [counted(warnings, 'warning')]),
  ]
    .join('; ')
    .replace(/^Checked; /, 'Checked: ')}.`;
}

/**
 * The pre-flight matrix: one line for each CA and CRL, one column for each service; one under the
 * other where the terminal is too narrow for that.
 *
 * @example
 * console.log(matrixText(report.matrix))
 */
export function matrixText(matrix: Matrix, options: TextOptions = {}): string {
  const { width = Number.POSITIVE_INFINITY, verbose } = options;
  const taken = (row: Matrix['rows'][number]) => row.cells.every(({ verdict }) => verdict === 'ok');
  const folded = verbose !== true && matrix.rows.length > manyRows ? matrix.rows.filter(taken) : [];
  const rows = matrix.rows.filter((row) => !folded.includes(row));
  const more =
    folded.length === 0
      ? []
      : [`${counted(folded.length, 'more CA or CRL', 'more CAs and CRLs')}: ok everywhere`];
  const table = textTable(
    [
      ['', ...matrix.services],
      ...rows.map(({ label, cells }) => [label, ...cells.map((cell) => cellText(cell, options))]),
    ],
    3,
  );
  const wide = table.split('\n').some((line) => visibleLength(line) > width);
  const text = wide
    ? layout(
        rows.flatMap((row) => crlRows(row, options)),
        options,
      )
    : table;
  return [text, ...more].join('\n');
}

function cellText({ verdict, note }: MatrixCell, { paint = plain }: TextOptions): string {
  const word = verdict === 'unknown' ? 'not known' : verdict;
  const text = note === undefined ? word : `${word}${verdict === 'unknown' ? ':' : ''} ${note}`;
  return verdict === 'ok' ? paint.good(text) : verdict === 'refused' ? paint.bad(text) : paint.warn(text);
}

/** One CA or CRL by verdict: `ok: cloudfront, alb`. */
function crlRows({ label, cells }: Matrix['rows'][number], options: TextOptions): readonly Row[] {
  const texts = [...new Set(cells.map((cell) => cellText(cell, options)))];
  return [
    { text: label, indent: 0 },
    ...texts.map((text) => {
      const same = cells.filter((cell) => cellText(cell, options) === text);
      return { text: `${text}: ${same.map(({ service }) => service).join(', ')}`, indent: 2 };
    }),
  ];
}
