import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import {
  type Certificate,
  type CheckReport,
  type Crl,
  checkFiles,
  checkText,
  type Finding,
  isTrustloomError,
  parseBundle,
  parseCrl,
  readPem,
  TrustloomError,
} from '@trustloom/core';
import type { CliContext } from '../context.ts';
import { whileReading } from '../progress.ts';

/**
 * `check [FILE...]`: the pre-flight. With files it needs no definition, no account and no network.
 */
export async function check(context: CliContext, files: readonly string[]): Promise<number> {
  const report = files.length === 0 ? await checkOpened(context) : await checkGiven(context, files);
  context.result(report, checkText(report, context.text));
  return report.exitCode;
}

async function checkOpened(context: CliContext): Promise<CheckReport> {
  await using trustloom = await context.open();
  return whileReading(context, 'reads sources', () => trustloom.check({ signal: context.io.signal }));
}

async function checkGiven(context: CliContext, files: readonly string[]): Promise<CheckReport> {
  const { allServices } = await import('../../services.ts');
  const certificates: Certificate[] = [];
  const crls: { readonly crl: Crl; readonly name: string }[] = [];
  const findings: Finding[] = [];
  for (const file of files) {
    const bytes = await readBytes(resolve(context.io.cwd, file), file);
    const found = isCrl(bytes, file) ? { crl: parseCrl(bytes, file) } : parseBundle(bytes, file);
    if ('crl' in found) crls.push({ crl: found.crl, name: basename(file) });
    else {
      certificates.push(...found.certificates);
      findings.push(...found.findings);
    }
  }
  return checkFiles({
    certificates,
    crls,
    services: await allServices(),
    findings,
    now: context.io.clock?.now() ?? Date.now(),
  });
}

async function readBytes(path: string, file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch {
    throw new TrustloomError('file-not-found', `${file}: cannot be read`);
  }
}

/** A PEM file says what it is; a DER file is tried as a CRL. */
function isCrl(bytes: Uint8Array, file: string): boolean {
  const [first] = readPem(bytes, file);
  if (first?.label !== 'DER') return first?.label === 'X509 CRL';
  try {
    parseCrl(bytes, file);
    return true;
  } catch (error) {
    if (isTrustloomError(error)) return false;
    throw error;
  }
}
