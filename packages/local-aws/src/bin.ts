import { parseArgs } from 'node:util';
import { startLocalAws } from './start.ts';
import { defined } from './util/defined.ts';

const HELP = `local-aws: the part of AWS that trust stores live in, on this machine

  local-aws [--port PORT] [--dir FOLDER] [--host ADDRESS] [--json]

  --port PORT   port on 127.0.0.1; 0 or left out: any free one
  --dir FOLDER  keep what is made in this folder, and begin with what is there
  --host ADDR   address to listen on; anything but 127.0.0.1 lets others on the network in
  --json        first line of the output is one JSON document: url, env, accountId, accounts
  --help        this text

It runs until SIGINT or SIGTERM. Set the printed variables, and any AWS tool talks to it.
`;

/** Runs the command; resolves with the exit code when a signal stops it. */
async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      dir: { type: 'string' },
      host: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const port = Number(values.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TypeError('--port needs a number from 0 to 65535');
  const { dir, host } = values;
  const aws = await startLocalAws({
    port,
    ...defined({ dir, host }),
  });
  if (host !== undefined && !/^(127\.|localhost$|::1$)/.test(host))
    process.stderr.write(`local-aws: listens on ${host}; whoever reaches it owns its accounts\n`);
  const { url, env, accounts } = aws;
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ url, env, accountId: accounts[0]?.id, accounts })}\n`
      : `${url}\n\n${Object.entries(env)
          .map(([name, value]) => `export ${name}=${value}\n`)
          .join('')}`,
  );
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await aws.close();
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`local-aws: ${error instanceof Error ? error.message : 'failed'}\n`);
    process.exitCode = 1;
  },
);
