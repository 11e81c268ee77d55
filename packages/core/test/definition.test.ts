import { createTestCa, createTestClock } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import {
  acceptCas,
  emptyLock,
  formatLock,
  isTrustloomError,
  kindsOf,
  parseDefinition,
  parseLock,
  readCertificate,
  retireCa,
} from '../src/index.ts';
import { createFake, fakeService } from './support/fake-service.ts';

const services = [fakeService({ edge: createFake() })];
const parse = (text: string, env: Readonly<Record<string, string>> = {}) =>
  parseDefinition(text, { file: 'trustloom.yaml', env, services });
const good = `name: acme
state: "222222222222/eu-west-1"
groups:
  devices: { from: ./ca.pem, crls: ["http://crl.acme.example/ca.crl"] }
targets:
  edge:
    trust: [devices]
    fake: { region: eu-west-1 }
`;

const variable = (name: string) => `\${${name}}`;

describe('a definition', () => {
  test('is resolved: places from the target, the only account, defaults', () => {
    expect(parse(good)).toMatchObject({
      name: 'acme',
      state: { accountRegion: { account: '222222222222', region: 'eu-west-1' }, accountName: '222222222222' },
      bucket: 'trustloom-{account}-{region}',
      revocation: { graceMs: 86_400_000 },
      groups: [{ name: 'devices', bundle: [{ text: './ca.pem', kind: 'file' }], crls: [{ kind: 'http' }] }],
      targets: [
        {
          name: 'edge',
          kind: 'fake',
          trust: ['devices'],
          attach: 'managed',
          anchors: 'all',
          accountRegion: { account: '222222222222', region: 'eu-west-1' },
        },
      ],
    });
  });

  test('may be JSON, and takes variables from the environment after parsing', () => {
    const text = JSON.stringify({
      name: 'acme',
      state: `${variable('ACCOUNT')}/eu-west-1`,
      groups: { devices: { from: './ca.pem' } },
      targets: { edge: { trust: ['devices'], fake: { region: 'eu-west-1' } } },
    });
    expect(parse(text, { ACCOUNT: '333333333333' }).state.accountRegion.account).toBe('333333333333');
  });

  test('names its kinds without being read whole', () => {
    expect(kindsOf(good, 'x')).toEqual(['fake']);
  });

  test('expands a Serverless CA by the name of its bucket', () => {
    const text = good.replace(
      '{ from: ./ca.pem, crls: ["http://crl.acme.example/ca.crl"] }',
      '{ serverlessCa: { bucket: serverless-ca-external-dev-abc12 } }',
    );
    const [group] = parse(text).groups;
    expect([...(group?.bundle ?? []), ...(group?.crls ?? [])].map((address) => address.text)).toEqual([
      's3://serverless-ca-external-dev-abc12/serverless-ca-bundle-dev.pem',
      's3://serverless-ca-external-dev-abc12/serverless-root-ca-dev.crl',
      's3://serverless-ca-external-dev-abc12/serverless-issuing-ca-dev.crl',
    ]);
    expect([group?.leavesHaveOcsp, parse(good).groups[0]?.leavesHaveOcsp]).toEqual([false, undefined]);
    const prod = parse(text.replace('serverless-ca-external-dev-abc12', 'acme-ca-external-prd-abc12'))
      .groups[0];
    expect(prod?.bundle[0]?.text).toBe('s3://acme-ca-external-prd-abc12/acme-ca-bundle.pem');
  });

  test.each([
    ['broken YAML', `${good}  - [`, 'definition-syntax', 9],
    [
      'a key twice',
      good.replace('    trust: [devices]\n', '    trust: [devices]\n    trust: [devices]\n'),
      'definition-duplicate-key',
      8,
    ],
    ['an unknown key, with the nearest known', good.replace('state:', 'staet:'), 'definition-unknown-key', 2],
    [
      'an unknown key inside a target',
      good.replace('    trust: [devices]\n', '    trust: [devices]\n    anchor: all\n'),
      'definition-unknown-key',
      8,
    ],
    ['an unknown group', good.replace('[devices]', '[devises]'), 'definition-unknown-group', 7],
    ['no trust', good.replace('    trust: [devices]\n', ''), 'definition-value', 7],
    [
      'an account as a number',
      good.replace('    trust: [devices]\n', '    trust: [devices]\n    account: 222222222222\n'),
      'definition-value',
      8,
    ],
    [
      'an unknown account',
      good.replace('    trust: [devices]\n', '    trust: [devices]\n    account: apps\n'),
      'definition-unknown-account',
      8,
    ],
    [
      'CA certificates over http',
      good.replace('./ca.pem', 'http://ca.acme.example/ca.pem'),
      'definition-value',
      4,
    ],
    [
      'a variable that is not set',
      good.replace('./ca.pem', `"${variable('CA_FILE')}"`),
      'definition-variable',
      4,
    ],
    ['no kind', good.replace('    fake: { region: eu-west-1 }\n', ''), 'definition-value', 6],
    [
      'a value of the adapter in the wrong form',
      good.replace('{ region: eu-west-1 }', '{ region: 7 }'),
      'definition-value',
      8,
    ],
  ])('with %s is refused with code and place', (_name, text, code, line) => {
    try {
      parse(text);
      expect.unreachable();
    } catch (error) {
      if (!isTrustloomError(error)) throw error;
      expect(error.code).toBe(code);
      expect(error.message).toMatch(new RegExp(`^trustloom\\.yaml:${line}:\\d+: `));
    }
  });

  test('two targets that claim one listener are refused before any call, with the place', () => {
    const two = `${good.replace('region: eu-west-1 }', 'region: eu-west-1, attached: [one, shared] }')}  other:
    trust: [devices]
    fake: { region: eu-west-1, attached: [shared] }
`;
    expect(() => parse(two)).toThrow(
      expect.objectContaining({
        code: 'definition-value',
        message:
          'trustloom.yaml:9:3: targets.other: shared belongs to target `edge` already; name it in one of them',
        findings: [expect.objectContaining({ at: { file: 'trustloom.yaml', line: 9, column: 3 } })],
      }),
    );
    // The same id in another region is another thing.
    expect(
      parse(two.replace(/region: eu-west-1(, attached: \[shared\])/, 'region: eu-west-2$1')).targets,
    ).toHaveLength(2);
  });

  test('is shown the nearest known word', () => {
    expect(() => parse(good.replace('[devices]', '[devises]'))).toThrow('did you mean `devices`?');
    expect(() => parse(good.replace('state:', 'staet:'))).toThrow('did you mean `state`?');
  });

  test('is shown all that is wrong at once', () => {
    try {
      parse(good.replace('[devices]', '[nobody]').replace('./ca.pem', 'ftp://x/y'));
      expect.unreachable();
    } catch (error) {
      expect(isTrustloomError(error) && error.findings.map(({ code }) => code).sort()).toEqual([
        'definition-unknown-group',
        'definition-value',
      ]);
    }
  });
});

describe('a lock', async () => {
  const clock = createTestClock('2026-11-24T10:00:00Z');
  const [one, two] = [
    await createTestCa({ subject: 'CN=One', clock }),
    await createTestCa({ subject: 'CN=Two', clock }),
  ].map(({ der }) => readCertificate(der));
  if (one === undefined || two === undefined) throw new Error('no CA');
  const offers = [one, two].map((certificate) => ({ certificate, group: 'devices', from: './ca.pem' }));
  const accepted = acceptCas(emptyLock, offers, 'all', clock.now()).lock;

  test('is the same bytes for any order, and reads back as it was', () => {
    const text = formatLock(accepted);
    expect(formatLock({ entries: [...accepted.entries].reverse() })).toBe(text);
    expect(formatLock(parseLock(text, 'trustloom.lock'))).toBe(text);
    expect(text).toContain('since: 2026-11-24');
  });

  test.each([
    ['subject', (text: string) => text.replace('subject: CN=One', 'subject: CN=Two')],
    ['expires', (text: string) => text.replace(/expires: \d{4}/, 'expires: 2999')],
    [
      'sha256',
      (text: string) =>
        text.replace(
          one.sha256,
          one.sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
        ),
    ],
  ])('whose %s does not match the PEM is refused with its place', (_name, change) => {
    expect(() => parseLock(change(formatLock(accepted)), 'trustloom.lock')).toThrow(
      expect.objectContaining({
        code: 'lock-mismatch',
        message: expect.stringMatching(/^trustloom\.lock:\d+:\d+: /),
      }),
    );
  });

  test('with `state: distrusted`, which is not built yet, is refused with its place', () => {
    const lines = formatLock(accepted).replace('state: trusted', 'state: distrusted').split('\n');
    const line = lines.findIndex((one) => one.includes('state: distrusted')) + 1;
    expect(() => parseLock(lines.join('\n'), 'trustloom.lock')).toThrow(
      expect.objectContaining({
        code: 'lock-syntax',
        message: expect.stringMatching(
          new RegExp(`^trustloom\\.lock:${line}:12: .distrusted. is not built yet; use .retired.`),
        ),
      }),
    );
  });

  test('keeps a retired CA out until it is named, and a distrusted one for good', () => {
    const retired = retireCa(accepted, offers, one.sha256.slice(0, 12), clock.now()).lock;
    expect(
      acceptCas(retired, offers, 'all', clock.now()).changes.map(({ change, subject }) => [change, subject]),
    ).toEqual([
      ['declined', 'CN=One'],
      ['unchanged', 'CN=Two'],
    ]);
    expect(acceptCas(retired, offers, [one.sha256], clock.now()).changes[0]?.change).toBe('accepted');
    const distrusted = {
      entries: retired.entries.map((entry) => ({ ...entry, state: 'distrusted' as const })),
    };
    expect(acceptCas(distrusted, offers, [one.sha256], clock.now()).changes[0]).toMatchObject({
      change: 'declined',
      why: 'its key is distrusted',
    });
  });

  test('takes no expired CA, and nothing that is not offered', () => {
    expect(
      acceptCas(emptyLock, offers, 'all', one.notAfter + 1).changes.every(
        ({ change }) => change === 'declined',
      ),
    ).toBe(true);
    expect(() => acceptCas(emptyLock, offers, ['f'.repeat(64)], clock.now())).toThrow(
      expect.objectContaining({ code: 'not-offered' }),
    );
  });
});
