import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call, LocalAws } from '@trustloom/local-aws';

/** Calls that change nothing. */
const reads = /^(Get|List|Describe|Head|Export|AssumeRole)/;

/** The state and artifacts are written to S3; they admit and refuse nobody. */
function isWrite({ service, action }: Call): boolean {
  return service !== 's3' && service !== 'sts' && !reads.test(action);
}

/**
 * A proxy to a local AWS that stops after each write, while whoever wrote still waits for the
 * answer.
 */
export interface Watched extends AsyncDisposable {
  readonly url: string;
  /** Called after each write; undefined: nobody looks. */
  look: ((action: string) => Promise<void>) | undefined;
}

/** Opens the proxy. Whoever looks goes to the local AWS itself. */
export async function watchWrites(local: LocalAws): Promise<Watched> {
  const { hostname, port } = new URL(local.url);
  const server = createServer((from, to) => {
    const { method, url: path, headers } = from;
    const passed = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', async () => {
        const id = answer.headers['x-amzn-requestid'] ?? answer.headers['x-amz-request-id'];
        const call = local.calls().findLast(({ requestId }) => requestId === id);
        if (call !== undefined && isWrite(call)) await watched.look?.(call.action);
        to.writeHead(answer.statusCode ?? 500, answer.headers);
        to.end(Buffer.concat(chunks));
      });
    });
    from.pipe(passed);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const watched: Watched = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    look: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
  return watched;
}
