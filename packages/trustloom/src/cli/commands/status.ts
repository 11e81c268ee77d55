import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { statusText, TrustloomError } from '@trustloom/core';
import type { ProbeClient } from '../../probe/report.ts';
import { probeText } from '../../probe/text.ts';
import type { CliContext } from '../context.ts';
import { whileReading } from '../progress.ts';

/** `status`: content and drift, freshness of CRLs, bypasses. Writes nothing. */
export async function status(
  context: CliContext,
  flags: { readonly target: readonly string[]; readonly detailedExitcode?: true },
): Promise<number> {
  await using trustloom = await context.open();
  const found = await whileReading(context, 'asks the services', () =>
    trustloom.status({
      signal: context.io.signal,
      ...(flags.target.length === 0 ? {} : { targets: flags.target }),
    }),
  );
  context.result(found, statusText(found, context.text));
  if (found.exitCode !== 0) return found.exitCode;
  return flags.detailedExitcode === true && found.drift ? 2 : 0;
}

/** `probe`: live handshakes. */
export async function probe(
  context: CliContext,
  flags: { readonly cert: readonly string[] },
): Promise<number> {
  const clients = await Promise.all(flags.cert.map((text) => readClient(text, context.io.cwd)));
  await using trustloom = await context.open();
  const found = await whileReading(context, 'tries every endpoint', () =>
    trustloom.probe(clients, { signal: context.io.signal }),
  );
  context.result(found, probeText(found, context.text));
  return 0;
}

/** `NAME=cert.pem,key.pem[,chain.pem]` */
async function readClient(text: string, cwd: string): Promise<ProbeClient> {
  const [, name, cert, key, chain] = /^([^=,]+)=([^,]+),([^,]+)(?:,([^,]+))?$/.exec(text) ?? [];
  if (name === undefined || cert === undefined || key === undefined)
    throw new TrustloomError(
      'usage',
      '--cert takes NAME=cert.pem,key.pem or NAME=cert.pem,key.pem,chain.pem',
    );
  const read = async (file: string) => {
    try {
      return await readFile(resolve(cwd, file), 'utf8');
    } catch {
      throw new TrustloomError('file-not-found', `${file}: cannot be read`);
    }
  };
  return {
    name,
    certPem: await read(cert),
    keyPem: await read(key),
    ...(chain === undefined ? {} : { chainPem: await read(chain) }),
  };
}
