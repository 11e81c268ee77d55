import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestClients } from '@trustloom/testkit';
import type { Stage } from './stage.ts';

/**
 * Leaves everything running, with curl commands to try by hand. The demo keys lie in a temporary
 * folder and go with it.
 */
export async function keepRunning({ local, folder }: Stage, clients: TestClients): Promise<void> {
  const keys = join(folder, 'clients');
  await mkdir(keys, { mode: 0o700 });
  for (const [name, { chainPem, keyPem }] of Object.entries(clients)) {
    await writeFile(join(keys, `${name}.pem`), chainPem, { mode: 0o600 });
    await writeFile(join(keys, `${name}.key`), keyPem, { mode: 0o600 });
  }
  console.log(`\nStill running at ${local.url}. For any AWS tool:\n`);
  for (const [name, value] of Object.entries(local.env)) console.log(`    export ${name}=${value}`);
  console.log('\nTo knock by hand (rsa, ec, untrusted, expired, revoked; or leave --cert and --key out):\n');
  for (const { kind, protocol, hosts, host, port, servicePort, caFile } of local.edges()) {
    const [name] = hosts;
    if (protocol !== 'https' || kind === 'execute-api' || name === undefined) continue;
    console.log(
      `    curl --cacert ${caFile} --connect-to ${name}:${servicePort}:${host}:${port} \\\n      --cert ${join(keys, 'ec.pem')} --key ${join(keys, 'ec.key')} https://${name}:${servicePort}/`,
    );
  }
  console.log('\nCtrl-C ends it and removes the keys.');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
