/** boto3 calls every emulated operation; botocore's own model judges each request and each raw answer. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emulatedOperations } from '../../src/index.ts';
import { has, run } from '../support/tools.ts';
import { type Emulator, startEmulator } from './support/emulator.ts';
import { makeOpensslCa, type OpensslCa } from './support/openssl-ca.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** By what the model knows, not by the version: CloudFront's trust stores and connection functions, ALB's trust stores. */
const capability = `
import botocore.session
session = botocore.session.get_session()
for service, operation in (("cloudfront", "ListDistributionsByConnectionFunction"), ("elbv2", "DescribeTrustStores"), ("rolesanywhere", "ImportCrl")):
    session.get_service_model(service).operation_model(operation)
import boto3
`;
const boto = spawnSync('python3', ['-c', capability], { stdio: 'ignore' }).status === 0;
const able = boto && has('openssl', 'version') && has('curl');

/** The table that the fidelity page reads: operation to the stranger that tests it. */
const table: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
  readFileSync(here('operations.json'), 'utf8'),
);

test('the table of strangers names every emulated operation', () => {
  const named = Object.entries(table).flatMap(([service, names]) =>
    Object.keys(names).map((name) => `${service} ${name}`),
  );
  const emulated = emulatedOperations().map(({ service, operation }) => `${service} ${operation}`);
  expect(named.sort()).toEqual([...emulated].sort());
});

describe.skipIf(!able)('boto3 with a model that knows trust stores, openssl and curl', () => {
  let emulator: Emulator;
  let ca: OpensslCa;
  beforeAll(async () => {
    [emulator, ca] = await Promise.all([startEmulator(), makeOpensslCa()]);
  });
  afterAll(async () => {
    expect(await emulator.stop()).toBe(0);
    await ca.remove();
  });

  test('every operation of the table is answered as the model has it', { timeout: 120_000 }, async () => {
    const args = [here('boto/main.py'), emulator.url, ca.folder, here('../support/create-session.sh')];
    const ran = await run('python3', args, { env: { ...emulator.env, PYTHONDONTWRITEBYTECODE: '1' } });
    expect(ran.err).toBe('');
    const { answered, complaints } = JSON.parse(ran.out);
    expect(complaints).toEqual([]);
    const wanted = Object.entries(table).map(([service, names]) => [service, Object.keys(names).sort()]);
    expect(answered).toEqual(Object.fromEntries(wanted));
  });
});
