import { createTestCa, trustOf } from '@trustloom/testkit';
import { describe, expect, it } from 'vitest';
import { entryFindings } from '../src/revocation/entries/findings.ts';
import { desiredEntries } from '../src/revocation/entries/index.ts';
import { chooseLayout } from '../src/revocation/entries/layout.ts';
import { freshItems } from '../src/revocation/entries/reconcile.ts';
import { generateConnectionFunction } from '../src/revocation/function.ts';
import { edge, shown } from './support/edge.ts';
import { serials } from './support/entries.ts';

const code = generateConnectionFunction({ mode: 'required', graceMs: 0 });
/** A CA that counts: root 1, issuing CA 2 without a path length, clients 1, 2, 3. */
const root = await createTestCa({ subject: 'CN=Root', serial: '1' });
const issuing = await root.intermediate('CN=Issuing', { serial: '2' });

function storeOf(revoked: { readonly byRoot?: readonly string[]; readonly byIssuing: readonly string[] }) {
  const entries = (serials: readonly string[] = []) => serials.map((serial) => ({ serial }));
  const trust = trustOf({
    cas: [root, issuing],
    crls: [
      { issuer: root, crl: root.issueCrl({ entries: entries(revoked.byRoot) }) },
      { issuer: issuing, crl: issuing.issueCrl({ entries: entries(revoked.byIssuing) }) },
    ],
  });
  const desired = desiredEntries(trust, trust.cas, 'exact');
  const size = { count: desired.set.count, textBytes: desired.textBytes };
  const at = edge(code, freshItems(desired, chooseLayout('exact', size, 'test')), Date.now());
  return {
    /** A client of the issuing CA, which it sends along. */
    admits: (leaf: string) => at.admits([shown(leaf), shown('2')], 'CN=Issuing'),
    findings: entryFindings(desired)
      .filter(({ code }) => code === 'key-value-store-ca-serial')
      .map(({ severity, about }) => `${severity} ${about}`),
  };
}

describe('a CA with serials in a row', () => {
  it('stays good when its own serial is that of a client that it revoked', async () => {
    const { admits, findings } = storeOf({ byIssuing: ['2'] });
    expect([await admits('1'), await admits('2'), await admits('3')]).toEqual([true, false, true]);
    expect(findings).toEqual([`warning ${issuing.sha256}`]);
  });

  it('stays good with a hundred clients revoked: short serials leave room in the manifest', async () => {
    const { admits } = storeOf({ byIssuing: Array.from({ length: 100 }, (_, n) => (n + 2).toString(16)) });
    expect([await admits('1'), await admits('3'), await admits('ff')]).toEqual([true, false, true]);
  });

  it('is refused when the CRL of its own issuer names it', async () => {
    const { admits, findings } = storeOf({ byRoot: ['2'], byIssuing: ['2'] });
    expect([await admits('1'), await admits('3')]).toEqual([false, false]);
    expect(findings).toEqual([]);
  });

  it('is named by an error where intermediates are looked up among all revoked serials', async () => {
    const { admits, findings } = storeOf({ byIssuing: ['2', ...serials(40, 20, 3)] });
    expect(await admits('1')).toBe(false);
    expect(findings).toEqual([`error ${issuing.sha256}`]);
    expect(storeOf({ byIssuing: serials(40, 20, 3) }).findings).toEqual([]);
  });
});
