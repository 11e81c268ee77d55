/**
 * The NIST Public Key Interoperability Test Suite: hundreds of chains and CRLs made to catch
 * those who admit too much. With every switch at `refuse`, no client is admitted here that
 * `openssl verify` refuses. (The reverse does not hold: services follow four CAs at most.)
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realClock } from '../../src/clock.ts';
import { createTrustCache, decide } from '../../src/edge/decide.ts';
import { createEdges } from '../../src/edge/index.ts';
import { LAXER_THAN_OPENSSL } from '../../src/fidelity/fidelity.ts';
import { type DEFAULT_UNKNOWNS, UNKNOWNS } from '../../src/unknowns.ts';
import { specOf, trustOf } from '../support/edges.ts';
import { pemOf } from '../support/pki.ts';
import { has, run } from '../support/tools.ts';

/** Where Debian's python3-cryptography-vectors, or the Python package of that name, has them. */
function folderOfVectors(): string | undefined {
  const debian = '/usr/lib/python3/dist-packages/cryptography_vectors';
  const python = spawnSync('python3', ['-c', 'import cryptography_vectors as v; print(v.__path__[0])']);
  const folders = [debian, python.stdout?.toString().trim() ?? ''].map((path) =>
    join(path, 'x509', 'PKITS_data'),
  );
  return folders.find((path) => existsSync(join(path, 'certs')));
}

const vectors = folderOfVectors();
const ready = vectors !== undefined && has('openssl', 'version');
/** The strictest reading of everything. */
const strict = Object.fromEntries(
  Object.keys(UNKNOWNS).map((name) => [name, 'refuse']),
) as typeof DEFAULT_UNKNOWNS;

describe.skipIf(!ready)('NIST PKITS (needs python3-cryptography-vectors and openssl)', () => {
  const read = (folder: string) =>
    ready
      ? readdirSync(join(vectors, folder))
          .sort()
          .map((name) => ({
            name: name.replace(/\.\w+$/, ''),
            der: new Uint8Array(readFileSync(join(vectors, folder, name))),
          }))
      : [];
  const certificates = read('certs');
  const crls = read('crls');
  const anchor = certificates.find(({ name }) => name === 'TrustAnchorRootCertificate');
  const cas = certificates.filter(
    ({ name }) => /C[aA]*Cert|subCA|SubCA|SubSubCA|CACert/.test(name) && !/EE$/.test(name),
  );
  const leaves = certificates.filter(({ name }) => /EE$/.test(name));

  /** What the edge says: the leaf with everything that a client could send. */
  const weSay = (leaf: Uint8Array, attached: readonly Uint8Array[]) =>
    decide(
      'alb',
      trustOf('verify', { anchors: anchor ? [anchor.der] : [], crls: attached }),
      [leaf, ...cas.map(({ der }) => der)],
      createTrustCache(),
      { now: Date.now(), unknowns: strict },
    ).outcome === 'admit';

  /** Asks openssl about all leaves in one run; gives the names that it refuses. */
  async function opensslRefuses(checks: readonly string[]): Promise<ReadonlySet<string>> {
    const folder = mkdtempSync(join(tmpdir(), 'local-aws-pkits-'));
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    try {
      const paths = leaves.map(({ name, der }) => file(`${name}.pem`, pemOf('CERTIFICATE', der)));
      const store = file('store.pem', pemOf('CERTIFICATE', anchor?.der ?? new Uint8Array()));
      const sent = file('sent.pem', cas.map(({ der }) => pemOf('CERTIFICATE', der)).join(''));
      const crlFile = file('crls.pem', crls.map(({ der }) => pemOf('X509 CRL', der)).join(''));
      const crlFlags = checks.length > 0 ? [...checks, '-CRLfile', crlFile] : [];
      const flags = ['-partial_chain', '-purpose', 'sslclient', '-CAfile', store, '-untrusted', sent];
      const { out } = await run('openssl', ['verify', ...flags, ...crlFlags, ...paths]);
      // One line `PATH: OK` for each that it admits; everything else is a refusal.
      const admitted = new Set(out.split('\n').filter((line) => line.endsWith(': OK')));
      return new Set(
        leaves.map(({ name }) => name).filter((name) => !admitted.has(`${join(folder, name)}.pem: OK`)),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Who is admitted here and refused there, but for the rows that the fidelity page names. */
  const laxer = (admitted: readonly string[], refused: ReadonlySet<string>) =>
    admitted.filter((name) => refused.has(name) && !Object.hasOwn(LAXER_THAN_OPENSSL, name));

  test('is there as a whole', () => {
    expect([leaves.length > 200, cas.length > 100, crls.length > 150, anchor !== undefined]).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  test('without CRLs, no client is admitted that openssl refuses', async () => {
    const refused = await opensslRefuses([]);
    const admitted = leaves.filter(({ der }) => weSay(der, [])).map(({ name }) => name);
    expect(laxer(admitted, refused)).toEqual([]);
    expect([admitted.length > 50, refused.size > 20]).toEqual([true, true]);
  });

  test('with a CRL for every CA, no client is admitted that openssl refuses with -crl_check_all', async () => {
    const refused = await opensslRefuses(['-crl_check_all']);
    const attached = crls.map(({ der }) => der);
    const admitted = leaves.filter(({ der }) => weSay(der, attached)).map(({ name }) => name);
    expect(laxer(admitted, refused)).toEqual([]);
    expect([admitted.length > 20, refused.size > 50]).toEqual([true, true]);
  });

  test('with the CRL of the leaf’s own CA alone, no client is admitted that openssl refuses with -crl_check', async () => {
    const refused = await opensslRefuses(['-crl_check']);
    const attached = crls.map(({ der }) => der);
    const leafAlone = leaves.filter(({ der }) => {
      const { outcome } = decide(
        'alb',
        trustOf('verify', { anchors: anchor ? [anchor.der] : [], crls: attached }),
        [der, ...cas.map((ca) => ca.der)],
        createTrustCache(),
        { now: Date.now(), unknowns: { ...strict, albCrlDepth: 'admit' } },
      );
      return outcome === 'admit';
    });
    const names = leafAlone.map(({ name }) => name);
    expect(laxer(names, refused)).toEqual([]);
  });

  test('an edge starts with all CRLs attached', async () => {
    const edges = createEdges({ clock: realClock, unknowns: strict });
    const trust = trustOf('verify', {
      anchors: anchor ? [anchor.der] : [],
      crls: crls.map(({ der }) => der),
    });
    const edge = await edges.open(specOf('alb', trust));
    expect(edge.port).toBeGreaterThan(0);
    await edges.closeAll();
  });
});
