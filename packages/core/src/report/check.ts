import type { Service } from '../adapter/contract.ts';
import type { Definition } from '../definition/definition.ts';
import type { Lock } from '../definition/lock.ts';
import { type Finding, isRefusal, sortFindings } from '../errors/finding.ts';
import type { Gathered } from '../plan/load.ts';
import type { ResolvedTrust } from '../plan/resolve-trust.ts';
import { checkMatrix, type Matrix } from '../preflight/matrix.ts';
import type { Instant } from '../util/time.ts';

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
  const cas = [
    ...new Map(
      [...accepted, ...gathered.offers.map(({ certificate }) => certificate)].map((ca) => [ca.sha256, ca]),
    ).values(),
  ];
  const info = services
    .filter(({ key }) => definition.targets.some(({ kind }) => kind === key))
    .map((service) => service.info);
  const crls = gathered.crls.map(({ crl, from }) => ({ crl, name: from.slice(from.lastIndexOf('/') + 1) }));
  const matrix = checkMatrix({ certificates: cas, crls, services: info, now });
  const rendered = definition.targets.flatMap((target) => {
    const service = services.find(({ key }) => key === target.kind);
    const trust = resolved.trusts.get(target.name);
    if (service === undefined || trust === undefined) return [];
    const { name, accountRegion, attach, anchors } = target;
    const bound = service.bind(target.config, {
      definition: definition.name,
      name,
      accountRegion,
      attach,
      anchors,
    });
    const { findings = [] } = bound.render(trust, now).rendering ?? {};
    return findings.map((finding): Finding => ({ ...finding, target: name }));
  });
  return checkReport(matrix, [...resolved.findings, ...rendered]);
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
