import type {
  CrlFreshness,
  Finding,
  Matrix,
  Plan,
  PlannedStep,
  PlannedTarget,
  Report,
  Status,
  TargetStatus,
} from '@trustloom/core';

/** Digests of the CAs in these texts: the first eight digits tell them apart. */
export const digests = {
  root: '63691ce9'.padEnd(64, '0'),
  issuing: '308be4eb'.padEnd(64, '0'),
  next: '7de5661a'.padEnd(64, '0'),
};

/** A step that may run, or waits for its consent. */
export function step(
  target: string,
  effect: PlannedStep['effect'],
  summary: string,
  more: Partial<PlannedStep> = {},
): PlannedStep {
  return {
    id: summary,
    kind: 'write',
    effect,
    affects: [],
    summary,
    reason: 'it is not so yet',
    action: 'service:Write',
    target,
    needs: more.missing ?? [],
    missing: [],
    ...(more.missing === undefined ? {} : { skipped: 'consent' }),
    ...more,
  };
}

/** The steps that bring mutual TLS to a listener: all but the last need no consent. */
export function firstSteps(name: string, listener = `app/${name}`): readonly PlannedStep[] {
  return [
    step(name, 'grant', 'create trust store with 2 CAs: Acme Issuing CA [308be4eb], Acme Root CA [63691ce9]'),
    step(name, 'revoke', 'attach CRL of Acme Issuing CA [308be4eb], 2 entries'),
    step(name, 'enforce', `set listener ${listener}:443 from off to verify`, {
      missing: [`enforce:${name}`],
      reason: 'the listener asks for no client certificate',
    }),
  ];
}

/** An ALB in an account and region. */
export function target(name: string, more: Partial<PlannedTarget> = {}): PlannedTarget {
  return {
    name,
    service: 'alb',
    title: 'Application Load Balancer',
    accountRegion: { account: '222222222222', region: 'eu-west-1' },
    leaving: false,
    compared: true,
    steps: [],
    freshness: [],
    findings: [],
    ...more,
  };
}

/** `edge-001`, `edge-002` and so on, in four regions. */
export function targets(
  number: number,
  more: (name: string, index: number) => Partial<PlannedTarget>,
): readonly PlannedTarget[] {
  const regions = ['eu-west-1', 'eu-central-1', 'us-east-1', 'ap-southeast-2'];
  return Array.from({ length: number }, (_, index) => {
    const name = `edge-${String(index + 1).padStart(3, '0')}`;
    const region = regions[index % regions.length] ?? '';
    return target(name, { accountRegion: { account: '222222222222', region }, ...more(name, index) });
  });
}

/** A plan of these targets, as core would put it together. */
export function planOf(all: readonly PlannedTarget[], more: Partial<Plan> = {}): Plan {
  const steps = all.flatMap((one) => one.steps);
  const calls = steps.filter(({ skipped }) => skipped === undefined).length;
  return {
    formatVersion: 1,
    definition: 'acme',
    digest: '7d1a3c0f9b2e4d58'.padEnd(64, '0'),
    lines: [],
    targets: all,
    caChanges: [],
    findings: all.flatMap(({ findings }) => findings),
    now: { lockout: [], exposure: [] },
    after: { lockout: [], exposure: [] },
    calls,
    missing: [...new Set(steps.flatMap(({ missing }) => missing))].sort(),
    blocked: false,
    changes: steps.length > 0,
    ...(calls === 0 ? {} : { slowest: { service: 'alb', seconds: 20 } }),
    ...more,
  };
}

/**
 * What an apply of a plan came to: every step that could run is done, but on those targets that
 * failed.
 */
export function reportOf(plan: Plan, failed: Readonly<Record<string, string>> = {}): Report {
  const all = plan.targets.map(({ name, service, steps, freshness }) => {
    const message = failed[name];
    const done = message === undefined ? steps.filter(({ skipped }) => skipped === undefined) : [];
    const remaining = steps.filter((one) => !done.includes(one));
    const state = message !== undefined ? 'failed' : remaining.length > 0 ? 'waits' : 'in-sync';
    return {
      name,
      service,
      state,
      done,
      remaining,
      freshness,
      ...(message === undefined ? {} : { failed: { code: 'access-denied', message } }),
    } as const;
  });
  return {
    formatVersion: 1,
    definition: plan.definition,
    plan,
    targets: all,
    findings: plan.findings,
    now: plan.now,
    problems: all.flatMap(({ name, state }) => (state === 'failed' ? [`${name} failed`] : [])),
    calls: all.reduce((sum, { done }) => sum + done.length, 0),
    missing: [...new Set(all.flatMap(({ remaining }) => remaining.flatMap(({ missing }) => missing)))].sort(),
    exitCode: all.every(({ state }) => state === 'in-sync') ? 0 : 1,
  };
}

/** A warning about one target. */
export function warning(target: string, message: string): Finding {
  return { code: 'attachment-external', severity: 'warning', target, message };
}

/** A CRL in force, fresh unless said otherwise. */
export function fresh(more: Partial<CrlFreshness> = {}): CrlFreshness {
  return {
    issuer: 'Acme Issuing CA [308be4eb]',
    entries: 2,
    nextUpdate: '2026-01-06T08:00:00Z',
    state: 'fresh',
    behind: false,
    red: [],
    ...more,
  };
}

/** What an ALB shows of itself when all is well. */
export function statusTarget(name: string, more: Partial<TargetStatus> = {}): TargetStatus {
  return {
    name,
    service: 'alb',
    title: 'Application Load Balancer',
    accountRegion: '222222222222/eu-west-1',
    state: 'in-sync',
    content: {
      exists: true,
      cas: [
        { sha256: digests.root, subject: 'CN=Acme Root CA,O=Acme' },
        { sha256: digests.issuing, subject: 'CN=Acme Issuing CA,O=Acme' },
      ],
      crls: [],
      attachments: [{ id: `app/${name}:443`, mode: 'verify', enforcing: true, ignoresExpiry: false }],
      bypasses: [{ id: name, state: 'closed', what: `HTTP port 80 of ${name}` }],
      endpoints: [],
    },
    differences: [],
    revocation: {
      mechanism: 'crl',
      title: 'CRLs, checked by the service',
      state: 'enforced',
      gaps: [],
      entries: 2,
      red: [],
    },
    freshness: [fresh()],
    findings: [],
    ...more,
  };
}

/** A target that could not be observed. */
export function unread(name: string, message: string): TargetStatus {
  const { content: _unknown, ...rest } = statusTarget(name, { state: 'failed', freshness: [] });
  return { ...rest, failed: { code: 'access-denied', message } };
}

/** The status of these targets. */
export function statusOf(targets: readonly TargetStatus[]): Status {
  return {
    formatVersion: 1,
    definition: 'acme',
    now: '2026-01-05T08:00:00Z',
    targets,
    findings: [],
    drift: targets.some(({ state }) => state === 'drift'),
    admission: { exposure: [], lockout: [] },
    problems: targets.flatMap(({ name, failed }) =>
      failed === undefined ? [] : [`${name}: could not be read: ${failed.message}`],
    ),
    exitCode: targets.some(({ state }) => state === 'failed') ? 1 : 0,
  };
}

/** A matrix of the four services in which one refuses a CA, and another one is weaker. */
export function matrixOf(cas: number): Matrix {
  const services = ['cloudfront', 'alb', 'api-gateway', 'roles-anywhere'];
  const ok = services.map((service) => ({ service, verdict: 'ok' as const, findings: [] }));
  const weak = services.map((service) =>
    service === 'api-gateway'
      ? { service, verdict: 'refused' as const, note: 'RSA 8192', findings: [] }
      : service === 'cloudfront'
        ? { service, verdict: 'unknown' as const, note: 'key-algorithm', findings: [] }
        : { service, verdict: 'ok' as const, findings: [] },
  );
  const row = (label: string, cells: Matrix['rows'][number]['cells']) => ({ label, about: label, cells });
  return {
    services,
    rows: [
      row('Acme Root CA [63691ce9] (RSA 8192)', weak),
      ...Array.from({ length: cas - 1 }, (_, index) =>
        row(`Acme Issuing CA [${String(index + 1).padStart(8, '0')}] (RSA 2048)`, ok),
      ),
      row(`all ${cas} CAs together`, ok),
      row('issuing.crl (467 bytes, 2 entries)', ok),
    ],
  };
}
