/** boto3 calls every emulated operation, and botocore's own model of AWS judges each answer. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emulatedOperations, startLocalAws } from '../../src/index.ts';
import { makeCa, makeCrl, pemOf } from '../support/pki.ts';
import { run } from '../support/tools.ts';

/** Not whether boto3 is there, but whether it knows the services in question. */
const probe =
  'import boto3; c = boto3.client("cloudfront", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"); c.list_trust_stores; c.list_connection_functions';
const present = spawnSync('python3', ['-c', probe]).status === 0;
const committed: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
  readFileSync(resolve(import.meta.dirname, 'operations.json'), 'utf8'),
);

describe.skipIf(!present)(
  'botocore’s model of AWS (needs python3 with a boto3 that knows trust stores)',
  () => {
    test('finds nothing beyond it and nothing missing in any answer', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'local-aws-botocore-'));
      await using aws = await startLocalAws();
      try {
        const root = makeCa('CN=Root');
        writeFileSync(join(folder, 'ca.pem'), root.pem);
        writeFileSync(join(folder, 'ca.crl'), pemOf('X509 CRL', makeCrl(root, { serials: [1n] })));
        const { PATH, HOME } = process.env;
        const script = resolve(import.meta.dirname, 'conformance.py');
        const ran = await run('python3', [script, join(folder, 'ca.pem'), join(folder, 'ca.crl')], {
          env: { PATH, HOME, ...aws.env },
        });
        expect(ran.code, ran.err).toBe(0);
        const judged: Record<string, Record<string, readonly string[]>> = JSON.parse(ran.out);
        const wrong = Object.entries(judged).flatMap(([service, operations]) =>
          Object.entries(operations).flatMap(([name, faults]) =>
            faults.map((fault) => `${service} ${name}${fault}`),
          ),
        );
        expect([...new Set(wrong)]).toEqual([]);
        const named = Object.entries(committed).flatMap(([service, operations]) =>
          Object.entries(operations).flatMap(([name, tool]) =>
            tool === 'boto3' ? [`${service} ${name}`] : [],
          ),
        );
        const called = Object.entries(judged).flatMap(([service, operations]) =>
          Object.keys(operations).map((name) => `${service} ${name}`),
        );
        expect(called.sort()).toEqual(named.sort());
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  },
);

test('every emulated operation is checked against a foreign model, or says that it is not', () => {
  const all = emulatedOperations().map(({ service, operation }) => `${service} ${operation}`);
  const checked = Object.entries(committed).flatMap(([service, operations]) =>
    Object.keys(operations).map((name) => `${service} ${name}`),
  );
  expect(checked.filter((one) => !all.includes(one))).toEqual([]);
  expect(all.filter((one) => !checked.includes(one))).toEqual([]);
});
