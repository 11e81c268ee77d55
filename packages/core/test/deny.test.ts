import { createTestCa, createTestClock, crlOf } from '@trustloom/testkit';
import { describe, expect, test } from 'vitest';
import { denyReport } from '../src/apply/deny-report.ts';
import { deniedEntry, denySubject, type IssuedEvidence } from '../src/apply/deny-subject.ts';
import {
  type Content,
  type DenyEntry,
  denyText,
  isTrustloomError,
  type Plan,
  parseInventory,
  type Report,
  readCertificate,
  type ServiceInfo,
} from '../src/index.ts';
import { caName } from '../src/kit/ca-words.ts';
import { fakeInfo } from './support/fake-service.ts';

const clock = createTestClock('2026-11-24T10:00:00Z');
const root = await createTestCa({ subject: 'CN=Acme Root CA', clock });
const issuing = await root.intermediate('CN=Acme Issuing CA');
const other = await root.intermediate('CN=Acme Other CA');
const rootCa = readCertificate(root.der);
const issuingCa = readCertificate(issuing.der);
const otherCa = readCertificate(other.der);

function evidence(more: Partial<IssuedEvidence> = {}): IssuedEvidence {
  return { known: [rootCa, issuingCa, rootCa, issuingCa], crls: [], inventories: [], ...more };
}

const named = (serial: string, ca = issuing, issuer = issuingCa) => ({
  issuer,
  crl: crlOf(ca.issueCrl({ entries: [{ serial }] })),
  expired: false,
});
const inventory = (text: string, ...cas: readonly (typeof issuingCa)[]) => ({
  inventory: parseInventory(new TextEncoder().encode(text), 'issued.txt'),
  cas,
});

function refused(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (isTrustloomError(error)) return error;
    throw error;
  }
  throw new TypeError('it was not refused');
}

describe('whose serial it is', () => {
  test('the example of the README on a two-tier CA: the only CA that issues client certificates', () => {
    const { serial, ca } = denySubject('3f:9c:2a', {}, evidence());
    expect([serial, ca.sha256]).toEqual(['3f9c2a', issuingCa.sha256]);
  });

  test('of two issuing CAs the one whose CRL or inventory names it', () => {
    const known = [rootCa, issuingCa, otherCa];
    const byCrl = denySubject('ab01', {}, evidence({ known, crls: [named('ab01', other, otherCa)] }));
    expect([byCrl.ca.sha256, byCrl.findings]).toEqual([otherCa.sha256, []]);
    const inventories = [inventory('0xAB:01\n', otherCa), inventory('cd02\n', issuingCa)];
    expect(denySubject('cd02', {}, evidence({ known, inventories })).ca.sha256).toBe(issuingCa.sha256);
  });

  test('else each CA is listed once, with the `--ca` line to paste', () => {
    const known = [rootCa, issuingCa, otherCa, issuingCa, rootCa];
    const { code, message } = refused(() => denySubject('ab01', {}, evidence({ known })));
    expect(code).toBe('ca-unknown');
    expect(message.split('\n').slice(1)).toEqual(
      [issuingCa, otherCa].map((ca) => `  --ca ${ca.sha256.slice(0, 8)}  for ${caName(ca)}`),
    );
  });

  test('a serial that nothing known explains gets a warning', () => {
    expect(denySubject('ab01', {}, evidence()).findings).toMatchObject([
      { code: 'serial-unexplained', severity: 'warning' },
    ]);
  });
});

describe('a decimal serial is not read as hex without a word', () => {
  test('which was read is said', () => {
    const { serial, findings } = denySubject('1234', {}, evidence());
    expect([serial, findings[0]?.message]).toEqual(['1234', 'serial 1234 read as hex, decimal 4660']);
    const decimal = denySubject('4660', { decimal: true }, evidence());
    expect([decimal.serial, decimal.findings[0]?.message]).toEqual([
      '1234',
      'serial 4660 read as decimal, hex 1234',
    ]);
  });

  test.each(['12:34', '0x1234', 'ab', '7'])('nothing needs to be said of %s', (text) => {
    const codes = denySubject(text, {}, evidence()).findings.map(({ code }) => code);
    expect(codes).toEqual(['serial-unexplained']);
  });

  test('where only the decimal reading is known, somebody has to say which is meant', () => {
    const known = evidence({ inventories: [inventory('1234\n', issuingCa)] });
    const { code, message } = refused(() => denySubject('4660', {}, known));
    expect([code, message]).toEqual(['serial-ambiguous', expect.stringMatching(/0x4660.*--decimal/)]);
    expect(denySubject('0x4660', {}, known).serial).toBe('4660');
    expect(denySubject('4660', { decimal: true }, known).findings).toMatchObject([
      { code: 'serial-reading' },
    ]);
    expect(() => denySubject('ab', { decimal: true }, known)).toThrow(/decimal/);
  });
});

const entry: DenyEntry = {
  serial: '1234',
  caKey: issuingCa.keySha256,
  ca: caName(issuingCa),
  by: 'ann',
  why: 'stolen',
  since: '2026-11-24T10:00:00Z',
};

describe('an entry that is taken off again', () => {
  test('is found without naming its CA, and in decimal only when that is said', () => {
    expect(deniedEntry('1234', {}, [entry], [rootCa, issuingCa]).entry).toBe(entry);
    expect(refused(() => deniedEntry('4660', {}, [entry], [rootCa, issuingCa])).code).toBe(
      'serial-ambiguous',
    );
    expect(deniedEntry('4660', { decimal: true }, [entry], [issuingCa]).entry).toBe(entry);
  });

  test('one that is not there names the command that shows them', () => {
    const error = refused(() => deniedEntry('9', {}, [entry], [issuingCa]));
    expect([error.code, error.message]).toEqual(['not-denied', expect.stringContaining('trustloom denied')]);
  });
});

const checked: ServiceInfo = {
  ...fakeInfo,
  capabilities: { ...fakeInfo.capabilities, revocation: 'enforced-by-us' },
};
const held = (more: Partial<Content> = {}): Content => ({
  exists: true,
  cas: [issuingCa].map((certificate) => ({
    certificate,
    sha256: certificate.sha256,
    subject: certificate.subject.text,
  })),
  crls: [],
  denials: [{ ...entry, origin: 'denied' }],
  enforcement: { mechanism: 'authorizer', state: 'enforced', gaps: [] },
  attachments: [{ id: 'api.example.com', mode: 'on', enforcing: true, ignoresExpiry: false }],
  bypasses: [],
  endpoints: [],
  findings: [],
  ...more,
});
const crlHeld = (crl: ReturnType<typeof crlOf>, readable: boolean) => ({
  sha256: crl.sha256,
  issuer: issuingCa.subject.text,
  entries: crl.entryCount,
  inForce: true,
  ...(readable ? { crl } : {}),
});
const issued = crlOf(issuing.issueCrl({ entries: [{ serial: '1234' }] }));
const another = crlOf(issuing.issueCrl({ entries: [{ serial: '77' }] }));
const onlyCrls = { enforcement: { mechanism: 'crl', state: 'enforced', gaps: [] } as const, denials: [] };

/** What the reports of a refresh are to a report of the deny list. */
function reported(change: 'revoke' | 'unrevoke', content: Content | undefined, info: ServiceInfo) {
  const nobody = { exposure: [], lockout: [] };
  const plan: Plan = {
    formatVersion: 1,
    definition: 'acme',
    digest: '',
    lines: [],
    targets: [],
    caChanges: [],
    findings: [],
    now: nobody,
    after: nobody,
    calls: 0,
    missing: [],
    blocked: false,
    changes: false,
  };
  const report: Report = {
    formatVersion: 1,
    definition: 'acme',
    plan,
    targets: [],
    findings: [],
    now: nobody,
    problems: [],
    calls: 0,
    missing: [],
    exitCode: 0,
  };
  const refreshed = {
    report,
    targets: [{ name: 'api', bound: { info } }],
    contents: new Map(content === undefined ? [] : [['api', content]]),
  };
  return denyReport(change, { entries: [entry], findings: [] }, refreshed, {
    known: [rootCa, issuingCa, otherCa],
    crls: [],
    now: clock.now(),
  });
}

describe('`revoke` exits 0 only when it is in force, by what was read back', () => {
  test.each([
    ['read back', 'in force', 0, held(), checked],
    ['written, and not read back', 'not in force', 1, held({ denials: [] }), checked],
    [
      'of another CA with that serial',
      'not in force',
      1,
      held({ denials: [{ ...entry, caKey: otherCa.keySha256, origin: 'denied' }] }),
      checked,
    ],
    [
      'read back, and one way in does not ask',
      'not in force',
      1,
      held({
        enforcement: { mechanism: 'authorizer', state: 'partly', gaps: ['GET /open does not ask it'] },
      }),
      checked,
    ],
    [
      'read back, and no certificate is required',
      'not in force',
      1,
      held({ attachments: [{ id: 'api', mode: 'off', enforcing: false, ignoresExpiry: false }] }),
      checked,
    ],
    [
      'nothing checks',
      'nothing checks',
      1,
      held({ enforcement: { mechanism: 'none', state: 'not-enforced', gaps: [] }, denials: [] }),
      checked,
    ],
    ['not looked at', 'not looked at', 1, undefined, checked],
    [
      'no CA there admits such clients',
      'not reached',
      0,
      held({
        denials: [],
        cas: [{ certificate: otherCa, sha256: otherCa.sha256, subject: otherCa.subject.text }],
      }),
      checked,
    ],
    [
      'a CRL of the CA names it',
      'in force',
      0,
      held({ ...onlyCrls, crls: [crlHeld(issued, true)] }),
      fakeInfo,
    ],
    [
      'no CRL of the CA names it',
      'waits for the CA',
      1,
      held({ ...onlyCrls, crls: [crlHeld(another, true)] }),
      fakeInfo,
    ],
    [
      'whether a CRL names it is not known',
      'waits for the CA',
      1,
      held({ ...onlyCrls, crls: [crlHeld(issued, false)] }),
      fakeInfo,
    ],
  ] as const)('%s: %s', (_name, state, exitCode, content, info) => {
    const report = reported('revoke', content, info);
    expect([report.targets[0]?.state, report.exitCode]).toEqual([state, exitCode]);
    const text = denyText(report);
    expect(text.includes('Exit code 1, because:\n  api: ')).toBe(exitCode === 1);
    expect(text).not.toMatch(/still admitted/i);
  });

  test('what was not looked at is not said', () => {
    const unread = reported('revoke', held({ ...onlyCrls, crls: [crlHeld(issued, false)] }), fakeInfo);
    expect(unread.problems[0]).toContain('whether one in force names serial 1234 is not known');
    const read = reported('revoke', held({ ...onlyCrls, crls: [crlHeld(another, true)] }), fakeInfo);
    expect(read.problems[0]).toContain('none in force names serial 1234');
  });
});

describe('`unrevoke` does not advise to revoke', () => {
  test('where the CA decides, a CRL of it may name it still', () => {
    const report = reported('unrevoke', held({ ...onlyCrls, crls: [crlHeld(issued, true)] }), fakeInfo);
    expect(report.exitCode).toBe(0);
    expect(denyText(report)).toContain('On api a CRL of the CA may name it still.');
    expect(denyText(report)).not.toMatch(/revoke at the CA/);
  });

  test('an entry that is still read back was not lifted', () => {
    expect(reported('unrevoke', held(), checked)).toMatchObject({
      exitCode: 1,
      targets: [{ state: 'not in force' }],
    });
    expect(reported('unrevoke', held({ denials: [] }), checked).exitCode).toBe(0);
  });
});
