import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runConnectionFunction } from '@trustloom/local-aws';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../src/revocation/entries/manifest.ts';
import { collectSerials, type EntryForm, issuedBy, nameText } from '../src/revocation/entries/serials.ts';
import { generateConnectionFunction } from '../src/revocation/function.ts';
import { edge, notations, shown } from './support/edge.ts';
import { desiredFor, desiredOf, nobody, serials, storeWith } from './support/entries.ts';

const now = Date.parse('2026-11-26T08:00:00Z');
const hour = 3_600_000;
const code = generateConnectionFunction({ mode: 'required', graceMs: 24 * hour });
const optional = generateConnectionFunction({ mode: 'optional', graceMs: 0 });
const forms: readonly EntryForm[] = ['exact', 'compact'];

/** Serials of every length, with the top bit set and not, all digits, and nothing but a zero. */
const revoked = [
  ...[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 19, 20].flatMap((bytes) => serials(12, bytes, bytes)),
  '0',
  '80',
  'ff'.repeat(20),
  '1234567890123456789012345678901234567890',
];
const valid = [1, 8, 16, 20]
  .flatMap((bytes) => serials(40, bytes, 100 + bytes))
  .filter((one) => !revoked.includes(one));

function storeOf(form: EntryForm): ReadonlyMap<string, string> {
  return storeWith(desiredOf(revoked, form));
}

const knownBoth = new Map([nobody, 'CN=Other'].map((name) => [nameText(name), { end: 0, listed: true }]));
const noManifest: Manifest = { ends: new Map(), cas: collectSerials([]), lookUpCas: false };

describe('the connection function', () => {
  it('is below 4 KB, in old syntax, and says in its first line what it is', () => {
    for (const one of [code, optional]) {
      expect(Buffer.byteLength(one)).toBeLessThan(4000);
      expect(one).not.toMatch(/\?\.|\?\?|replaceAll|\bclass\b|`/);
    }
    expect(code.split('\n')[0]).toBe('// trustloom required grace=86400');
  });

  it.each(forms)('refuses every revoked serial in every notation, and no other (%s)', async (form) => {
    const at = edge(code, storeOf(form), now);
    for (const serial of revoked)
      for (const text of notations(serial)) expect([text, await at.admits([text])]).toEqual([text, false]);
    for (const serial of valid)
      for (const text of notations(serial)) expect([text, await at.admits([text])]).toEqual([text, true]);
  });

  it('reads the store three times at most for a client, whatever it sends beside', async () => {
    const at = edge(code, storeOf('exact'), now);
    await at.admits([shown(valid[0] ?? ''), shown(valid[1] ?? ''), shown(valid[2] ?? '')]);
    expect(at.reads()).toBe(3);
  });

  it('refuses what it cannot read: no head, a bucket that is gone, no serial, an unknown notation', async () => {
    const whole = storeOf('exact');
    const without = (key: RegExp) => new Map([...whole].filter(([name]) => !key.test(name)));
    const serial = shown(valid[0] ?? '');
    for (const items of [new Map<string, string>(), without(/^manifest$/), without(/^\d/), without(/^d/)])
      expect(await edge(code, items, now).admits([serial])).toBe(false);
    const spaced = (valid[3] ?? '').slice(0, -1);
    for (const odd of [
      '',
      ':',
      'xyz',
      '-1',
      '+1',
      'ñ',
      '0x',
      '0x1f',
      '1_0',
      '1e3.5',
      ' 1f',
      '1f ',
      `${spaced} `,
      `${'0'.repeat(9)} `,
    ])
      expect(await edge(code, whole, now).admits([odd])).toBe(false);
    expect(await edge(code, whole, now).admits([serial])).toBe(true);
  });

  it('refuses the clients of a CRL past its end and grace, in every order of the name, and those of no other CA', async () => {
    const seconds = Math.floor(now / 1000);
    const ends = new Map(
      [
        ['CN=Stale\\, Inc,O=Acme,C=GB', seconds - 25 * 3600] as const,
        ['CN=In Grace,O=Acme,C=GB', seconds - 3600] as const,
        ['CN=No End,O=Acme,C=GB', 0] as const,
      ].map(([name, end]) => [nameText(name), { end, listed: true }]),
    );
    const at = edge(code, storeWith(desiredOf([], 'exact', { manifest: { ...noManifest, ends } })), now);
    for (const name of [
      'C=GB, O=Acme, CN=Stale\\, Inc',
      'CN=Stale\\, Inc,O=Acme,C=GB',
      'C=GB,O=Acme,CN="Stale, Inc"',
    ])
      expect([name, await at.admits(['0a'], name)]).toEqual([name, false]);
    for (const name of ['C=GB, O=Acme, CN=In Grace', 'CN=No End,O=Acme,C=GB'])
      expect([name, await at.admits(['0a'], name)]).toEqual([name, true]);
    expect(await at.admits(['0a'], 'CN=Unknown')).toBe(false);
    expect(at.why()).toBe('trustloom: stale');
  });

  it.each([10, 400])('knows the end of each of %i issuers by name', async (count) => {
    const seconds = Math.floor(now / 1000);
    const ends = new Map(
      Array.from({ length: count }, (_, at) => [
        nameText(`CN=Issuer ${at}`),
        { end: at % 3 === 0 ? seconds - 25 * 3600 : at % 3 === 1 ? seconds : 2, listed: true },
      ]),
    );
    const items = storeWith(desiredOf([], 'exact', { manifest: { ...noManifest, ends } }));
    for (const [key, value] of items) expect([key, value.length <= 1024]).toEqual([key, true]);
    const at = edge(code, items, now);
    for (let issuer = 0; issuer < count; issuer += 1) {
      expect(await at.admits(['0a'], `CN=Issuer ${issuer}`)).toBe(issuer % 3 === 1);
      // Below a CA that is refused as a whole nobody is admitted, below a stale one they are.
      expect(await at.admits(['0a', '0b'], 'CN=Issuer 1', `CN=Issuer ${issuer}`)).toBe(issuer % 3 !== 2);
    }
  });

  it('refuses a revoked CA among the intermediates: by the manifest, or where there are many by the buckets', async () => {
    const [ca = '', good = ''] = [revoked[100], valid[3]];
    const admitted = (more: Partial<Manifest>, form: EntryForm, issuer = nobody) =>
      edge(
        code,
        storeWith(desiredOf(revoked, form, { manifest: { ...noManifest, ends: knownBoth, ...more } })),
        now,
      ).admits([shown(good), shown(ca)], nobody, issuer);
    for (const form of forms) {
      const cas = collectSerials([issuedBy(nameText(nobody), [ca])]);
      expect(await admitted({}, form)).toBe(true);
      expect(await admitted({ cas }, form)).toBe(false);
      expect(await admitted({ lookUpCas: true }, form)).toBe(false);
      expect(await admitted({ cas }, form, 'CN=Other')).toBe(true);
      expect(await admitted({ lookUpCas: true }, form, 'CN=Other')).toBe(true);
    }
  });

  it.each(forms)(
    'admits every serial that another issuer revoked; refuses all where it does not know the issuer (%s)',
    async (form) => {
      const at = edge(
        code,
        storeWith(desiredFor({ [nobody]: revoked, 'CN=Other,O=Acme': valid }, form)),
        now,
      );
      for (const serial of revoked)
        for (const text of notations(serial)) {
          expect([text, await at.admits([text], 'O=Acme, CN=Other')]).toEqual([text, true]);
          expect([text, await at.admits([text], 'CN=Unknown')]).toEqual([text, false]);
        }
      for (const serial of valid) {
        expect(await at.admits([shown(serial)])).toBe(true);
        expect(await at.admits([shown(serial)], '2.5.4.10=Acme,2.5.4.3=Other')).toBe(false);
      }
      expect(await at.admits([shown('abcdef')], 'CN=Unknown')).toBe(true);
    },
  );

  it('a serial of a CA that is not known any more is refused by its own entry', async () => {
    const pinned = [issuedBy(nameText('CN=Gone'), ['0a'])];
    const at = edge(code, storeWith(desiredOf([], 'exact', { pinned })), now);
    expect([await at.admits(['0a'], 'CN=Gone'), await at.admits(['0b'], 'CN=Gone')]).toEqual([false, true]);
  });

  it('lets nobody without a certificate in, but in optional; reads the older form of the event', async () => {
    const store = storeOf('exact');
    const run = (one: string, event: object) =>
      runConnectionFunction({ code: one, event, store, timeMs: 1000, now }).decision;
    expect(run(code, {})).toBe('deny');
    expect(run(optional, {})).toBe('allow');
    expect(run(optional, { clientCertificate: {} })).toBe('deny');
    const older = (serial = '') => ({ clientCertInfo: { serialNumber: shown(serial), issuer: 'CN=Nobody' } });
    expect(run(code, older(revoked[100]))).toBe('deny');
    expect(run(code, older(valid[0]))).toBe('allow');
  });

  it('does not overrule OCSP', () => {
    const store = storeOf('exact');
    const run = (chainValidity: string) =>
      inRunner(store, shown(valid[0] ?? ''), { revocationStatus: { chainValidity } });
    expect(run('Valid').decision).toBe('allow');
    for (const status of ['Invalid', 'Unknown'])
      expect(run(status)).toMatchObject({ decision: 'deny', custom: 'trustloom: OCSP' });
  });

  it.each(forms)('decides the same in the runner of the local AWS (%s)', (form) => {
    const store = storeOf(form);
    const run = (serial: string) => inRunner(store, serial).decision;
    for (const serial of revoked.filter((_, at) => at % 8 === 0)) expect(run(shown(serial))).toBe('deny');
    for (const serial of valid.filter((_, at) => at % 8 === 0)) expect(run(shown(serial))).toBe('allow');
  });

  const njs = spawnSync('njs', ['-v']).error === undefined;
  it.skipIf(!njs)('decides the same in njs, unmodified (skipped: no njs)', () => {
    for (const form of forms) {
      const answers = inNjs(code, storeOf(form), [...revoked, ...valid].map(shown));
      expect(answers).toEqual([...revoked.map(() => 'deny'), ...valid.map(() => 'allow')]);
    }
  });
});

/** Runs the code in the runner of the local AWS for a client with this serial. */
function inRunner(store: ReadonlyMap<string, string>, serialNumber: string, more: object = {}) {
  const certificates = { leaf: { serialNumber, issuer: 'CN=Nobody' } };
  const event = { clientCertificate: { certificates, ...more } };
  return runConnectionFunction({ code, store, timeMs: 1000, now, event });
}

/**
 * Runs the code as njs takes it: a main file that calls the handler, and the module `cloudfront`
 * beside it.
 */
function inNjs(
  source: string,
  items: ReadonlyMap<string, string>,
  clients: readonly string[],
): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'trustloom-njs-'));
  try {
    writeFileSync(
      join(folder, 'cloudfront'),
      `const items = ${JSON.stringify(Object.fromEntries(items))};
       export default { kvs: () => ({ get: async (key, as) => { const one = items[key]; if (one === undefined) throw new Error('KeyNotFound'); return as ? JSON.parse(one) : one; } }) };`,
    );
    writeFileSync(
      join(folder, 'main.js'),
      `${source}
       Date.now = function () { return ${now}; };
       async function all() {
         const clients = ${JSON.stringify(clients)};
         const out = [];
         for (let i = 0; i < clients.length; i += 1) {
           await connectionHandler({
             clientCertificate: { certificates: { leaf: { serialNumber: clients[i], issuer: 'CN=Nobody' }, intermediates: [] } },
             allow: () => { out.push('allow'); }, deny: () => { out.push('deny'); }, logCustomData: () => {},
           });
         }
         console.log(out.join(' '));
       }
       all();`,
    );
    const ran = spawnSync('njs', ['-p', folder, join(folder, 'main.js')], { encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(ran.stderr || ran.stdout);
    return ran.stdout.trim().split(' ');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
