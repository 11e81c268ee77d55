import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  DescribeListenersCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { createTestCa, makeAlb, makeBucket } from '@trustloom/testkit';

/**
 * What a README's example finds: a folder with a definition and its CA, and the variables of a
 * local AWS that runs.
 */
export interface Scenario extends AsyncDisposable {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Does the listener verify clients now? */
  enforcing(): Promise<boolean>;
}

/**
 * Serves the local AWS by the command given (`trustloom local`), and makes a bucket and a load
 * balancer there.
 */
export async function startScenario(command: string): Promise<Scenario> {
  const server = spawn(process.execPath, [command, 'local', '--json', '--quiet'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
  const { url, env } = JSON.parse(line) as {
    readonly url: string;
    readonly env: Readonly<Record<string, string>>;
  };
  const credentials = {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
  };
  const local = {
    clientConfig: (_service: string, where?: { readonly region?: string }) => ({
      endpoint: url,
      region: where?.region ?? 'eu-west-1',
      credentials,
    }),
  };
  await makeBucket({ local });
  const { listenerArn } = await makeAlb({ local });
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-story-'));
  const root = await createTestCa({ subject: 'CN=Acme Root,O=Acme' });
  await writeFile(join(folder, 'ca.pem'), root.pem);
  await writeFile(join(folder, 'ca.crl'), root.issueCrl({ entries: [{ serial: 'a1b2' }] }).der);
  await writeFile(
    join(folder, 'trustloom.yaml'),
    `name: acme
state: "222222222222/eu-west-1"
groups:
  devices: { from: ./ca.pem, crls: [./ca.crl] }
targets:
  edge:
    trust: [devices]
    alb: { listeners: ["${listenerArn}"] }
`,
  );
  const elb = new ElasticLoadBalancingV2Client(local.clientConfig('elasticloadbalancing'));
  return {
    folder,
    env,
    async enforcing() {
      const { Listeners } = await elb.send(new DescribeListenersCommand({ ListenerArns: [listenerArn] }));
      return Listeners?.[0]?.MutualAuthentication?.Mode === 'verify';
    },
    async [Symbol.asyncDispose]() {
      server.kill('SIGTERM');
      await once(server, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
