import type { Clock } from '@trustloom/core';

/** What the command may touch of the process; tests give their own. */
export interface CliIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Results. */
  out(text: string): void;
  /** Progress and notes. */
  err(text: string): void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  readonly inIsTerminal: boolean;
  /** Columns of the terminal, where there is one. */
  readonly outColumns?: number | undefined;
  readonly errColumns?: number | undefined;
  /** Reads all of standard input. */
  readStdin(): Promise<string>;
  /** Asks on the terminal; only called when there is one. */
  ask(question: string): Promise<string>;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Default the machine's; against a local AWS one whose waits are short. */
  readonly clock?: Clock;
}

/** The process itself. */
export function processIo(): CliIo {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => abort.abort(new Error(`stopped by ${signal}`)));
  return {
    env: process.env,
    cwd: process.cwd(),
    out: writer(process.stdout),
    err: writer(process.stderr),
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    inIsTerminal: process.stdin.isTTY === true,
    outColumns: process.stdout.columns,
    errColumns: process.stderr.columns,
    async readStdin() {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
      return Buffer.concat(chunks).toString('utf8');
    },
    async ask(question) {
      const { createInterface } = await import('node:readline/promises');
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(question, { signal: abort.signal });
      } finally {
        lines.close();
      }
    },
    signal: abort.signal,
  };
}

/**
 * Writes as long as somebody reads: a closed pipe (`| head`) ends the output, and not an apply that
 * is under way.
 */
function writer(stream: NodeJS.WriteStream): (text: string) => void {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    open = false;
  });
  return (text) => {
    if (open) stream.write(text);
  };
}
