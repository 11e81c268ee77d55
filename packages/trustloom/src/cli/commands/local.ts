import { defined, TrustloomError } from '@trustloom/core';
import type { CliContext } from '../context.ts';

/** Account of the applications first: its keys are the ones in the printed environment. */
const accounts = [
  { id: '222222222222', accessKeyId: 'AKIALOCALAWS22222222', secretAccessKey: 'local-aws-222222222222' },
  { id: '111111111111', accessKeyId: 'AKIALOCALAWS11111111', secretAccessKey: 'local-aws-111111111111' },
] as const;

/** `local`: serves the local AWS until it is interrupted; nothing else ends it. */
export async function local(
  context: CliContext,
  flags: { readonly port?: string; readonly dir?: string },
  load = () => import('@trustloom/local-aws'),
): Promise<number> {
  const { startLocalAws } = await load().catch(explainMissing);
  const port = Number(flags.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TrustloomError('usage', '--port takes a number from 0 to 65535');
  const aws = await startLocalAws({ port, accounts, ...defined({ dir: flags.dir }) });
  const { io, options } = context;
  const document = { url: aws.url, env: aws.env, accountId: accounts[0].id };
  const exports = Object.entries(aws.env).map(([name, value]) => `export ${name}=${value}`);
  io.out(options.json === true ? `${JSON.stringify(document)}\n` : `${aws.url}\n\n${exports.join('\n')}\n`);
  context.note('the local AWS runs until it is stopped (Ctrl-C)');
  await new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve();
    io.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await aws.close();
  return 130;
}

/**
 * Who follows real trust stores only has no use for the local AWS: it is not installed with the
 * command.
 */
function explainMissing(cause: unknown): never {
  if (cause instanceof Error && /^Cannot find package '@trustloom\/local-aws'/.test(cause.message))
    throw new TrustloomError('local-aws-missing', 'the package @trustloom/local-aws is not installed', {
      cause,
    });
  throw cause;
}
