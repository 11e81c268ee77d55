import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call, LocalAws } from '@trustloom/local-aws';

/** Calls that change nothing. */
const reads = /^(Get|List|Describe|Head|Export|AssumeRole)/;

/** The way of one command to the local AWS: somebody watches it, and may end it. */
export interface Line {
  /** Done after each write, while whoever wrote still waits for the answer. */
  look?: ((call: Call) => Promise<void>) | undefined;
  /** The command dies with the answer to its so many-th write. */
  killAt?: number;
  /** Called once, when it dies. */
  died?: () => void;
  /** Time as AWS tells it in each answer. */
  see?: (date: string) => void;
  writes: number;
}

/** A proxy to a local AWS, through which one command at a time goes. */
export interface ProxyLine extends AsyncDisposable {
  readonly url: string;
  /** What happens with calls from now on. */
  line: Line;
}

/** Opens the proxy. Whoever looks goes to the local AWS itself. */
export async function openProxy(local: LocalAws, now: () => number): Promise<ProxyLine> {
  const { hostname, port } = new URL(local.url);
  // One call at a time where somebody looks: two that are done side by side disturb who knocks.
  let before: Promise<unknown> = Promise.resolve();
  const server = createServer((from, to) => {
    const { line } = proxy;
    const done = new Promise<void>((resolve) => to.once('close', resolve));
    const mine = line.look === undefined ? Promise.resolve() : before;
    if (line.look !== undefined) before = mine.then(() => done);
    void mine.then(() => pass(line, from, to));
  });
  const pass = (line: Line, from: IncomingMessage, to: ServerResponse) => {
    if (isDead(line)) {
      from.socket.destroy();
      return;
    }
    const { method, url: path, headers } = from;
    const passed = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const id = answer.headers['x-amzn-requestid'] ?? answer.headers['x-amz-request-id'];
        const call = local.calls().findLast(({ requestId }) => requestId === id);
        const reply = () => {
          if (isDead(line)) {
            from.socket.destroy();
            return;
          }
          line.see?.(new Date(now()).toUTCString());
          to.writeHead(answer.statusCode ?? 500, answer.headers);
          to.end(Buffer.concat(chunks));
        };
        void afterCall(line, call).finally(reply);
      });
    });
    passed.on('error', () => from.socket.destroy());
    from.pipe(passed);
  };
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const proxy: ProxyLine = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    line: { writes: 0 },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
  return proxy;
}

const isDead = ({ killAt, writes }: Line) => killAt !== undefined && writes >= killAt;

async function afterCall(line: Line, call: Call | undefined): Promise<void> {
  if (call === undefined || call.service === 'sts' || reads.test(call.action)) return;
  line.writes += 1;
  if (line.writes === line.killAt) line.died?.();
  await line.look?.(call);
}
