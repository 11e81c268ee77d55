import {
  type CheckReport,
  checkText,
  explainText,
  type Plan,
  planMarkdown,
  planText,
  refreshText,
  reportText,
  type Status,
  statusText,
  type TargetExplanation,
  type TextOptions,
} from '@trustloom/core';
import { expect, test } from 'vitest';
import { type ProbeReport, probeText } from '../../src/index.ts';
import {
  digests,
  firstSteps,
  fresh,
  matrixOf,
  planOf,
  reportOf,
  statusOf,
  statusTarget,
  step,
  target,
  targets,
  unread,
  warning,
} from './constructed.ts';
import { expectText } from './recorded.ts';

/** Several texts in one file, each under what it shows. */
function scenes(parts: readonly (readonly [title: string, text: string])[]): string {
  return parts.map(([title, text]) => `----- ${title}\n${text}\n`).join('\n');
}

const wide: TextOptions = { width: 100 };
const narrow: TextOptions = { width: 60 };

const one = planOf([target('edge', { steps: firstSteps('edge') })]);

test('one target', () =>
  expectText(
    'one-target',
    scenes([
      ['plan', planText(one, wide)],
      ['plan --verbose', planText(one, { ...wide, verbose: true })],
      ['apply, without the consent', reportText(reportOf(one), wide)],
      ['apply, in sync', reportText(reportOf(planOf([target('edge')])), wide)],
      ['plan, in sync', planText(planOf([target('edge')]), wide)],
      ['plan --markdown', planMarkdown(one)],
      ['status', statusText(statusOf([statusTarget('edge')]), wide)],
    ]),
  ));

/** Two CAs of one subject: one is in the lock, the other has taken its place at the source. */
const twoOfOneName: Plan = planOf(
  [
    target('edge', {
      steps: [
        step('edge', 'grant', 'trust Acme Issuing CA [7de5661a]'),
        step('edge', 'revoke', 'attach CRL of Acme Issuing CA [308be4eb], 1 entry'),
        step('edge', 'revoke', 'attach CRL of Acme Issuing CA [7de5661a], 1 entry'),
      ],
    }),
  ],
  {
    caChanges: [
      {
        change: 'propose',
        sha256: digests.next,
        subject: 'CN=Acme Issuing CA,O=Acme',
        group: 'devices',
        admittedOn: [{ target: 'edge', through: 'Acme Root CA [63691ce9]' }],
        notOn: ['api'],
      },
      {
        change: 'keep',
        sha256: digests.issuing,
        subject: 'CN=Acme Issuing CA,O=Acme',
        group: 'devices',
        admittedOn: [{ target: 'edge', through: 'Acme Issuing CA [308be4eb]' }],
        notOn: [],
      },
    ],
  },
);

const overdue = 'the next CRL is overdue: see why the CA has not published it';
const twoInForce: Status = statusOf([
  statusTarget('edge', {
    freshness: [
      fresh(),
      fresh({ issuer: 'Acme Issuing CA [7de5661a]', entries: 0, state: 'overdue', red: [overdue] }),
    ],
    content: {
      exists: true,
      cas: [digests.issuing, digests.next].map((sha256) => ({
        sha256,
        subject: 'CN=Acme Issuing CA,O=Acme',
      })),
      crls: [],
      attachments: [],
      bypasses: [],
      endpoints: [],
    },
  }),
]);

const twoExplained: readonly TargetExplanation[] = ['edge', 'mail'].map((name) => ({
  target: name,
  service: 'alb',
  title: 'Application Load Balancer',
  accountRegion: { account: '222222222222', region: 'eu-west-1' },
  verdict: name === 'edge' ? 'admitted' : 'refused',
  chain: [],
  reasons: [
    { says: 'yes', what: 'validity', text: 'valid until 2026-02-04T08:00:00Z' },
    name === 'edge'
      ? {
          says: 'yes',
          what: 'chain',
          text: 'issued by Acme Issuing CA [7de5661a], and Acme Issuing CA [7de5661a] is trusted here',
        }
      : {
          says: 'no',
          what: 'chain',
          text: 'no CA that is trusted here issued it, directly or through a CA that is known (issuer CN=Acme Issuing CA,O=Acme)',
        },
  ],
}));

test('two CAs of one name stay two', () =>
  expectText(
    'two-cas-of-one-name',
    scenes([
      ['plan', planText(twoOfOneName, wide)],
      ['apply', reportText(reportOf(twoOfOneName), wide)],
      ['status', statusText(twoInForce, wide)],
      ['explain', explainText(twoExplained, { ...wide, client: 'CN=device, serial c3' })],
    ]),
  ));

const hundred = planOf(
  targets(100, (name) => ({ steps: firstSteps(name) })),
  {},
);
const oneRow = planOf(
  targets(100, (name) => ({
    steps: [step(name, 'revoke', 'attach CRL of Acme Issuing CA [308be4eb], 3 entries')],
  })),
);
const mixed = planOf(
  targets(100, (name, index) => {
    if (index === 41)
      return {
        compared: false,
        failed: {
          code: 'access-denied',
          kind: 'service',
          message: 'not authorized to perform elasticloadbalancing:DescribeTrustStores',
        },
      };
    if (index < 60) return {};
    return {
      findings: [warning(name, `${name}: its listener is attached by somebody else`)],
      freshness:
        index === 99
          ? [
              fresh({
                state: 'expired',
                red: ['the CA has published no newer CRL; this one stays in force'],
              }),
            ]
          : [],
      steps: [step(name, 'revoke', 'attach CRL of Acme Issuing CA [308be4eb], 3 entries')],
    };
  }),
  {
    after: {
      lockout: [],
      exposure: targets(100, () => ({})).map(({ name }) => ({
        kind: 'revoked' as const,
        text: `${name}: revoked clients are admitted (nothing checks CRLs there)`,
      })),
    },
  },
);

const hundredStatus = statusOf(
  targets(100, () => ({})).map(({ name }, index) =>
    index === 41
      ? unread(name, 'not authorized to describe trust stores')
      : index === 60
        ? statusTarget(name, {
            state: 'drift',
            differences: [
              {
                effect: 'remove',
                summary: 'remove Rogue CA [0badf00d]',
                reason: 'the definition does not name it',
              },
            ],
          })
        : statusTarget(name),
  ),
);

test('a hundred targets', async () => {
  await expectText(
    'hundred-targets',
    scenes([
      ['plan, one row each', planText(oneRow, wide)],
      ['apply of it', reportText(reportOf(oneRow), wide)],
      ['refresh', refreshText(reportOf(oneRow), wide)],
      ['plan, first steps', planText(hundred, wide)],
      ['apply of it', reportText(reportOf(hundred), wide)],
      ['plan, some differ', planText(mixed, wide)],
      ['apply of it', reportText(reportOf(mixed, { 'edge-042': 'not authorized' }), wide)],
      ['status', statusText(hundredStatus, wide)],
      ['check of a hundred CAs', checkText(checked(100), wide)],
    ]),
  );
  for (const plan of [oneRow, hundred]) expect(planText(plan, wide).split('\n').length).toBeLessThan(24);
});

/** A check in which API Gateway refuses the root. */
function checked(cas: number): CheckReport {
  const message = 'Acme Root CA [63691ce9] has a key of RSA 8192';
  return {
    formatVersion: 1,
    matrix: matrixOf(cas),
    findings: [{ code: 'key-algorithm', severity: 'error', service: 'api-gateway', message }],
    exitCode: 1,
  };
}

const probed: ProbeReport = {
  formatVersion: 1,
  clients: ['none', 'good', 'untrusted', 'revoked'],
  rows: [
    {
      target: 'edge',
      service: 'alb',
      revocationEnforced: true,
      required: true,
      ignoresExpiry: false,
      cells: [
        { client: 'none', outcome: 'refused' },
        { client: 'good', outcome: 200 },
        { client: 'untrusted', outcome: 'refused' },
        { client: 'revoked', outcome: 'refused' },
      ],
      bypasses: [{ id: 'http', state: 'open', what: 'HTTP port 80 forwards without mutual TLS' }],
    },
    {
      target: 'api',
      service: 'api-gateway',
      revocationEnforced: false,
      required: true,
      ignoresExpiry: false,
      cells: [
        { client: 'none', outcome: 'refused' },
        { client: 'good', outcome: 200 },
        { client: 'untrusted', outcome: 403 },
        { client: 'revoked', outcome: 200 },
      ],
      bypasses: [],
    },
  ],
  problems: ['api: the client revoked is admitted'],
  exitCode: 1,
};

test('check and probe', () =>
  expectText(
    'check-and-probe',
    scenes([
      ['check', checkText(checked(2), wide)],
      ['probe', probeText(probed, wide)],
    ]),
  ));

test('sixty columns', async () => {
  const texts: readonly (readonly [string, string])[] = [
    ['plan', planText(one, narrow)],
    ['apply', reportText(reportOf(one), narrow)],
    ['plan of two CAs of one name', planText(twoOfOneName, narrow)],
    ['plan of a hundred targets', planText(mixed, narrow)],
    ['status', statusText(twoInForce, narrow)],
    ['check', checkText(checked(2), narrow)],
    ['probe', probeText(probed, narrow)],
  ];
  await expectText('sixty-columns', scenes(texts));
  const cut = texts
    .flatMap(([, text]) => text.split('\n'))
    .filter((line) => line.length > 60 && line.trim().split(' ').length > 2);
  expect(cut).toEqual([]);
});
