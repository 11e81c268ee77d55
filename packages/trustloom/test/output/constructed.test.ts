import {
  type Plan,
  planMarkdown,
  planText,
  refreshText,
  reportText,
  type TextOptions,
} from '@trustloom/core';
import { expect, test } from 'vitest';
import {
  digests,
  firstSteps,
  fresh,
  planOf,
  reportOf,
  step,
  target,
  targets,
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

test('two CAs of one name stay two', () =>
  expectText(
    'two-cas-of-one-name',
    scenes([
      ['plan', planText(twoOfOneName, wide)],
      ['apply', reportText(reportOf(twoOfOneName), wide)],
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
    exposure: targets(100, () => ({})).map(
      ({ name }) => `${name}: revoked clients are admitted (nothing checks CRLs there)`,
    ),
  },
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
    ]),
  );
  for (const plan of [oneRow, hundred]) expect(planText(plan, wide).split('\n').length).toBeLessThan(24);
});

test('sixty columns', async () => {
  const texts: readonly (readonly [string, string])[] = [
    ['plan', planText(one, narrow)],
    ['apply', reportText(reportOf(one), narrow)],
    ['plan of two CAs of one name', planText(twoOfOneName, narrow)],
    ['plan of a hundred targets', planText(mixed, narrow)],
  ];
  await expectText('sixty-columns', scenes(texts));
  const cut = texts
    .flatMap(([, text]) => text.split('\n'))
    .filter((line) => line.length > 60 && line.trim().split(' ').length > 2);
  expect(cut).toEqual([]);
});
