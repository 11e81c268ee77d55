import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalAws } from '@trustloom/local-aws';
import { createTestCa, makeAlb, makeBucket } from '@trustloom/testkit';
import { openTrustloom } from 'trustloom';

const account = {
  id: '222222222222',
  accessKeyId: 'AKIALOCALAWS22222222',
  secretAccessKey: 'local-aws-222222222222',
};

/** A local AWS with a listener, and a folder with a definition, a CA and a lock: what a README's example finds. */
export async function startStory(): Promise<
  AsyncDisposable & {
    readonly folder: string;
    readonly env: Readonly<Record<string, string>>;
    enforcing(): boolean;
  }
> {
  const local = await startLocalAws({ accounts: [account] });
  await makeBucket({ local });
  const { listenerArn } = await makeAlb({ local });
  const folder = await mkdtemp(join(tmpdir(), 'trustloom-story-'));
  const root = await createTestCa({ subject: 'CN=Acme Root,O=Acme' });
  await writeFile(join(folder, 'ca.pem'), root.pem);
  await writeFile(join(folder, 'ca.crl'), root.issueCrl({ entries: [{ serial: 'a1b2' }] }).der);
  await writeFile(
    join(folder, 'trustloom.yaml'),
    `name: acme
record: "222222222222/eu-west-1"
groups:
  devices: { from: ./ca.pem, crls: [./ca.crl] }
targets:
  edge:
    trust: [devices]
    alb: { listeners: ["${listenerArn}"] }
`,
  );
  await using trustloom = await openTrustloom(join(folder, 'trustloom.yaml'), { env: local.env });
  await trustloom.accept('all');
  return {
    folder,
    env: local.env,
    enforcing: () =>
      local.state().elbv2.some(({ state }) => state.listeners.get(listenerArn)?.mutual?.Mode === 'verify'),
    async [Symbol.asyncDispose]() {
      await local.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
