import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Call,
  createTestCa,
  createTestClock,
  crlDigest,
  type FailureCode,
  type Faults,
  outsideAws,
  pemDigests,
  type Worlds,
} from '@trustloom/testkit';
import { type Files, nodeFiles } from '../src/index.ts';
import { admits, readOrNothing, serverCertificate } from './nginx.ts';

/** Errors of a file system by what they should arrive as. */
const errors: Readonly<Record<FailureCode, string>> = {
  'access-denied': 'EACCES',
  throttled: 'EMFILE',
  'service-unavailable': 'EIO',
};

/** A file system that counts what is asked of it, and fails on demand. */
export interface WatchedFiles extends Files {
  /** What was asked for in one directory. */
  callsIn(directory: string): readonly Call[];
  faultsIn(directory: string): Faults;
}

interface PlantedFault {
  readonly directory: string;
  readonly action: string | undefined;
  readonly code: string;
  readonly once: boolean;
}

/** Puts a watch between the adapter and the machine's own files. */
export function watchedFiles(): WatchedFiles {
  const seen: { readonly path: string; readonly call: Call }[] = [];
  const planted = new Set<PlantedFault>();
  const watched = async <T>(action: string, path: string, doing: () => Promise<T>): Promise<T> => {
    seen.push({
      path,
      call: { service: 'file', action, writes: action !== 'Read', permission: `file:${action}` },
    });
    const fault = [...planted].find(
      (one) => path.startsWith(one.directory) && (one.action ?? action) === action,
    );
    if (fault === undefined) return doing();
    if (fault.once) {
      // Done, and its answer never arrives.
      planted.delete(fault);
      await doing();
    }
    throw Object.assign(new Error(fault.code), { code: fault.code });
  };
  const plant = (fault: PlantedFault) => {
    planted.add(fault);
    return () => void planted.delete(fault);
  };
  return {
    read: (file) => watched('Read', file, () => nodeFiles.read(file)),
    isDirectory: (path) => watched('Read', path, () => nodeFiles.isDirectory(path)),
    replace: (file, text) => watched('Replace', file, () => nodeFiles.replace(file, text)),
    remove: (file) => watched('Remove', file, () => nodeFiles.remove(file)),
    callsIn: (directory) => seen.filter(({ path }) => path.startsWith(directory)).map(({ call }) => call),
    faultsIn: (directory) => ({
      fail: ({ action }, code) => plant({ directory, action, code: errors[code], once: false }),
      loseAnswer: ({ action }) => void plant({ directory, action, code: 'EIO', once: true }),
    }),
  };
}

/** Worlds for the contract suite: a directory each, and a server that reads its two files. */
export function nginxWorlds(files: WatchedFiles): Worlds {
  return {
    async open() {
      const directory = await mkdtemp(join(tmpdir(), 'trustloom-nginx-'));
      const paths = { bundle: join(directory, 'ca.pem'), crls: join(directory, 'crl.pem') };
      const certificate = await serverCertificate();
      return {
        target: { directory },
        clock: createTestClock(),
        accountRegion: { account: '222222222222', region: 'files' },
        open: outsideAws,
        calls: () => files.callsIn(directory),
        faults: files.faultsIn(directory),
        snapshot: () => readdirSync(directory).map((name) => [name, readOrNothing(join(directory, name))]),
        oracle: () => ({
          cas: pemDigests(readOrNothing(paths.bundle) ?? ''),
          crls: crlDigests(readOrNothing(paths.crls) ?? ''),
          // `ssl_verify_client on` is a matter of the configuration of nginx, not of these files.
          enforcing: true,
          objects: readdirSync(directory),
        }),
        admits: (client) => admits(paths, client, certificate),
        edits: edits(paths),
        foreign: () => foreign(paths.bundle),
        async [Symbol.asyncDispose]() {
          await rm(directory, { recursive: true, force: true });
        },
      };
    },
  };
}

const crlDigests = (text: string) =>
  [...text.matchAll(/-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----/g)].map(([block]) =>
    crlDigest(Buffer.from(block)),
  );

/** What people do to such files by hand. */
function edits({ bundle, crls }: { readonly bundle: string; readonly crls: string }) {
  const change = async (file: string, how: (text: string) => string | Promise<string>) =>
    writeFile(file, await how(await readFile(file, 'utf8')));
  return {
    'a CA that nobody accepted is added to the bundle': () =>
      change(bundle, async (text) => text + (await createTestCa({ subject: 'CN=Planted by hand' })).pem),
    'the bundle is cut short': () => change(bundle, (text) => text.slice(0, -40)),
    'the bundle is removed': () => rm(bundle),
    'a CRL is taken out': () =>
      change(crls, (text) => text.replace(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n/, '')),
    'the CRLs are removed': () => rm(crls),
  };
}

/** A bundle that somebody else put there: it looks like ours, and its first line does not say so. */
async function foreign(file: string) {
  const { pem } = await createTestCa({ subject: 'CN=Somebody else' });
  await writeFile(file, pem);
  return () => {
    if (readOrNothing(file) !== pem) throw new Error(`${file} was changed`);
  };
}
