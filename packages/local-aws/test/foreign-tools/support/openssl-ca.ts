import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What `openssl-ca.sh` makes. */
export interface OpensslCa {
  readonly folder: string;
  path(name: string): string;
  remove(): Promise<void>;
}

const script = fileURLToPath(new URL('openssl-ca.sh', import.meta.url));

/**
 * A CA, its clients and its CRL, by OpenSSL alone; serials are also given in decimal, as
 * CreateSession wants them.
 */
export async function makeOpensslCa(): Promise<OpensslCa> {
  const folder = await mkdtemp(join(tmpdir(), 'local-aws-openssl-'));
  await promisify(execFile)('sh', [script], { cwd: folder });
  for (const name of ['leaf', 'rsa', 'gone', 'other']) {
    const serial = (await readFile(join(folder, `${name}.hex`), 'utf8')).trim();
    await writeFile(join(folder, `${name}.serial`), `${BigInt(`0x${serial}`)}\n`);
  }
  return {
    folder,
    path: (name) => join(folder, name),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
