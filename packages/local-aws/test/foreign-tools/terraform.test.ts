/** Terraform with its AWS provider, unmodified: what it applied, it finds again. */
import { spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { startLocalAws } from '../../src/index.ts';
import { curlCaller } from '../support/clients.ts';
import { has, run } from '../support/tools.ts';
import { makeOpensslCa } from './support/openssl-ca.ts';

/**
 * A folder laid out as a filesystem mirror (`terraform providers mirror`): the provider is too
 * large to be fetched for a test.
 */
const mirror = process.env.LOCAL_AWS_TERRAFORM_MIRROR;
const terraform = has('terraform', 'version');
const found =
  mirror !== undefined && spawnSync('ls', [join(mirror, 'registry.terraform.io/hashicorp/aws')]).status === 0;

test.skipIf(!terraform || !found || !has('openssl', 'version'))(
  'Terraform applies its configuration and then plans nothing (needs terraform, openssl, and LOCAL_AWS_TERRAFORM_MIRROR: a mirror of its AWS provider)',
  // The provider itself waits a minute for a load balancer.
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'local-aws-terraform-'));
    const ca = await makeOpensslCa();
    await using aws = await startLocalAws();
    try {
      await copyFile(resolve(import.meta.dirname, 'terraform/main.tf'), join(folder, 'main.tf'));
      for (const name of ['ca.pem', 'ca.crl']) await copyFile(ca.path(name), join(folder, name));
      const settings = `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`;
      await writeFile(join(folder, 'terraformrc'), settings);
      const { PATH, HOME } = process.env;
      const env = {
        PATH,
        HOME,
        ...aws.env,
        TF_CLI_CONFIG_FILE: join(folder, 'terraformrc'),
        CHECKPOINT_DISABLE: '1',
      };
      const ask = (command: string, ...args: readonly string[]) =>
        run('terraform', [`-chdir=${folder}`, command, '-no-color', '-input=false', ...args], { env });
      const init = await ask('init');
      expect(init.code, init.err).toBe(0);
      const apply = await ask('apply', '-auto-approve');
      expect(apply.code, apply.err).toBe(0);
      // 0: nothing to do; 2: something is not as it was written.
      const plan = await ask('plan', '-detailed-exitcode');
      expect(plan.code, plan.out + plan.err).toBe(0);
      // The provider also asks for settings of buckets that are not emulated, and goes on without.
      const refused = aws
        .calls()
        .filter(({ status }) => status === 501)
        .map(({ service, action }) => `${service} ${action}`)
        .filter((call) => !/^(?:iam |s3 Get(?:Bucket|ObjectLock))/.test(call));
      expect([...new Set(refused)]).toEqual([]);
      const edge = aws.edges().find(({ kind, protocol }) => kind === 'alb' && protocol === 'https');
      expect(edge && (await curlCaller(edge, {}, '1.3')).status).toBe(0);
    } finally {
      await ca.remove();
      await rm(folder, { recursive: true });
    }
  },
);
