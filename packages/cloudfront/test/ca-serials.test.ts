import { createTestCa, trustOf } from '@trustloom/testkit';
import { describe, expect, it } from 'vitest';
import { entryFindings } from '../src/revocation/entries/findings.ts';
import { desiredEntries } from '../src/revocation/entries/index.ts';
import type { EntryForm } from '../src/revocation/entries/serials.ts';
import { generateConnectionFunction } from '../src/revocation/function.ts';
import { edge, shown } from './support/edge.ts';
import { serials, storeWith } from './support/entries.ts';

const code = generateConnectionFunction({ mode: 'required', graceMs: 0 });
/** A CA that counts: root 1, issuing CA 2 without a path length, clients 1, 2, 3. */
const root = await createTestCa({ subject: 'CN=Root', serial: '1' });
const issuing = await root.intermediate('CN=Issuing', { serial: '2' });
const partner = await createTestCa({ subject: 'CN=Partner', serial: '9' });

interface Revoked {
  readonly byRoot?: readonly string[];
  readonly byIssuing?: readonly string[];
  readonly byPartner?: readonly string[];
}

function storeOf({ byRoot = [], byIssuing = [], byPartner = [] }: Revoked, form: EntryForm = 'exact') {
  const entries = (serials: readonly string[]) => serials.map((serial) => ({ serial }));
  const trust = trustOf({
    cas: [root, issuing, partner],
    crls: [
      { issuer: root, crl: root.issueCrl({ entries: entries(byRoot) }) },
      { issuer: issuing, crl: issuing.issueCrl({ entries: entries(byIssuing) }) },
      { issuer: partner, crl: partner.issueCrl({ entries: entries(byPartner) }) },
    ],
  });
  const desired = desiredEntries(trust, trust.cas, form);
  const at = edge(code, storeWith(desired), Date.now());
  return {
    /** A client of the issuing CA, which it sends along. */
    admits: (leaf: string) => at.admits([shown(leaf), shown('2')], 'CN=Issuing', 'CN=Root'),
    findings: entryFindings(desired),
  };
}

describe.each(['exact', 'compact'] as const)('CAs with serials in a row (%s)', (form) => {
  it('the partner lists a serial of our device: the device is admitted', async () => {
    const { admits, findings } = storeOf({ byPartner: ['1', '3'], byIssuing: ['4'] }, form);
    expect([await admits('1'), await admits('3'), await admits('4')]).toEqual([true, true, false]);
    expect(findings).toEqual([]);
  });

  it('one serial under 64 bits in the list of the partner blocks nothing', () => {
    expect(storeOf({ byPartner: ['7f'] }, form).findings).toEqual([]);
  });

  it('a CA stays good when its own serial is that of a client that it revoked', async () => {
    const { admits, findings } = storeOf({ byIssuing: ['2'] }, form);
    expect([await admits('1'), await admits('2'), await admits('3')]).toEqual([true, false, true]);
    expect(findings).toEqual([]);
  });

  it('a CA stays good when the partner lists its serial, however long that list is', async () => {
    const many = serials(400, 20, 3);
    for (const byPartner of [['2'], ['2', ...many]])
      expect(await storeOf({ byPartner }, form).admits('1')).toBe(true);
  });

  it('a CA is refused when the CRL of its own issuer names it, among few or many', async () => {
    for (const more of [[], serials(400, 20, 3)])
      expect(await storeOf({ byRoot: ['2', ...more], byIssuing: ['2'] }, form).admits('1')).toBe(false);
  });
});
