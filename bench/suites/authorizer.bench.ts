/**
 * The Lambda authorizer: its size, a cold start with a large set, one check, and that no answer is
 * wrong. Times are the least of some runs, for other work on the machine only adds.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Certificate } from '@trustloom/core';
import { certificateOf, createTestCa } from '@trustloom/testkit';
import { createDecide } from '../../packages/api-gateway/src/revocation/authorizer/decide.ts';
import { createLatest } from '../../packages/api-gateway/src/revocation/authorizer/latest.ts';
import { openSerialSet } from '../../packages/api-gateway/src/revocation/authorizer/serial-set.ts';
import type { Manifest, ManifestKey } from '../../packages/api-gateway/src/revocation/manifest.ts';
import { setFile } from '../../packages/api-gateway/src/revocation/set-file.ts';
import { buildAuthorizer } from '../../packages/api-gateway/test/support/bundle.ts';
import { makeSerials } from '../data.ts';
import { type Effort, type Measured, type Suite, time } from '../lib/measured.ts';
import { printed } from '../lib/pair.ts';

const cache = resolve(import.meta.dirname, '../.cache');

async function measure({ quick }: Effort): Promise<readonly Measured[]> {
  const count = quick ? 100_000 : 500_000;
  const [inside, outside] = [makeSerials(count), makeSerials(count, 7)].map((serials) =>
    serials.map((serial) => Buffer.from(serial, 'hex')),
  ) as [Buffer[], Buffer[]];
  const key = {
    eachSerial(visit: (bytes: Uint8Array, start: number, end: number) => void) {
      for (const serial of inside) visit(serial, 0, serial.length);
    },
  };
  const builds: number[] = [];
  for (let run = 0; run < 3; run += 1) builds.push(await time(() => setFile(key)));
  const file = setFile(key);
  if (file === undefined || typeof file.body === 'string') throw new TypeError('no set');
  const { body, sha256 } = file;
  const bundle = await buildAuthorizer('bench');
  const note = `${count.toLocaleString('en-US')} serials`;
  return [
    { id: 'authorizer/bundle-bytes', value: readFileSync(bundle).length, note: 'minified, without the SDK' },
    { id: 'authorizer/set-bytes-per-serial', value: body.length / count, note },
    { id: 'authorizer/build-ms', value: Math.min(...builds), note: `${note}, at refresh` },
    await coldLoad(body, sha256, note),
    ...checks(body, inside, outside),
    await decision(body, sha256),
    memory(bundle, body, sha256),
  ];
}

/** Manifest and set from memory: what is left when S3 has answered. */
async function coldLoad(body: Uint8Array, sha256: string, note: string): Promise<Measured> {
  const manifest = Buffer.from(JSON.stringify(manifestWith(sha256)));
  const [runs, digests]: [number[], number[]] = [[], []];
  for (let run = 0; run < 15; run += 1) {
    digests.push(await time(() => createHash('sha256').update(body).digest()));
    const latest = createLatest({
      objects: { read: async (name) => ({ bytes: name === 'manifest' ? manifest : body, etag: 'e' }) },
      manifest: 'manifest',
      now: () => 1,
      failed: (error) => {
        throw error;
      },
    });
    runs.push(await time(() => latest(0)));
  }
  return {
    id: 'authorizer/cold-load-ms',
    value: Math.min(...runs),
    note: `${note}; SHA-256 of the set alone: ${Math.min(...digests).toFixed(1)} ms`,
  };
}

function checks(
  body: Uint8Array,
  inside: readonly Buffer[],
  outside: readonly Buffer[],
): readonly Measured[] {
  const has = openSerialSet(body);
  const rounds: number[] = [];
  let wrong = 0;
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    let found = 0;
    for (const serial of inside) if (has(serial)) found += 1;
    for (const serial of outside) if (has(serial)) found -= 1;
    rounds.push(((performance.now() - start) * 1000) / (inside.length + outside.length));
    wrong = inside.length - found;
  }
  return [
    { id: 'authorizer/check-us', value: Math.min(...rounds), note: 'hits and misses' },
    { id: 'authorizer/false-answers', value: wrong },
  ];
}

/** From the PEM of an event to the verdict. */
async function decision(body: Uint8Array, sha256: string): Promise<Measured> {
  const ca = await createTestCa({ subject: 'CN=Bench', key: 'P-256' });
  const { pem } = await ca.issue('CN=client');
  const manifest = manifestWith(sha256, certificateOf(ca));
  const decide = createDecide(manifest, new Map([[sha256, openSerialSet(body)]]));
  if (decide(pem, 1).reason !== 'ok') throw new Error('the good client is refused');
  const rounds: number[] = [];
  for (let round = 0; round < 5; round += 1)
    rounds.push(
      (await time(() => {
        for (let index = 0; index < 2_000; index += 1) decide(pem, 1);
      })) / 2,
    );
  return {
    id: 'authorizer/decide-us',
    value: Math.min(...rounds),
    note: 'from the PEM of an event to the verdict',
  };
}

/**
 * What a process holds more once it has loaded the set from a file and decided, the set itself not
 * counted.
 */
function memory(bundle: string, body: Uint8Array, sha256: string): Measured {
  mkdirSync(cache, { recursive: true });
  const file = join(cache, 'authorizer.set');
  writeFileSync(file, body);
  const program = `
    import { readFileSync } from 'node:fs';
    const { createAuthorizer } = await import(${JSON.stringify(pathToFileURL(bundle).href)});
    const manifest = Buffer.from(${JSON.stringify(JSON.stringify(manifestWith(sha256, undefined, file)))});
    const read = async (name) => ({ bytes: name === 'manifest' ? manifest : readFileSync(name), etag: 'e' });
    const authorize = createAuthorizer({ objects: { read }, manifest: 'manifest', now: Date.now, log: (line) => { if (line.includes('Error')) throw line; } });
    const held = () => { gc(); const { heapUsed, external } = process.memoryUsage(); return heapUsed + external; };
    const before = held();
    await authorize({ requestContext: {} });
    console.log(JSON.stringify({ held: held() - before, peak: process.resourceUsage().maxRSS / 1024 }));
  `;
  const flags = ['--input-type=module', '--no-warnings', '--expose-gc', '-e', program];
  const { held, peak } = printed<{ readonly held: number; readonly peak: number }>(process.execPath, flags);
  return {
    id: 'authorizer/memory-over-set-mib',
    value: (held - body.length) / 2 ** 20,
    note: `whole process, with Node and the SDK, ${Math.round(peak)} MiB at its peak`,
  };
}

function manifestWith(sha256: string, ca?: Certificate, file = 'set'): Manifest {
  const set = { bucket: 'b', key: file, version: 'v', sha256, count: 0, from: '' };
  const key: ManifestKey = {
    key: 'bench',
    ca: 'Bench',
    names: ca === undefined ? [] : [ca.subject.der],
    publicKey:
      ca === undefined
        ? ''
        : new X509Certificate(ca.der).publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    state: 'listed',
    sets: [set],
    denied: [],
    crls: [],
  };
  return { formatVersion: 2, graceMs: 0, keys: [key] };
}

/** What runs in Lambda. */
export const authorizer: Suite = { name: 'authorizer', measure };
