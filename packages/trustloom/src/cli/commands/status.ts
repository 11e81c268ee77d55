import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { failingOn, statusText, TrustloomError } from '@trustloom/core';
import { readExpectations } from '../../probe/expect.ts';
import { ownClients } from '../../probe/probe.ts';
import type { ProbeClient } from '../../probe/report.ts';
import { probeText } from '../../probe/text.ts';
import type { CliContext } from '../context.ts';
import { whileReading } from '../progress.ts';

/** `status`: content and drift, freshness of CRLs, bypasses. Writes nothing. */
export async function status(
  context: CliContext,
  flags: {
    readonly target: readonly string[];
    readonly detailedExitcode?: true;
    readonly failOn: 'warning' | 'error';
  },
): Promise<number> {
  await using trustloom = await context.open();
  const seen = await whileReading(context, 'asks the services', () =>
    trustloom.status({
      signal: context.io.signal,
      ...(flags.target.length === 0 ? {} : { targets: flags.target }),
    }),
  );
  const found = failingOn(seen, flags.failOn);
  context.result(found, statusText(found, context.text));
  if (found.exitCode !== 0) return found.exitCode;
  return flags.detailedExitcode === true && found.drift ? 2 : 0;
}

/** `probe`: live handshakes. */
export async function probe(
  context: CliContext,
  flags: { readonly cert: readonly string[]; readonly expect?: string },
): Promise<number> {
  const clients = await Promise.all(flags.cert.map((text) => readClient(text, context.io.cwd)));
  await using trustloom = await context.open();
  const targets = trustloom.definition.targets.map(({ name }) => name);
  const names = [...ownClients, ...clients.map(({ name }) => name)];
  const expect =
    flags.expect === undefined
      ? {}
      : readExpectations(await readText(flags.expect, context.io.cwd), flags.expect, {
          clients: [...new Set(names)],
          targets,
        });
  const found = await whileReading(context, 'tries every endpoint', () =>
    trustloom.probe(clients, { signal: context.io.signal, expect }),
  );
  context.result(found, probeText(found, context.text));
  return found.exitCode;
}

async function readText(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch {
    throw new TrustloomError('file-not-found', `${file}: cannot be read`);
  }
}

/** `NAME=cert.pem,key.pem[,chain.pem]` */
async function readClient(text: string, cwd: string): Promise<ProbeClient> {
  const [, name, cert, key, chain] = /^([^=,]+)=([^,]+),([^,]+)(?:,([^,]+))?$/.exec(text) ?? [];
  if (name === undefined || cert === undefined || key === undefined)
    throw new TrustloomError(
      'usage',
      '--cert takes NAME=cert.pem,key.pem or NAME=cert.pem,key.pem,chain.pem',
    );
  return {
    name,
    certPem: await readText(cert, cwd),
    keyPem: await readText(key, cwd),
    ...(chain === undefined ? {} : { chainPem: await readText(chain, cwd) }),
  };
}
